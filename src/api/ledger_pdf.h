#pragma once
// The printed ledger: records as a table on A4, across.

#include <string>

#include "api/export_sheet.h"
#include "api/report_pdf.h"

namespace anlan::api {

struct LedgerWish {
  std::string plant;
  std::string made_by;
  Instant made_at{};
  bool is_narrowed = false;  // by a filter or a search: the sheet says so
  std::string font = std::string(kReportFont);
};
inline constexpr std::size_t kLedgerRowsMax = 1'000;  // some 150 sheets: more is for Excel
Result<std::string> ledger_pdf(engine::ExportReader& reader, const PrintWords& words,
                               const LedgerWish& wish);

}  // namespace anlan::api
