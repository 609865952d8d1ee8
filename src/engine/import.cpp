#include "engine/import.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "rules/rules.h"

namespace anlan::engine {
namespace {

using records::Field;
using records::FieldKind;

constexpr std::size_t kSuggestedMax = 5;
constexpr std::size_t kCandidatesMax = 2'000;  // areas, devices, people that are looked at

Json number_of(const Json& cell) {
  auto number = rules::Decimal::parse(trim(cell.as_text()));
  return number ? Json(Json::Number{number->text()}) : cell;
}

Json boolean_of(const Json& cell) {
  std::string text = lower_ascii(trim(cell.as_text()));
  if (text == "true" || text == "1" || text == "yes" || text == "y") return true;
  if (text == "false" || text == "0" || text == "no" || text == "n") return false;
  return cell;
}

// The word of a choice, given as the word or in either language.
Json choice_of(const Field& field, const Json& cell) {
  std::string text(trim(cell.as_text()));
  for (const auto& [word, shown] : field.choices) {
    if (word == text || shown.zh == text || lower_ascii(shown.en) == lower_ascii(text)) return word;
  }
  return cell;
}

Json instant_cell(const Json& cell, std::string_view zone) {
  auto at = instant_of_cell(cell.as_text(), zone);
  return at ? Json(format_instant(*at)) : cell;
}

// "/": the only separator that a file may use instead of "-" in a date.
Json date_cell(const Json& cell) {
  auto at = instant_of_cell(cell.as_text(), "Z");
  return at ? Json(format_instant(*at).substr(0, 10)) : cell;
}

Filter equals(std::string field, std::string_view value) {
  return {.kind = Filter::Kind::Eq, .field = std::move(field), .values = {Json(value)}};
}

// By the only record with this value; nothing where there is none, or more than one.
Result<std::optional<RecordId>> only_one(store::View& view, const records::Form& form,
                                         const std::string& field, std::string_view value) {
  if (form.find_member(field) == nullptr) return std::nullopt;
  auto rows = records::columns(
      view, form, std::vector<std::string>{"id"},
      {.filter = equals(field, value), .modes = {.fallback = access::FieldMode::Read}}, 1);
  if (!rows && rows.error().code == ErrorCode::LimitReached) return std::nullopt;
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return std::nullopt;
  RecordId id = TRY(RecordId::parse((*rows)[0][0].as_text()));
  return id;
}

Result<Json> reference_of(store::View& view, const records::Forms& forms, const Field& field,
                          const Json& cell) {
  std::string given = cell.is_object() ? cell.text_or("code", "") : cell.as_text();
  std::string code(trim(given));
  if (RecordId::parse(code)) return Json(code);
  const records::Form* target = forms.find(field.ref_form);
  if (target == nullptr) return cell;
  for (const char* member : {"code", "name_zh", "name_en", "number"}) {
    auto id = TRY(only_one(view, *target, member, code));
    if (id) return Json(id->text());
  }
  return refuse(ErrorCode::BadField, "no " + target->id + " has this code or name", field.key);
}

// By log-in, else by the only name that is just so.
Result<Json> person_of(store::View& view, const Field& field, const Json& cell) {
  std::string text(trim(cell.as_text()));
  if (PersonId::parse(text)) return Json(text);
  auto login = TRY(access::find_login(view, lower_ascii(text)));
  if (login) return Json(login->id.text());
  Json like = TRY(access::list_people(view, "/", text, kCandidatesMax));
  std::optional<std::string> found;
  for (const Json& person : like.as_array()) {
    if (person.text_or("name", "") != text) continue;
    if (found) return refuse(ErrorCode::BadField, "several people have this name", field.key);
    found = person.text_or("id", "");
  }
  if (!found) return refuse(ErrorCode::BadField, "nobody has this log-in or name", field.key);
  return Json(*found);
}

Result<Json> value_of(store::View& view, const records::Forms& forms, const Field& field,
                      const Json& cell, std::string_view zone) {
  bool is_text = cell.is_text();
  if (field.kind == FieldKind::Ref && (is_text || cell.is_object())) {
    return reference_of(view, forms, field, cell);
  }
  if (!is_text) return cell;
  switch (field.kind) {
    case FieldKind::Integer:
    case FieldKind::Decimal: return number_of(cell);
    case FieldKind::Boolean: return boolean_of(cell);
    case FieldKind::Choice: return choice_of(field, cell);
    case FieldKind::Instant: return instant_cell(cell, zone);
    case FieldKind::Date: return date_cell(cell);
    case FieldKind::Person: return person_of(view, field, cell);
    default: return cell;
  }
}

// How many pairs of characters two texts share, of all that either has: 0 to 1.
double likeness(const std::string& a, const std::string& b) {
  auto pairs = [](const std::string& text) {
    std::string all = bigrams(text);
    std::set<std::string> set;
    for (std::string_view pair : split(all, ' ')) {
      if (!pair.empty()) set.emplace(pair);
    }
    return set;
  };
  std::set<std::string> left = pairs(a);
  std::set<std::string> right = pairs(b);
  if (left.empty() || right.empty()) return lower_ascii(a) == lower_ascii(b) ? 1 : 0;
  auto both = static_cast<double>(
      std::ranges::count_if(left, [&](const std::string& pair) { return right.contains(pair); }));
  return both / (static_cast<double>(left.size() + right.size()) - both);
}

struct Candidate {
  std::string code, name;
  double likeness = 0;
};

Json best_of(std::vector<Candidate> all, const std::string& wanted) {
  for (Candidate& one : all) {
    one.likeness = std::max(likeness(wanted, one.code), likeness(wanted, one.name));
  }
  std::erase_if(all, [](const Candidate& one) { return one.likeness <= 0; });
  std::ranges::stable_sort(all, std::ranges::greater{}, &Candidate::likeness);
  Json rows = Json::array();
  for (std::size_t i = 0; i < std::min(all.size(), kSuggestedMax); ++i) {
    rows.push(Json::object({{"code", all[i].code}, {"name", all[i].name}}));
  }
  return rows;
}

Result<std::vector<Candidate>> candidates(store::View& view, const records::Form& form) {
  std::vector<Candidate> all;
  std::string code = form.find("code") != nullptr ? "code" : "number";
  std::string name = form.find("name_zh") != nullptr ? "name_zh" : code;
  auto rows = records::columns(view, form, std::vector<std::string>{code, name},
                               {.modes = {.fallback = access::FieldMode::Read}}, kCandidatesMax);
  if (!rows && rows.error().code == ErrorCode::LimitReached) return all;
  if (!rows) return std::unexpected(rows.error());
  for (const std::vector<Json>& row : *rows) {
    all.push_back(
        {row[0].is_text() ? row[0].as_text() : "", row[1].is_text() ? row[1].as_text() : ""});
  }
  return all;
}

}  // namespace

std::optional<Instant> instant_of_cell(std::string_view text, std::string_view zone) {
  std::string given(trim(text));
  if (auto at = parse_instant(given)) return *at;
  int parts[6] = {0, 1, 1, 0, 0, 0};
  std::size_t count = 0;
  const char* at = given.data();
  const char* end = at + given.size();
  while (at < end && count < 6) {
    auto [next, error] = std::from_chars(at, end, parts[count]);
    if (error != std::errc{} || parts[count] < 0) return std::nullopt;
    ++count;
    at = next;
    constexpr std::string_view kBetween = "-/.: T";
    if (at < end && !kBetween.contains(*at)) return std::nullopt;
    if (at < end) ++at;
  }
  if (count < 3 || at != end) return std::nullopt;
  auto two = [](int number) {
    std::string digits = std::to_string(number);
    return digits.size() < 2 ? "0" + digits : digits;
  };
  auto made =
      parse_instant(std::to_string(parts[0]) + "-" + two(parts[1]) + "-" + two(parts[2]) + "T" +
                    two(parts[3]) + ":" + two(parts[4]) + ":" + two(parts[5]) + std::string(zone));
  return made ? std::optional(*made) : std::nullopt;
}

Result<RecordId> find_by_code(store::View& view, const records::Form& form, std::string_view code,
                              std::string_view field) {
  auto id = TRY(only_one(view, form, "code", code));
  if (!id)
    return refuse(ErrorCode::BadField, "no " + form.id + " has this code", std::string(field));
  return *id;
}

Result<Json> resolve_codes(store::View& view, const records::Forms& forms,
                           const records::Form& form, const Json& row, std::string_view zone) {
  if (!row.is_object()) return refuse(ErrorCode::BadField, "a row is an object of fields");
  Json fields = Json::object();
  for (const Json::Member& cell : row.as_object()) {
    if (cell.second.is_null()) continue;
    if (cell.second.is_text() && trim(cell.second.as_text()).empty()) continue;
    const Field* field = form.find(cell.first);
    Json value = cell.second;
    if (field != nullptr) value = TRY(value_of(view, forms, *field, cell.second, zone));
    fields.set(cell.first, std::move(value));
  }
  return fields;
}

Result<Json> suggestions(store::View& view, const records::Forms& forms, const records::Form& form,
                         std::string_view name, const Json& cell) {
  const Field* field = form.find(name);
  std::string wanted = cell.is_object() ? cell.text_or("code", "") : "";
  if (cell.is_text()) wanted = cell.as_text();
  if (field == nullptr || wanted.empty()) return Json::array();
  std::vector<Candidate> all;
  if (field->kind == FieldKind::Ref) {
    const records::Form* target = forms.find(field->ref_form);
    if (target != nullptr) all = TRY(candidates(view, *target));
  } else if (field->kind == FieldKind::Person) {
    // By the first letter of a name: Chinese names have two or three.
    std::size_t bytes = 1;
    while (bytes < wanted.size() && (static_cast<unsigned char>(wanted[bytes]) & 0xc0) == 0x80) {
      ++bytes;
    }
    Json people = TRY(access::list_people(view, "/", wanted.substr(0, bytes), kCandidatesMax));
    for (const Json& person : people.as_array()) {
      all.push_back({person.text_or("login", ""), person.text_or("name", "")});
    }
  } else if (field->kind == FieldKind::Choice) {
    for (const auto& [word, text] : field->choices) all.push_back({word, text.zh});
  }
  return best_of(std::move(all), wanted);
}

}  // namespace anlan::engine
