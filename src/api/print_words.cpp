#include "api/print_words.h"

#include <algorithm>
#include <vector>

#include "core/time.h"

namespace anlan::api {
namespace {

using records::Field;
using records::FieldKind;

constexpr double kDay = 86'400e9;
constexpr double kDaysTo1970 = 25'569;  // from 1899-12-30

const std::vector<LocalText>& texts() {
  static const std::vector<LocalText> all = {
#define PRINT_TEXT(name, zh, en) {zh, en},
#include "api/print_texts.def"
#undef PRINT_TEXT
  };
  return all;
}

Duration offset_of(const std::string& zone) {
  auto shifted = parse_instant("1970-01-02T00:00:00" + zone);
  return shifted ? Duration::days(1) - Duration{shifted->ns} : Duration{};
}

PrintCell text_cell(std::string text) {
  if (text.empty()) return {};
  return {.kind = PrintCell::Kind::Text, .text = std::move(text)};
}

}  // namespace

std::string PrintWords::say(PrintText text, std::initializer_list<std::string_view> places) const {
  std::string out = texts()[static_cast<std::size_t>(text)].in(lang_);
  std::size_t index = 0;
  for (std::string_view place : places) {
    std::string hole = "{" + std::to_string(index++) + "}";
    std::size_t at = out.find(hole);
    if (at != std::string::npos) out.replace(at, hole.size(), place);
  }
  return out;
}

std::string PrintWords::all() {
  std::string out;
  for (const LocalText& text : texts()) out += text.zh + text.en;
  return out;
}

std::string PrintWords::title_of(const Field& field) const {
  if (!field.title.zh.empty()) return field.title.in(lang_);
  if (field.key == "number") return say(PrintText::Number);
  if (field.key == "state") return say(PrintText::State);
  if (field.key == "org_path") return say(PrintText::Unit);
  if (field.key == "created_at") return say(PrintText::CreatedAt);
  if (field.key == "created_by") return say(PrintText::CreatedBy);
  return field.key;
}

std::string PrintWords::local(const Json& value) const {
  if (value.is_text()) return value.as_text();
  if (!value.is_object()) return {};
  std::string text = value.text_or(lang_, "");
  return text.empty() ? value.text_or(lang_ == "zh" ? "en" : "zh", "") : text;
}

std::string PrintWords::time(Instant at) const {
  std::string text = format_instant(at + offset_of(zone_));  // "2026-11-21T14:23:11.250Z"
  return text.substr(0, 10) + " " + text.substr(11, 8);
}

PrintCell PrintWords::instant_cell(const std::string& text) const {
  auto at = parse_instant(text);
  if (!at) return text_cell(text);  // masked
  double days = static_cast<double>((*at + offset_of(zone_)).ns) / kDay + kDaysTo1970;
  return {.kind = PrintCell::Kind::Instant, .text = time(*at), .number = days};
}

std::string PrintWords::actor(const std::string& kind) const {
  if (kind == actor_kind_text(Actor::Kind::Anonymous)) return say(PrintText::Anonymous);
  if (kind == actor_kind_text(Actor::Kind::System)) return say(PrintText::System);
  if (kind == actor_kind_text(Actor::Kind::SystemTimeout)) return say(PrintText::SystemTimeout);
  return kind;
}

std::string PrintWords::choices(const Field& field, const Json& value) const {
  auto one = [&](const Json& word) -> std::string {
    if (!word.is_text()) return {};
    for (const auto& [stored, text] : field.choices) {
      if (stored == word.as_text()) return text.in(lang_);
    }
    return word.as_text();
  };
  if (!value.is_array()) return one(value);
  std::string out;
  for (const Json& word : value.as_array()) out += (out.empty() ? "" : "; ") + one(word);
  return out;
}

PrintCell PrintWords::cell_of(const records::Form& form, const Field& field,
                              const Json& row) const {
  const Json& value = row[field.key];
  if (value.is_null()) return {};
  if (field.key == "state" && value.is_text()) {
    for (const auto& [word, text] : form.states) {
      if (word == value.as_text()) return text_cell(text.in(lang_));
    }
  }
  switch (field.kind) {
    case FieldKind::Integer:
    case FieldKind::Decimal:
      if (!value.is_number()) break;  // masked
      return {.kind = PrintCell::Kind::Number,
              .text = value.as_number().text,
              .number = value.as_double().value_or(0)};
    case FieldKind::Instant:
      if (value.is_text()) return instant_cell(value.as_text());
      break;
    case FieldKind::Boolean:
      if (value.is_bool()) return text_cell(say(value.as_bool() ? PrintText::Yes : PrintText::No));
      break;
    case FieldKind::Choice:
    case FieldKind::Choices: return text_cell(choices(field, value));
    case FieldKind::Person:
    case FieldKind::Org:
    case FieldKind::Ref: {
      std::string title = local(row["_titles"][field.key]);
      if (title.empty() && value.is_text()) title = actor(value.as_text());
      return text_cell(std::move(title));
    }
    case FieldKind::Photos:
      if (!value.is_array()) break;
      return text_cell(say(PrintText::Files, {std::to_string(value.as_array().size())}));
    default: break;
  }
  return text_cell(value.is_text() ? value.as_text() : write_json(value));
}

}  // namespace anlan::api
