#include "records/filter_sql.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/time.h"
#include "records/values.h"

namespace anlan::records {
namespace {

using Kind = Filter::Kind;

std::unexpected<Error> bad(const Field& field, const char* why) {
  return refuse(ErrorCode::BadRequest, why, field.key);
}

bool is_ordered(FieldKind kind) { return is_comparable(kind) && kind != FieldKind::Boolean; }

std::string_view operator_of(Kind kind) {
  switch (kind) {
    case Kind::Lt: return " < ?";
    case Kind::Le: return " <= ?";
    case Kind::Gt: return " > ?";
    case Kind::Ge: return " >= ?";
    case Kind::Ne: return " IS DISTINCT FROM ?";
    default: return " = ?";
  }
}

// `column` is the field's, as it stands in the statement.
Result<Condition> comparison(const Field& field, const std::string& column, const Filter& filter) {
  bool needs_order = filter.kind != Kind::Eq && filter.kind != Kind::Ne;
  if (!is_comparable(field.kind) || (needs_order && !is_ordered(field.kind))) {
    return bad(field, "can't be compared");
  }
  if (filter.values.size() != 1) return bad(field, "takes one value");
  Condition out{column + std::string(operator_of(filter.kind))};
  out.params.push_back(TRY(operand_of(field, filter.values[0])));
  return out;
}

Result<Condition> membership(const Field& field, const std::string& column, const Filter& filter) {
  if (!is_comparable(field.kind)) return bad(field, "can't be compared");
  if (filter.values.empty()) return Condition{"1 = 0"};
  Condition out{column + " IN ("};
  for (const Json& value : filter.values) {
    out.text += out.params.empty() ? "?" : ", ?";
    out.params.push_back(TRY(operand_of(field, value)));
  }
  out.text += ")";
  return out;
}

Result<Condition> containment(const Field& field, const std::string& column, const Filter& filter) {
  if (filter.values.size() != 1 || !filter.values[0].is_text()) return bad(field, "takes a text");
  const std::string& text = filter.values[0].as_text();
  if (!is_utf8(text) || !is_clean_text(text)) return bad(field, "no clean text");
  if (field.kind == FieldKind::Choices) {
    // Not LIKE: SQLite's takes A for a.
    return Condition{"replace(" + column + ", ?, '') <> " + column, {write_json(Json(text))}};
  }
  if (!is_text_kind(field.kind)) return bad(field, "is no text");
  return Condition{"lower(" + column + ") LIKE ? ESCAPE '\\'", {like_anywhere(lower_ascii(text))}};
}

// Exactly as written. Not LIKE, as above; an empty text stands in every other.
Result<Condition> holding(const Field& field, const std::string& column, const Filter& filter) {
  if (!is_text_kind(field.kind)) return bad(field, "is no text");
  if (filter.values.size() != 1 || !filter.values[0].is_text()) return bad(field, "takes a text");
  const std::string& text = filter.values[0].as_text();
  if (!is_utf8(text) || !is_clean_text(text)) return bad(field, "no clean text");
  if (text.empty()) return Condition{column + " IS NOT NULL"};
  return Condition{"replace(" + column + ", ?, '') <> " + column, {text}};
}

// A range, because it can use an index where LIKE can't: '0' is the character after '/'.
Result<Condition> under(const Field& field, const std::string& column, const Filter& filter) {
  if (field.kind != FieldKind::Org) return bad(field, "is no organisation path");
  Condition out;
  for (const Json& value : filter.values) {
    if (!value.is_text() || !value.as_text().starts_with('/') || !is_utf8(value.as_text()) ||
        !is_clean_text(value.as_text())) {
      return bad(field, "takes a path");
    }
    std::string path = value.as_text();
    if (!path.ends_with('/')) path += '/';
    std::string end = path;
    end.back() = '0';
    if (!out.text.empty()) out.text += " OR ";
    out.text += "(" + column + " >= ? AND " + column + " < ?)";
    out.params.insert(out.params.end(), {store::Value(path), store::Value(end)});
  }
  if (out.text.empty()) out.text = "1 = 0";
  return out;
}

Result<Condition> leaf(const Form& form, const Filter& filter) {
  const Field* field = form.find_member(filter.field);
  if (!field) return refuse(ErrorCode::BadRequest, "no such field", filter.field);
  const std::string& column = field->column;
  switch (filter.kind) {
    case Kind::In: return membership(*field, column, filter);
    case Kind::Null: return Condition{column + " IS NULL"};
    case Kind::Contains: return containment(*field, column, filter);
    case Kind::Under: return under(*field, column, filter);
    case Kind::Has: return holding(*field, column, filter);
    default: return comparison(*field, column, filter);
  }
}

Result<Condition> group(const Form& form, const Filter& filter) {
  if (filter.parts.empty()) return Condition{filter.kind == Kind::And ? "1 = 1" : "1 = 0"};
  Condition out;
  for (const Filter& part : filter.parts) {
    Condition inner = TRY(condition_of(form, part));
    if (!out.text.empty()) out.text += filter.kind == Kind::And ? " AND " : " OR ";
    out.text += "(" + inner.text + ")";
    std::ranges::move(inner.params, std::back_inserter(out.params));
  }
  return out;
}

}  // namespace

void Condition::add_and(Condition other) {
  text += " AND (" + other.text + ")";
  std::ranges::move(other.params, std::back_inserter(params));
}

access::FieldMode mode_of(const Form& form, const access::FieldModes& modes,
                          std::string_view name) {
  if (form.find(name) || modes.named.contains(name)) return modes.of(name);
  return access::FieldMode::Read;
}

access::FieldMode highest_of(const Form& form, const access::FieldModes& modes,
                             std::string_view name) {
  access::FieldMode most = mode_of(form, modes, name);
  if (!modes.by_state) return most;
  for (const access::StateModes& one : *modes.by_state) {
    most = std::max(most, mode_of(form, one.modes, name));
  }
  return most;
}

bool may_read(const Form& form, const access::FieldModes& modes, std::string_view name) {
  return mode_of(form, modes, name) >= access::FieldMode::Read;
}

Result<const Field*> readable_member(const Form& form, const access::FieldModes& modes,
                                     std::string_view name) {
  const Field* field = form.find_member(name);
  if (!field) return refuse(ErrorCode::BadRequest, "no such field", std::string(name));
  if (!may_read(form, modes, name)) {
    return refuse(ErrorCode::Forbidden, "the field is hidden or masked", std::string(name));
  }
  return field;
}

Result<Condition> condition_of(const Form& form, const Filter& filter) {
  switch (filter.kind) {
    case Kind::All: return Condition{"1 = 1"};
    case Kind::None: return Condition{"1 = 0"};
    case Kind::And:
    case Kind::Or: return group(form, filter);
    case Kind::Not: {
      if (filter.parts.size() != 1) return refuse(ErrorCode::BadRequest, "not takes one filter");
      Condition inner = TRY(condition_of(form, filter.parts[0]));
      inner.text = "NOT COALESCE((" + inner.text + "), FALSE)";
      return inner;
    }
    default: return leaf(form, filter);
  }
}

Result<store::Value> operand_of(const Field& field, const Json& value) {
  if (field.kind == FieldKind::Boolean) {
    if (!value.is_bool()) return bad(field, "takes true or false");
    return int64_t{value.as_bool()};
  }
  if (field.kind == FieldKind::Integer || field.kind == FieldKind::Decimal) {
    auto scaled = value.is_number() ? scaled_of(value.as_number().text, field.scale) : std::nullopt;
    if (!scaled) return bad(field, "takes a number of its scale");
    return *scaled;
  }
  if (!value.is_text()) return bad(field, "takes a text");
  const std::string& text = value.as_text();
  if (field.kind == FieldKind::Instant) {
    auto at = parse_instant(text);
    if (!at) return bad(field, "takes an instant");
    return at->ns;
  }
  if (field.kind == FieldKind::Duration) {
    auto length = parse_duration(text);
    if (!length) return bad(field, "takes a duration");
    return length->ns;
  }
  bool is_right = is_utf8(text) && is_clean_text(text) && text.size() <= 4 * limits::kTextCharsMax;
  if (!is_right) return bad(field, "takes a clean text");
  return text;
}

std::string like_anywhere(std::string_view text) {
  std::string out = "%";
  for (char c : text) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out + "%";
}

}  // namespace anlan::records
