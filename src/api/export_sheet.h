#pragma once
// Records as a table in a file: CSV as spreadsheets open it, and Excel's own format.

#include <memory>
#include <string>
#include <vector>

#include "api/export_file.h"
#include "api/print_words.h"
#include "engine/export.h"

namespace anlan::api {

// One line of RFC 4180. A text that a spreadsheet would take for a formula (it begins with = + - @,
// a tab or a line end) gets an apostrophe in front; numbers are written as they are.
std::string csv_line(const std::vector<PrintCell>& cells);
std::vector<PrintCell> head_cells(const engine::ExportReader& reader, const PrintWords& words);
std::vector<PrintCell> row_cells(const engine::ExportReader& reader, const PrintWords& words,
                                 const Json& row);
// What stands at the beginning of every CSV file, so that Excel knows it for UTF-8.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct ExportPlace {
  std::string folder;
  int64_t bytes_max = 0;
};
using ExportFilePtr = std::shared_ptr<ExportFile>;
Result<ExportFilePtr> csv_file(engine::ExportReader& reader, const PrintWords& words,
                               const ExportPlace& place);
// By libxlsxwriter with constant memory (docs/decisions/0023): only this file's source knows it.
Result<ExportFilePtr> xlsx_file(engine::ExportReader& reader, const PrintWords& words,
                                const ExportPlace& place);

}  // namespace anlan::api
