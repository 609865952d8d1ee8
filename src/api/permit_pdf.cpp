#include "api/permit_pdf.h"

#include <algorithm>
#include <array>

#include "api/qr.h"
#include "api/report_paper.h"
#include "api/sheet_parts.h"
#include "core/time.h"

namespace anlan::api {
namespace {

using records::Field;
using records::FieldKind;
using records::Form;
using T = PrintText;

constexpr std::size_t kColumnsMax = 8;   // of one table on an upright sheet
constexpr std::size_t kPairChars = 120;  // longer values are paragraphs of their own

// Fields whose names begin so stand under their own heading.
constexpr std::array<std::string_view, 2> kLimits{"limit_", "rule_"};
constexpr std::array<std::string_view, 3> kStops{"suspend_", "suspended_", "revalidated_"};
// What the course, the head and the measures tell better, and what only the rules reckon with.
constexpr std::array<std::string_view, 10> kTold{
    "state", "number",        "org_path",       "updated_at", "updated_by",
    "facts", "facts_decided", "measures_asked", "evidenced",  "is_handing"};

bool begins(std::string_view key, std::span<const std::string_view> starts) {
  return std::ranges::any_of(starts,
                             [&](std::string_view start) { return key.starts_with(start); });
}

const Json::Array& items(const Json& value) {
  static const Json::Array none;
  return value.is_array() ? value.as_array() : none;
}

class Ticket {
 public:
  Ticket(const records::Forms& forms, const PrintWords& words, const PermitWish& wish, Paper& paper)
      : forms_(forms),
        form_(*forms.find("permit")),
        words_(words),
        sheet_(wish.sheet),
        record_(wish.sheet["record"]),
        wish_(wish),
        paper_(paper) {}

  void draw(const std::vector<std::string>& dots) {
    paper_.title(words_.say(T::PermitTitle, {choice("kind")}));
    head();
    warnings();
    facts(T::PermitFacts,
          [](std::string_view key) { return !begins(key, kLimits) && !begins(key, kStops); });
    rows_of_the_form();
    linked();
    facts(T::PermitLimits, [](std::string_view key) { return begins(key, kLimits); });
    course();
    facts(T::PermitStops, [](std::string_view key) { return begins(key, kStops); });
    draw_trust(paper_, words_, sheet_, wish_.address, dots);
  }

  PaperFrame frame() const {
    bool is_alive = record_.text_or("state", "") == "active";
    PaperFrame frame{.mark = choice("state"),
                     .mark_ink = is_alive ? kGreen : kRed,
                     .title = words_.local(sheet_["plant"]) + "  " + record_.text_or("number", ""),
                     .note = words_.say(T::PermitNote)};
    frame.page_of = page_lines(words_, sheet_, wish_.made_by, paper_.pages());
    return frame;
  }

 private:
  std::string text(const Form& form, const Field& field, const Json& row) const {
    if (field.key == "workers") return workers(row[field.key]);
    if (form.id != form_.id && field.key == "measure") return measure(row.text_or("measure", ""));
    return words_.cell_of(form, field, row).text;
  }
  std::string choice(std::string_view key) const {
    const Field* field = form_.find_member(key);
    return field == nullptr ? std::string() : text(form_, *field, record_);
  }
  std::string workers(const Json& value) const {
    std::string out;
    for (const Json& name : items(value["names"])) {
      out += (out.empty() ? "" : ", ") + words_.local(name);
    }
    return out;
  }

  // The words of a measure of this permit; its key where it is none.
  std::string measure(const std::string& key) const {
    for (const Json& row : items(record_["measures"])) {
      std::string told = row.text_or("text_" + std::string(words_.lang()), "");
      if (row.text_or("key", "") == key && !told.empty()) return told;
    }
    return key;
  }

  void head() {
    std::vector<std::pair<std::string, std::string>> pairs = {
        {words_.say(T::Number), record_.text_or("number", "")},
        {words_.say(T::Plant), words_.local(sheet_["plant"])}};
    paper_.pairs(pairs);
  }

  // What must not be overlooked by somebody who only glances at the sheet.
  void warnings() {
    std::string state = record_.text_or("state", "");
    if (state != "active")
      paper_.paragraph(words_.say(T::PermitNotActive, {choice("state")}), kRed);
    if (record_.text_or("rule_mark", "") == "draft") {
      paper_.paragraph(words_.say(T::PermitDraft), kRed);
    }
  }

  static bool is_table(const Field& field) { return field.kind == FieldKind::Subform; }
  static bool is_plain(const Field& field) {
    bool is_object = field.kind == FieldKind::Object && field.key != "workers";
    return !field.is_removed && !is_table(field) && !is_object;
  }

  template <class Wanted>
  void facts(PrintText title, Wanted wanted) {
    std::vector<std::pair<std::string, std::string>> pairs, prose;
    for (const Field& field : form_.fields) {
      bool is_told = std::ranges::contains(kTold, field.key);
      if (!is_plain(field) || !wanted(field.key) || is_told) continue;
      if (!is_in_this_language(form_.fields, field)) continue;
      std::string value = text(form_, field, record_);
      // Without a toxic gas its limit is no limit.
      bool is_no_limit =
          field.key == "limit_toxic" && record_.text_or("toxic_substance", "").empty();
      if (value.empty() || is_no_limit) continue;
      (value.size() > kPairChars ? prose : pairs)
          .emplace_back(words_.title_of(field), std::move(value));
    }
    if (pairs.empty() && prose.empty()) return;
    paper_.heading(words_.say(title));
    paper_.pairs(pairs);
    for (const auto& [name, value] : prose) paper_.paragraph(name + ": " + value, kBlack);
  }

  // Risks, measures: the rows of the permit itself.
  void rows_of_the_form() {
    for (const Field& field : form_.fields) {
      if (!is_table(field) || field.is_removed || items(record_[field.key]).empty()) continue;
      paper_.heading(words_.title_of(field));
      Form rows{.id = form_.id};
      std::vector<const Field*> columns;
      for (const Field& item : field.items) {
        // What has words needs no key.
        bool is_key = item.key == "key" && has_words(field);
        if (!is_key && is_in_this_language(field.items, item)) columns.push_back(&item);
      }
      table(rows, columns, items(record_[field.key]));
    }
  }

  static bool has_words(const Field& field) {
    return std::ranges::contains(field.items, "text_zh", &Field::key);
  }
  // A text that is held in two languages is shown once.
  bool is_in_this_language(const std::vector<Field>& fields, const Field& item) const {
    for (std::string_view lang : {"zh", "en"}) {
      std::string ending = "_" + std::string(lang);
      if (!item.key.ends_with(ending) || lang == words_.lang()) continue;
      std::string other = item.key.substr(0, item.key.size() - ending.size()) + "_" + words_.lang();
      if (std::ranges::contains(fields, other, &Field::key)) return false;
    }
    return true;
  }

  // Gas tests, isolations, entries, evidence: records of their own.
  void linked() {
    for (const Json& group : items(sheet_["linked"])) {
      const Form* form = forms_.find(group.text_or("form", ""));
      if (form == nullptr) continue;
      paper_.heading(form->title.in(words_.lang()));
      std::vector<const Field*> columns;
      if (const Field* state = form->find_member("state"); !form->states.empty() && state) {
        columns.push_back(state);
      }
      for (const Field& field : form->fields) {
        if (field.key != "permit" && field.is_list && is_plain(field)) columns.push_back(&field);
      }
      table(*form, columns, items(group["rows"]));
      int64_t left_out = group.int_or("left_out", 0);
      if (left_out > 0) {
        paper_.paragraph(words_.say(T::PermitLeftOut, {std::to_string(left_out)}), kGrey);
      }
    }
  }

  void table(const Form& form, std::vector<const Field*> columns, const Json::Array& rows) {
    std::erase_if(columns, [&](const Field* field) {
      return std::ranges::all_of(rows, [&](const Json& row) { return row[field->key].is_null(); });
    });
    if (columns.size() > kColumnsMax) columns.resize(kColumnsMax);
    if (columns.empty()) return;
    std::vector<PaperColumn> heads;
    double all = 0;
    for (const Field* field : columns) all += weight(*field);
    for (const Field* field : columns) {
      heads.push_back({words_.title_of(*field), weight(*field) / all});
    }
    std::vector<PaperRow> lines;
    for (const Json& row : rows) {
      PaperRow line;
      for (const Field* field : columns) line.push_back({text(form, *field, row)});
      lines.push_back(std::move(line));
    }
    paper_.table(heads, lines);
  }
  static double weight(const Field& field) {
    switch (field.kind) {
      case FieldKind::Text:
      case FieldKind::LongText: return 2;
      case FieldKind::Boolean: return 0.7;
      default: return 1;
    }
  }

  void course() {
    if (items(sheet_["course"]).empty()) return;
    paper_.heading(words_.say(T::PermitCourse));
    std::vector<PaperColumn> columns = {{words_.say(T::PermitAt), 0.2},
                                        {words_.say(T::PermitStep), 0.24},
                                        {words_.say(T::PermitOutcome), 0.16},
                                        {words_.say(T::PermitWho), 0.16},
                                        {words_.say(T::SignOpinion), 0.24}};
    std::vector<PaperRow> rows;
    for (const Json& act : items(sheet_["course"])) {
      auto at = parse_instant(act.text_or("at", ""));
      bool is_clock = act["actor"].text_or("kind", "") == "system-timeout";
      Ink ink = is_clock ? kRed : act.bool_or("is_over", false) ? kGrey : kBlack;
      rows.push_back({{at ? words_.time(*at) : std::string(), ink},
                      {step(act), ink},
                      {words_.local(act["outcome"]), ink},
                      {who(act["actor"]), ink},
                      {act.text_or("comment", ""), ink}});
    }
    paper_.table(columns, rows);
  }
  std::string step(const Json& act) const {
    bool is_start = act.text_or("act", "") == "case.start";
    return is_start ? words_.say(T::PermitApplied) : words_.local(act["name"]);
  }
  std::string who(const Json& actor) const {
    std::string name = words_.local(actor["name"]);
    if (!name.empty()) return name;
    bool is_clock = actor.text_or("kind", "") == "system-timeout";
    return words_.say(is_clock ? T::SystemTimeout : T::System);
  }

  const records::Forms& forms_;
  const Form& form_;
  const PrintWords& words_;
  const Json& sheet_;
  const Json& record_;
  const PermitWish& wish_;
  Paper& paper_;
};

// Every letter that a form can bring to the paper.
std::string letters_of(const records::Forms& forms, const Json& sheet) {
  std::string letters = write_json(forms.find("permit")->source);
  for (const Json& group : items(sheet["linked"])) {
    const Form* form = forms.find(group.text_or("form", ""));
    if (form != nullptr) letters += write_json(form->source);
  }
  return letters;
}

}  // namespace

Result<std::string> permit_pdf(const records::Forms& forms, const PrintWords& words,
                               const PermitWish& wish) {
  if (!wish.sheet["record"].is_object()) return refuse(ErrorCode::BadField, "no record", "record");
  std::string letters = PrintWords::all() + std::string(kPrintAscii) + write_json(wish.sheet) +
                        letters_of(forms, wish.sheet) + wish.made_by + wish.address;
  auto paper = TRY(Paper::make(wish.font, letters));
  std::vector<std::string> dots;
  if (!wish.address.empty()) dots = TRY(qr_dots(wish.address));
  Ticket ticket(forms, words, wish, *paper);
  ticket.draw(dots);
  return paper->finish(ticket.frame(), "work permit " + wish.sheet["record"].text_or("number", ""));
}

}  // namespace anlan::api
