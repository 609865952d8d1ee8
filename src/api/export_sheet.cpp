#include "api/export_sheet.h"

#include <xlsxwriter.h>

#include <algorithm>

namespace anlan::api {
namespace {

constexpr double kColumnWidth = 18;            // characters
constexpr std::size_t kCellCharsMax = 32'767;  // of Excel

std::string quoted(std::string text, bool is_text) {
  constexpr std::string_view kDangerous = "=+-@\t\r\n";
  bool is_formula = is_text && !text.empty() && kDangerous.contains(text[0]);
  if (is_formula) text.insert(0, "'");
  if (text.find_first_of("\",\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (char letter : text) {
    if (letter == '"') out += '"';
    out += letter;
  }
  return out + "\"";
}

struct CloseBook {
  void operator()(lxw_workbook* book) const { lxw_workbook_free(book); }
};

struct Formats {
  lxw_format* head;
  lxw_format* instant;
  lxw_format* text;
};

// Cut by characters: Excel counts them, and half of one would break the file.
std::string cut(const std::string& text) {
  if (text.size() <= kCellCharsMax) return text;
  std::string out = text.substr(0, kCellCharsMax);
  while (!out.empty() && !is_utf8(out)) out.pop_back();
  return out;
}

lxw_error write_cells(lxw_worksheet* sheet, lxw_row_t row, const std::vector<PrintCell>& cells,
                      const Formats& formats) {
  lxw_error error = LXW_NO_ERROR;
  for (std::size_t i = 0; i < cells.size() && error == LXW_NO_ERROR; ++i) {
    const PrintCell& cell = cells[i];
    auto column = static_cast<lxw_col_t>(i);
    switch (cell.kind) {
      case PrintCell::Kind::Empty: break;
      case PrintCell::Kind::Number:
        error = worksheet_write_number(sheet, row, column, cell.number, nullptr);
        break;
      case PrintCell::Kind::Instant:
        error = worksheet_write_number(sheet, row, column, cell.number, formats.instant);
        break;
      case PrintCell::Kind::Text:
        // A string cell is never a formula, whatever it begins with.
        error = worksheet_write_string(sheet, row, column, cut(cell.text).c_str(),
                                       row == 0 ? formats.head : formats.text);
        break;
    }
  }
  return error;
}

Formats formats_of(lxw_workbook* book) {
  Formats formats{workbook_add_format(book), workbook_add_format(book), workbook_add_format(book)};
  format_set_bold(formats.head);
  format_set_bg_color(formats.head, 0xF0F2F5);
  format_set_text_wrap(formats.head);
  format_set_num_format(formats.instant, "yyyy-mm-dd hh:mm:ss");
  format_set_align(formats.text, LXW_ALIGN_VERTICAL_TOP);
  return formats;
}

Result<void> fill(engine::ExportReader& reader, const PrintWords& words, lxw_workbook* book) {
  lxw_worksheet* sheet = workbook_add_worksheet(book, nullptr);
  if (sheet == nullptr) return refuse(ErrorCode::Internal, "libxlsxwriter gives no sheet");
  Formats formats = formats_of(book);
  auto last = static_cast<lxw_col_t>(std::max<std::size_t>(reader.members().size(), 1) - 1);
  worksheet_set_column(sheet, 0, last, kColumnWidth, nullptr);
  worksheet_freeze_panes(sheet, 1, 1);
  lxw_row_t row = 0;
  auto put = [&](const std::vector<PrintCell>& cells) -> Result<void> {
    lxw_error error = write_cells(sheet, row++, cells, formats);
    if (error == LXW_NO_ERROR) return {};
    return refuse(ErrorCode::Internal, std::string("xlsx: ") + lxw_strerror(error));
  };
  TRY(put(head_cells(reader, words)));
  TRY(reader.each([&](const Json& record) { return put(row_cells(reader, words, record)); }));
  worksheet_autofilter(sheet, 0, 0, row - 1, last);
  return {};
}

}  // namespace

std::vector<PrintCell> head_cells(const engine::ExportReader& reader, const PrintWords& words) {
  std::vector<PrintCell> cells;
  for (const records::Field* member : reader.members()) {
    cells.push_back({.kind = PrintCell::Kind::Text, .text = words.title_of(*member)});
  }
  return cells;
}

std::vector<PrintCell> row_cells(const engine::ExportReader& reader, const PrintWords& words,
                                 const Json& row) {
  std::vector<PrintCell> cells;
  for (const records::Field* member : reader.members()) {
    cells.push_back(words.cell_of(reader.form(), *member, row));
  }
  return cells;
}

std::string csv_line(const std::vector<PrintCell>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += ',';
    line += quoted(cells[i].text, cells[i].kind == PrintCell::Kind::Text);
  }
  return line + "\r\n";
}

Result<ExportFilePtr> csv_file(engine::ExportReader& reader, const PrintWords& words,
                               const ExportPlace& place) {
  ExportFilePtr file = TRY(ExportFile::create(place.folder, place.bytes_max));
  TRY(file->write(kByteOrderMark));
  TRY(file->write(csv_line(head_cells(reader, words))));
  TRY(reader.each(
      [&](const Json& row) { return file->write(csv_line(row_cells(reader, words, row))); }));
  return file;
}

Result<ExportFilePtr> xlsx_file(engine::ExportReader& reader, const PrintWords& words,
                                const ExportPlace& place) {
  std::string path = TRY(ExportFile::free_name(place.folder));
  lxw_workbook_options options{};
  options.constant_memory = LXW_TRUE;
  options.tmpdir = place.folder.c_str();
  std::unique_ptr<lxw_workbook, CloseBook> book(workbook_new_opt(path.c_str(), &options));
  auto filled = book ? fill(reader, words, book.get())
                     : Result<void>(refuse(ErrorCode::Internal, "libxlsxwriter gives no book"));
  // Closing writes the file and frees the book.
  lxw_error error = filled ? workbook_close(book.release()) : LXW_NO_ERROR;
  auto file = ExportFile::adopt(path);
  if (!filled) return std::unexpected(filled.error());
  if (error != LXW_NO_ERROR) {
    return refuse(ErrorCode::StoreFailed, std::string("xlsx: ") + lxw_strerror(error));
  }
  return file;
}

}  // namespace anlan::api
