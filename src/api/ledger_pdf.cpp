#include "api/ledger_pdf.h"

#include <algorithm>

#include "api/report_paper.h"

namespace anlan::api {
namespace {

using T = PrintText;

struct Column {
  std::string_view key;
  double share;
};
// What the ledger of hazards shows; the members that a caller may not see are left out.
constexpr Column kHazard[] = {{"number", 1.3},      {"level", 0.6},      {"state", 0.8},
                              {"area", 1},          {"place_note", 1.1}, {"category", 0.7},
                              {"description", 2.2}, {"measure", 1.8},    {"owner", 0.7},
                              {"created_at", 1.1},  {"due_at", 1.1},     {"verified_at", 1.1},
                              {"verified_by", 0.7}};
constexpr std::size_t kColumnsMax = 10;  // of another form: its listed fields
constexpr const char* kAscii =
    " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
    "abcdefghijklmnopqrstuvwxyz{|}~";

using Chosen = std::vector<std::pair<const records::Field*, double>>;

const records::Field* shown(const engine::ExportReader& reader, std::string_view key) {
  auto found = std::ranges::find(reader.members(), key,
                                 [](const records::Field* member) { return member->key; });
  return found == reader.members().end() ? nullptr : *found;
}

Chosen chosen_of(const engine::ExportReader& reader) {
  Chosen chosen;
  if (reader.form().id == "hazard") {
    for (const Column& column : kHazard) {
      const records::Field* field = shown(reader, column.key);
      if (field != nullptr) chosen.emplace_back(field, column.share);
    }
  } else {
    for (const records::Field* field : reader.members()) {
      bool is_listed = field->is_list || field->key == "number" || field->key == "state";
      if (is_listed && chosen.size() < kColumnsMax) chosen.emplace_back(field, 1);
    }
  }
  double all = 0;
  for (const auto& [field, share] : chosen) all += share;
  for (auto& [field, share] : chosen) share /= all;
  return chosen;
}

// To the minute: seconds fill a narrow column with nothing.
std::string text_of(const PrintCell& cell) {
  return cell.kind == PrintCell::Kind::Instant ? cell.text.substr(0, 16) : cell.text;
}

PaperFrame frame_of(const Paper& paper, const PrintWords& words, const LedgerWish& wish,
                    const std::string& title) {
  PaperFrame frame{.mark = words.say(T::LedgerMark),
                   .mark_ink = kBlue,
                   .title = title,
                   .note = words.say(T::LedgerNote)};
  std::string made = words.say(T::MadeBy, {wish.made_by, words.time(wish.made_at)});
  for (std::size_t page = 1; page <= paper.pages(); ++page) {
    frame.page_of.push_back(
        made + "  " + words.say(T::PageOf, {std::to_string(page), std::to_string(paper.pages())}));
  }
  return frame;
}

}  // namespace

Result<std::string> ledger_pdf(engine::ExportReader& reader, const PrintWords& words,
                               const LedgerWish& wish) {
  Chosen chosen = chosen_of(reader);
  std::string title = words.say(T::LedgerTitle, {reader.form().title.in(words.lang())});
  std::string letters = PrintWords::all() + kAscii + title + wish.plant + wish.made_by;
  std::vector<PaperColumn> columns;
  for (const auto& [field, share] : chosen) {
    columns.push_back({words.title_of(*field), share});
    letters += columns.back().title;
  }
  std::vector<PaperRow> rows;
  TRY(reader.each([&](const Json& record) -> Result<void> {
    PaperRow& row = rows.emplace_back();
    for (const auto& [field, share] : chosen) {
      row.push_back({text_of(words.cell_of(reader.form(), *field, record))});
      letters += row.back().text;
    }
    return {};
  }));
  auto paper = TRY(Paper::make(wish.font, letters, Sheet::Landscape));
  paper->title(wish.plant.empty() ? title : wish.plant + "  " + title);
  std::string count = words.say(T::LedgerRows, {std::to_string(rows.size())});
  if (wish.is_narrowed) count += "  " + words.say(T::LedgerNarrowed);
  paper->paragraph(count + "  " + words.say(T::Zone, {words.zone()}), kGrey);
  paper->table(columns, rows);
  return paper->finish(frame_of(*paper, words, wish, title), "ledger of " + reader.form().id);
}

}  // namespace anlan::api
