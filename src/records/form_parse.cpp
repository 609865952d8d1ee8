// Reads anlan.form/1 (docs/formats/form.md). Whatever is not known is refused by name, so that a
// typing error is found when the pack is loaded and not when somebody fills in the form.

#include <algorithm>
#include <array>
#include <span>

#include "records/form.h"
#include "records/places.h"
#include "records/stamp.h"
#include "records/values.h"

namespace anlan::records {
namespace {

using Names = std::span<const std::string_view>;

std::unexpected<Error> bad(const std::string& where, const std::string& why) {
  return refuse(ErrorCode::BadPack, where + ": " + why, where);
}

// Words that become part of SQL names, of paths and of FEEL names.
bool is_word(std::string_view text) {
  constexpr std::size_t kCharsMax = 41;
  if (text.empty() || text.size() > kCharsMax || text[0] < 'a' || text[0] > 'z') return false;
  return std::ranges::all_of(
      text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

Result<void> check_members(const Json& object, Names known, const std::string& where) {
  if (!object.is_object()) return bad(where, "must be an object");
  for (const auto& [name, value] : object.as_object()) {
    if (std::ranges::find(known, name) == known.end()) return bad(where + "." + name, "unknown");
  }
  return {};
}

Result<LocalText> parse_text(const Json& value, const std::string& where) {
  constexpr std::array<std::string_view, 2> kMembers{"zh", "en"};
  TRY(check_members(value, kMembers, where));
  LocalText text{value.text_or("zh", ""), value.text_or("en", "")};
  if (text.zh.empty() || text.en.empty()) return bad(where, "needs zh and en");
  return text;
}

Result<std::string> parse_word(const Json& value, const std::string& where) {
  if (!value.is_text() || !is_word(value.as_text())) return bad(where, "must be a short word");
  return value.as_text();
}

Result<bool> parse_flag(const Json& object, std::string_view name, const std::string& where) {
  const Json& value = object[name];
  if (value.is_null()) return false;
  if (!value.is_bool()) return bad(where + "." + std::string(name), "must be true or false");
  return value.as_bool();
}

Result<std::size_t> parse_count(const Json& value, std::size_t highest, const std::string& where) {
  auto count = value.as_int64();
  if (!count || *count < 0 || static_cast<uint64_t>(*count) > highest) {
    return bad(where, "must be a whole number up to " + std::to_string(highest));
  }
  return static_cast<std::size_t>(*count);
}

// ---- fields ----

constexpr uint32_t bit(FieldKind kind) { return 1u << static_cast<uint32_t>(kind); }
constexpr uint32_t kAny = ~0u;
constexpr uint32_t kText = bit(FieldKind::Text) | bit(FieldKind::LongText);
constexpr uint32_t kNumber = bit(FieldKind::Integer) | bit(FieldKind::Decimal);
constexpr uint32_t kChoice = bit(FieldKind::Choice) | bit(FieldKind::Choices);
constexpr uint32_t kRows = bit(FieldKind::Subform);
constexpr uint32_t kList = bit(FieldKind::Choices) | bit(FieldKind::Photos) | kRows;
constexpr uint32_t kLink = bit(FieldKind::Ref) | bit(FieldKind::Person) | bit(FieldKind::Org);
constexpr uint32_t kStamp = bit(FieldKind::Person) | bit(FieldKind::Instant);
constexpr uint32_t kIndexed = kNumber | kLink | bit(FieldKind::Text) | bit(FieldKind::Choice) |
                              bit(FieldKind::Boolean) | bit(FieldKind::Instant) |
                              bit(FieldKind::Date) | bit(FieldKind::Duration);

// Which member has a meaning for which kinds.
struct MemberRow {
  std::string_view name;
  uint32_t kinds;
};
// A row of a sub-form holds plain values, and is found by nothing but its record.
constexpr uint32_t kItem = kText | kNumber | kChoice | bit(FieldKind::Boolean) |
                           bit(FieldKind::Instant) | bit(FieldKind::Date) |
                           bit(FieldKind::Duration) | bit(FieldKind::Person);
constexpr std::array<std::string_view, 6> kNotOfItems{"x-list",   "x-index", "x-unique",
                                                      "x-search", "x-store", "x-sum"};
constexpr std::array kFieldMembers{MemberRow{"x-kind", kAny},
                                   MemberRow{"title", kAny},
                                   MemberRow{"x-list", ~kRows},
                                   MemberRow{"x-store", ~kRows},
                                   MemberRow{"x-sum", kNumber},
                                   MemberRow{"items", kRows},
                                   MemberRow{"x-pii", kAny},
                                   MemberRow{"x-secret", kAny},
                                   MemberRow{"x-ceiling", kAny},
                                   MemberRow{"x-index", kIndexed},
                                   MemberRow{"x-unique", kIndexed},
                                   MemberRow{"x-search", kText},
                                   MemberRow{"x-stamp", kStamp},
                                   MemberRow{"x-ref", bit(FieldKind::Ref)},
                                   MemberRow{"x-scale", bit(FieldKind::Decimal)},
                                   MemberRow{"enum", kChoice},
                                   MemberRow{"x-texts", kChoice},
                                   MemberRow{"minItems", kList},
                                   MemberRow{"maxItems", kList},
                                   MemberRow{"x-video", bit(FieldKind::Photos)},
                                   MemberRow{"minLength", kText},
                                   MemberRow{"maxLength", kText},
                                   MemberRow{"pattern", kText},
                                   MemberRow{"minimum", kNumber},
                                   MemberRow{"maximum", kNumber}};

class FieldReader {
 public:
  enum class Of { Form, Rows };

  FieldReader(std::string key, const Json& source, const std::string& where = "data", Of of = {})
      : source_(source), where_(where + ".properties." + key), of_(of) {
    field_.key = std::move(key);
    field_.column = "c_" + field_.key;
  }

  Result<Field> read() {
    if (!is_word(field_.key)) return bad(where_, "the key must be a short word");
    for (const Field& system : system_members()) {
      if (system.key == field_.key) return bad(where_, "the name of a system member");
    }
    TRY(read_kind());
    field_.title = TRY(parse_text(source_["title"], where_ + ".title"));
    TRY(read_flags());
    TRY(read_lengths());
    TRY(read_bounds());
    TRY(read_choices());
    TRY(read_items());
    if (field_.kind == FieldKind::Ref) {
      field_.ref_form = TRY(parse_word(source_["x-ref"], where_ + ".x-ref"));
    }
    return std::move(field_);
  }

 private:
  Result<void> read_kind() {
    if (!source_.is_object()) return bad(where_, "must be an object");
    const KindRow* row = find_kind(source_.text_or("x-kind", ""));
    if (!row) return bad(where_ + ".x-kind", "unknown kind");
    field_.kind = row->kind;
    for (const auto& [name, value] : source_.as_object()) {
      auto member = std::ranges::find(kFieldMembers, name, &MemberRow::name);
      if (member == kFieldMembers.end()) return bad(where_ + "." + name, "unknown");
      if (!(member->kinds & bit(field_.kind))) {
        return bad(where_ + "." + name, "has no meaning for this kind");
      }
      if (of_ == Of::Rows && std::ranges::contains(kNotOfItems, name)) {
        return bad(where_ + "." + name, "has no meaning in rows");
      }
    }
    if (of_ == Of::Rows && !(bit(field_.kind) & kItem)) {
      return bad(where_ + ".x-kind", "can't stand in rows");
    }
    bool is_stray = of_ == Of::Form && source_.has("x-stamp");
    if (is_stray) return bad(where_ + ".x-stamp", "has a meaning in rows only");
    return read_stamp(source_, where_, field_);
  }

  Result<void> read_flags() {
    constexpr std::array<std::string_view, 4> kPersonal{"name", "phone", "idcard", "health"};
    field_.is_list = TRY(parse_flag(source_, "x-list", where_));
    field_.is_indexed = TRY(parse_flag(source_, "x-index", where_));
    field_.is_unique = TRY(parse_flag(source_, "x-unique", where_));
    field_.is_summed = TRY(parse_flag(source_, "x-sum", where_));
    bool is_search = TRY(parse_flag(source_, "x-search", where_));
    if (const Json& store = source_["x-store"]; !store.is_null()) {
      bool is_known = store == Json("ext") || store == Json("column");
      if (!is_known) return bad(where_ + ".x-store", "must be column or ext");
      field_.is_ext_wished = store == Json("ext");
    }
    if (const Json& personal = source_["x-pii"]; !personal.is_null()) {
      if (!personal.is_text() ||
          std::ranges::find(kPersonal, personal.as_text()) == kPersonal.end()) {
        return bad(where_ + ".x-pii", "must be name, phone, idcard or health");
      }
      field_.is_personal = true;
    }
    field_.is_secret = TRY(parse_flag(source_, "x-secret", where_));
    bool is_closed = field_.is_personal || field_.is_secret;
    if (is_search && is_closed) return bad(where_ + ".x-search", "personal data or a secret");
    field_.is_searched = !is_closed && is_text_kind(field_.kind) && (is_search || field_.is_list);
    return read_ceiling();
  }

  Result<void> read_ceiling() {
    using access::FieldMode;
    if (field_.is_personal) field_.ceiling = FieldMode::Masked;
    if (field_.is_secret) field_.ceiling = FieldMode::Hidden;
    const Json& word = source_["x-ceiling"];
    if (word.is_null()) return {};
    constexpr std::array<std::string_view, 4> kModes{"hidden", "masked", "read", "write"};
    auto mode = std::ranges::find(kModes, word.is_text() ? word.as_text() : "");
    if (mode == kModes.end()) return bad(where_ + ".x-ceiling", "is no mode");
    field_.ceiling = static_cast<FieldMode>(mode - kModes.begin());
    return {};
  }

  Result<void> read_lengths() {
    auto count = [&](std::string_view name, std::size_t otherwise, std::size_t highest) {
      const Json& value = source_[name];
      if (value.is_null()) return Result<std::size_t>(otherwise);
      return parse_count(value, highest, where_ + "." + std::string(name));
    };
    std::size_t items = field_.kind == FieldKind::Photos    ? limits::kFilesPerFieldMax
                        : field_.kind == FieldKind::Subform ? kItemRowsMax
                        : source_["enum"].is_array()        ? source_["enum"].as_array().size()
                                                            : 0;
    if (const Json& video = source_["x-video"]; !video.is_null()) {
      if (!video.is_bool()) return bad(where_ + ".x-video", "must be true or false");
      field_.takes_video = video.as_bool();
    }
    field_.items_min = TRY(count("minItems", 0, items));
    field_.items_max = TRY(count("maxItems", items, items));
    field_.chars_min = TRY(count("minLength", 0, limits::kTextCharsMax));
    field_.chars_max = TRY(count("maxLength", limits::kTextCharsMax, limits::kTextCharsMax));
    if (field_.items_min > field_.items_max) return bad(where_ + ".minItems", "over maxItems");
    if (field_.chars_min > field_.chars_max) return bad(where_ + ".minLength", "over maxLength");
    if (const Json& pattern = source_["pattern"]; !pattern.is_null()) {
      TRY(read_pattern(pattern));
    }
    return {};
  }

  Result<void> read_pattern(const Json& pattern) {
    std::string where = where_ + ".pattern";
    if (!pattern.is_text() || pattern.as_text().empty()) return bad(where, "must be a text");
    auto matches = rules::Expression::compile("matches(value, pattern)", {"value", "pattern"});
    if (!matches) return bad(where, matches.error().detail);
    rules::Context names{{"value", ""}, {"pattern", pattern.as_text()}};
    if (matches->evaluate(names, {}).is_null()) return bad(where, "is no pattern");
    field_.pattern = pattern.as_text();
    field_.matches = std::move(*matches);
    return {};
  }

  Result<void> read_bounds() {
    if (field_.kind == FieldKind::Decimal) {
      constexpr std::size_t kScaleMax = 9;
      field_.scale =
          static_cast<int>(TRY(parse_count(source_["x-scale"], kScaleMax, where_ + ".x-scale")));
    }
    field_.minimum = TRY(read_bound("minimum"));
    field_.maximum = TRY(read_bound("maximum"));
    bool is_empty = field_.minimum && field_.maximum && *field_.minimum > *field_.maximum;
    if (is_empty) return bad(where_ + ".minimum", "over maximum");
    return {};
  }

  Result<std::optional<int64_t>> read_bound(const std::string& name) {
    const Json& value = source_[name];
    if (value.is_null()) return std::nullopt;
    if (!value.is_number()) return bad(where_ + "." + name, "must be a number");
    auto scaled = scaled_of(value.as_number().text, field_.scale);
    if (!scaled) return bad(where_ + "." + name, "has more digits than the field");
    return scaled;
  }

  Result<void> read_choices() {
    if (!(bit(field_.kind) & kChoice)) return {};
    const Json& words = source_["enum"];
    if (!words.is_array() || words.as_array().empty()) return bad(where_ + ".enum", "is missing");
    std::vector<std::string_view> known;
    for (const Json& word : words.as_array()) {
      std::string text = TRY(parse_word(word, where_ + ".enum"));
      if (std::ranges::find(known, text) != known.end()) return bad(where_ + ".enum", "twice");
      known.push_back(word.as_text());
      std::string where = where_ + ".x-texts." + text;
      LocalText shown = TRY(parse_text(source_["x-texts"][text], where));
      field_.choices.emplace_back(std::move(text), std::move(shown));
    }
    return check_members(source_["x-texts"], known, where_ + ".x-texts");
  }

  Result<void> read_items() {
    if (field_.kind != FieldKind::Subform) return {};
    constexpr std::array<std::string_view, 3> kMembers{"type", "required", "properties"};
    const Json& items = source_["items"];
    std::string where = where_ + ".items";
    TRY(check_members(items, kMembers, where));
    if (items.text_or("type", "") != "object") return bad(where + ".type", "must be object");
    const Json& properties = items["properties"];
    if (!properties.is_object() || properties.as_object().empty()) {
      return bad(where + ".properties", "must be an object with fields");
    }
    if (properties.as_object().size() > kItemFieldsMax) {
      return bad(where + ".properties", "has too many fields");
    }
    for (const auto& [key, source] : properties.as_object()) {
      Field item = TRY(FieldReader(key, source, where, Of::Rows).read());
      field_.items.push_back(std::move(item));
    }
    TRY(require(items["required"], field_.items, where + ".required"));
    return check_stamps(field_.items, where);
  }

 public:
  static Result<void> require(const Json& keys, std::vector<Field>& fields,
                              const std::string& where) {
    if (keys.is_null()) return {};
    if (!keys.is_array()) return bad(where, "must be a list");
    for (const Json& key : keys.as_array()) {
      auto field = std::ranges::find(fields, key.is_text() ? key.as_text() : "", &Field::key);
      if (field == fields.end()) return bad(where, "names no field");
      field->is_required = true;
    }
    return {};
  }

 private:
  const Json& source_;
  std::string where_;
  Of of_;
  Field field_;
};

// ---- the form ----

class FormReader {
 public:
  explicit FormReader(const Json& source) : source_(source) {}

  Result<Form> read() {
    TRY(read_head());
    TRY(read_states());
    TRY(read_fields());
    TRY(read_links());
    TRY(read_logic());
    TRY(read_checks());
    form_.source = source_;
    return std::move(form_);
  }

 private:
  Result<void> read_head() {
    constexpr std::array<std::string_view, 13> kMembers{
        "format", "id",     "version",       "title", "serial", "flow",  "org_field",
        "data",   "states", "locked_states", "logic", "checks", "guards"};
    TRY(check_members(source_, kMembers, "form"));
    if (source_.text_or("format", "") != "anlan.form/1") return bad("format", "is not known");
    form_.id = TRY(parse_word(source_["id"], "id"));
    form_.table = "f_" + form_.id;
    form_.version = source_["version"].as_int64().value_or(0);
    if (form_.version < 1) return bad("version", "must be 1 or more");
    form_.title = TRY(parse_text(source_["title"], "title"));
    form_.flow = TRY(optional_word("flow"));
    form_.org_field = TRY(optional_word("org_field"));
    if (!source_["serial"].is_null()) {
      form_.serial = source_.text_or("serial", "");
      bool is_prefix =
          !form_.serial.empty() && form_.serial.size() <= 8 &&
          std::ranges::all_of(form_.serial, [](char c) { return c >= 'A' && c <= 'Z'; });
      if (!is_prefix) return bad("serial", "must be 1 to 8 capital letters");
    }
    return {};
  }

  Result<std::string> optional_word(const std::string& name) {
    if (source_[name].is_null()) return std::string();
    return parse_word(source_[name], name);
  }

  Result<void> read_states() {
    const Json& states = source_["states"];
    if (states.is_null()) return read_locks();
    if (!states.is_object()) return bad("states", "must be an object");
    for (const auto& [word, text] : states.as_object()) {
      if (!is_word(word)) return bad("states." + word, "must be a short word");
      form_.states.emplace_back(word, TRY(parse_text(text, "states." + word)));
    }
    return read_locks();
  }

  Result<void> read_locks() {
    const Json& guards = source_["guards"];
    if (!guards.is_null() && !guards.is_array()) return bad("guards", "must be a list");
    for (const Json& guard : guards.is_array() ? guards.as_array() : Json::Array{}) {
      form_.guards.push_back(TRY(parse_word(guard, "guards")));
    }
    const Json& locks = source_["locked_states"];
    if (locks.is_null()) return {};
    if (!locks.is_array()) return bad("locked_states", "must be a list");
    for (const Json& word : locks.as_array()) {
      bool is_state = word.is_text() && std::ranges::any_of(form_.states, [&](const auto& state) {
                        return state.first == word.as_text();
                      });
      if (!is_state) return bad("locked_states", "names no state");
      form_.locked_states.push_back(word.as_text());
    }
    return {};
  }

  Result<void> read_fields() {
    constexpr std::array<std::string_view, 3> kMembers{"type", "required", "properties"};
    const Json& data = source_["data"];
    TRY(check_members(data, kMembers, "data"));
    if (data.text_or("type", "") != "object") return bad("data.type", "must be object");
    const Json& properties = data["properties"];
    if (!properties.is_object()) return bad("data.properties", "must be an object");
    if (properties.as_object().size() > kFieldsMax) {
      return bad("data.properties", "has too many fields");
    }
    for (const auto& [key, source] : properties.as_object()) {
      Field field = TRY(FieldReader(key, source).read());
      if (!field.items.empty()) field.item_table = short_name(form_.table + "__" + key);
      form_.fields.push_back(std::move(field));
    }
    return FieldReader::require(data["required"], form_.fields, "data.required");
  }

  Result<void> read_links() {
    if (form_.org_field.empty()) return {};
    const Field* field = find(form_.org_field);
    bool is_right = field && (field->kind == FieldKind::Org || field->kind == FieldKind::Ref);
    if (!is_right) return bad("org_field", "names no org or ref field");
    return {};
  }

  Field* find(std::string_view key) {
    auto field = std::ranges::find(form_.fields, key, &Field::key);
    return field == form_.fields.end() ? nullptr : &*field;
  }

  Result<rules::Expression> compile(const Json& text, const std::string& where) {
    if (!text.is_text() || !text.as_text().starts_with('=')) return bad(where, "must be =FEEL");
    std::vector<std::string> names;
    for (const Field& member : system_members()) names.push_back(member.key);
    for (const Field& field : form_.fields) names.push_back(field.key);
    for (const char* caller : {"user", "org"}) names.emplace_back(caller);  // of rules/host.h
    auto expression = rules::Expression::compile(text.as_text().substr(1), names);
    if (!expression) return bad(where, expression.error().detail);
    std::vector<std::string> unknown = expression->names_unknown();
    if (!unknown.empty()) return bad(where, "nothing is called " + unknown[0]);
    return std::move(*expression);
  }

  Result<void> read_logic() {
    constexpr std::array<std::string_view, 2> kMembers{"set", "value"};
    const Json& logic = source_["logic"];
    if (logic.is_null()) return {};
    if (!logic.is_array()) return bad("logic", "must be a list");
    for (std::size_t i = 0; i < logic.as_array().size(); ++i) {
      const Json& entry = logic.as_array()[i];
      std::string where = "logic." + std::to_string(i);
      TRY(check_members(entry, kMembers, where));
      std::string key = entry.text_or("set", "");
      const Field* field = find(key);
      if (!field) return bad(where + ".set", "names no field");
      // A photo is evidence: it is taken, never computed.
      if (field->kind == FieldKind::Photos) return bad(where + ".set", "names a photo field");
      bool is_twice =
          std::ranges::find(form_.computed, key, &Computed::field) != form_.computed.end();
      if (is_twice) return bad(where + ".set", "is set twice");
      auto value = TRY(compile(entry["value"], where + ".value"));
      form_.computed.push_back({key, std::move(value)});
    }
    return {};
  }

  Result<void> read_checks() {
    constexpr std::array<std::string_view, 3> kMembers{"when", "field", "message"};
    const Json& checks = source_["checks"];
    if (checks.is_null()) return {};
    if (!checks.is_array()) return bad("checks", "must be a list");
    for (std::size_t i = 0; i < checks.as_array().size(); ++i) {
      const Json& entry = checks.as_array()[i];
      std::string where = "checks." + std::to_string(i);
      TRY(check_members(entry, kMembers, where));
      std::string key = entry.text_or("field", "");
      if (entry.has("field") && !find(key)) return bad(where + ".field", "names no field");
      auto when = TRY(compile(entry["when"], where + ".when"));
      auto message = TRY(parse_text(entry["message"], where + ".message"));
      form_.checks.push_back({std::move(when), std::move(message), std::move(key)});
    }
    return {};
  }

  const Json& source_;
  Form form_;
};

}  // namespace

Result<Form> parse_form(const Json& source) {
  auto form = FormReader(source).read();
  if (!form) form.error().detail = "form " + source.text_or("id", "?") + ": " + form.error().detail;
  return form;
}

}  // namespace anlan::records
