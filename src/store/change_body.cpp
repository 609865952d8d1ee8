#include "store/change_body.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iterator>

#include "core/hash.h"
#include "core/text.h"
#include "store/merkle.h"

namespace anlan::store {

namespace {

constexpr std::size_t kSaltBytes = 16;
// A body holds what one commit may write; a form of 300 long fields in Chinese has 4 MB.
constexpr std::size_t kBodyBytesMax = 64 << 20;

std::string length_prefixed(std::string_view bytes) {
  auto size = static_cast<uint32_t>(bytes.size());
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(size >> shift));
  return out.append(bytes);
}

struct Field {
  std::string table;
  std::string column;  // empty for the row itself: its kind and key
  std::string name;
  std::string salt;
  Json value;
};

std::string field_hash(const Field& field) {
  Sha256 hash;
  hash.add(std::string_view("anlan.field/1\0", 14));
  hash.add(field.salt);
  hash.add(length_prefixed(field.name));
  hash.add(length_prefixed(canonical_json(field.value)));
  return hash.finish();
}

std::string field_name(std::size_t row, std::string_view table, std::string_view column) {
  return std::to_string(row).append(":").append(table).append(":").append(column);
}

// On disk. Never rename.
std::string_view kind_text(RowChange::Kind kind) {
  switch (kind) {
    case RowChange::Kind::Insert: return "insert";
    case RowChange::Kind::Update: return "update";
    case RowChange::Kind::Delete: return "delete";
  }
  return "insert";
}

Result<RowChange::Kind> kind_of(std::string_view text) {
  for (auto kind : {RowChange::Kind::Insert, RowChange::Kind::Update, RowChange::Kind::Delete}) {
    if (text == kind_text(kind)) return kind;
  }
  return refuse(ErrorCode::BadJson, "unknown kind of row change");
}

std::string new_salt(Random& random) {
  std::array<uint8_t, kSaltBytes> bytes{};
  random.fill(bytes);
  return {bytes.begin(), bytes.end()};
}

Result<Json> clean_value(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell.value)) {
    if (!is_utf8(*text) || text->contains('\0')) {
      return refuse(ErrorCode::BadField, "text is not clean UTF-8", cell.column);
    }
  }
  if (const auto* real = std::get_if<double>(&cell.value); real && !std::isfinite(*real)) {
    return refuse(ErrorCode::BadField, "a number must be finite", cell.column);
  }
  return value_json(cell.value);
}

Result<Json> cells_json(std::span<const Cell> cells) {
  Json out = Json::object();
  for (const Cell& cell : cells) {
    Json value = TRY(clean_value(cell));
    out.set(cell.column, std::move(value));
  }
  return out;
}

Json row_value(const Json& kind, const Json& key) {
  return Json::object({{"kind", kind}, {"key", key}});
}

Result<std::vector<Cell>> cells_of(const Json& members) {
  if (!members.is_object()) return refuse(ErrorCode::BadJson, "a key is an object");
  std::vector<Cell> cells;
  for (const auto& [name, value] : members.as_object()) {
    Value cell = TRY(value_of_json(value));
    cells.push_back({name, std::move(cell)});
  }
  return cells;
}

// What a logged row says of itself: the row's own field first, then one for each cell.
Result<std::vector<Field>> fields_of_row(const Json& row, std::size_t index) {
  std::string table = TRY(row.text_at("table"));
  std::string salt = TRY(row.text_at("salt"));
  std::vector<Field> fields;
  fields.push_back({table, "", field_name(index, table, ""), from_hex(salt),
                    row_value(row["kind"], row["key"])});
  if (!row["fields"].is_array()) return refuse(ErrorCode::BadJson, "fields is a list");
  for (const Json& field : row["fields"].as_array()) {
    std::string column = TRY(field.text_at("name"));
    std::string field_salt = TRY(field.text_at("salt"));
    fields.push_back(
        {table, column, field_name(index, table, column), from_hex(field_salt), field["value"]});
  }
  return fields;
}

Result<Json> parsed_body(std::string_view text) {
  Json body = TRY(parse_json(text, kBodyBytesMax));
  if (body.int_or("v", 0) != 1 || !body["rows"].is_array()) {
    return refuse(ErrorCode::BadJson, "not an anlan.change/1 body");
  }
  return body;
}

bool may_see_field(const Field& field,
                   const std::function<bool(std::string_view, std::string_view)>& may_see) {
  if (!field.column.empty()) return may_see(field.table, field.column);
  return std::ranges::all_of(field.value["key"].as_object(), [&](const Json::Member& member) {
    return may_see(field.table, member.first);
  });
}

std::string body_root(std::span<const Field> fields) {
  std::vector<std::string> hashes;
  for (const Field& field : fields) hashes.push_back(field_hash(field));
  return merkle_root(hashes);
}

}  // namespace

// Whole numbers and reals are written as text: RFC 8785 would round them to doubles.
Json value_json(const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return Json::object({{"int", std::to_string(*number)}});
  }
  if (const auto* real = std::get_if<double>(&value)) {
    std::array<char, 32> digits{};
    auto end = std::to_chars(digits.data(), digits.data() + digits.size(), *real).ptr;
    return Json::object({{"real", std::string(digits.data(), end)}});
  }
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* blob = std::get_if<Blob>(&value)) {
    return Json::object({{"blob", to_hex(blob->bytes)}});
  }
  return {};
}

Result<Value> value_of_json(const Json& value) {
  if (value.is_null()) return std::monostate{};
  if (value.is_text()) return value.as_text();
  if (!value.is_object() || value.as_object().size() != 1) {
    return refuse(ErrorCode::BadJson, "not a stored value");
  }
  std::string digits = TRY(value.text_at(value.as_object().front().first));
  if (value.has("blob")) return Blob{from_hex(digits)};
  const char* end = digits.data() + digits.size();
  if (value.has("int")) {
    int64_t number = 0;
    if (std::from_chars(digits.data(), end, number).ptr == end) return number;
  }
  if (value.has("real")) {
    double real = 0;
    if (std::from_chars(digits.data(), end, real).ptr == end) return real;
  }
  return refuse(ErrorCode::BadJson, "not a stored value");
}

Result<ChangeBody> encode_body(std::span<const RowChange> rows, Random& random) {
  Json list = Json::array();
  std::vector<Field> fields;
  for (const RowChange& row : rows) {
    if (row.is_private) continue;
    Json out = Json::object({{"table", row.table}, {"kind", kind_text(row.kind)}});
    Json key = TRY(cells_json(row.key));
    out.set("key", std::move(key));
    out.set("salt", to_hex(new_salt(random)));
    std::vector<Cell> cells = row.cells;
    if (row.version && row.kind == RowChange::Kind::Update) {
      cells.push_back({"version", *row.version + 1});
    }
    Json entries = Json::array();
    for (const Cell& cell : cells) {
      // Not inside the braces below: g++ leaks what a refusal leaves half-built there.
      Json value = TRY(clean_value(cell));
      entries.push(Json::object({{"name", cell.column},
                                 {"salt", to_hex(new_salt(random))},
                                 {"value", std::move(value)}}));
    }
    out.set("fields", std::move(entries));
    std::vector<Field> row_fields = TRY(fields_of_row(out, list.as_array().size()));
    std::ranges::move(row_fields, std::back_inserter(fields));
    list.push(std::move(out));
  }
  return ChangeBody{write_json(Json::object({{"v", 1}, {"rows", std::move(list)}})),
                    body_root(fields)};
}

Result<DecodedBody> decode_body(std::string_view text) {
  Json body = TRY(parsed_body(text));
  DecodedBody out;
  std::vector<Field> all;
  for (const Json& row : body["rows"].as_array()) {
    std::vector<Field> fields = TRY(fields_of_row(row, out.rows.size()));
    RowChange& change = out.rows.emplace_back();
    change.table = fields.front().table;
    std::string kind = TRY(row.text_at("kind"));
    change.kind = TRY(kind_of(kind));
    change.key = TRY(cells_of(row["key"]));
    for (Field& field : fields) {
      if (!field.column.empty()) {
        Value cell = TRY(value_of_json(field.value));
        change.cells.push_back({field.column, std::move(cell)});
      }
      all.push_back(std::move(field));
    }
  }
  out.root = body_root(all);
  return out;
}

Result<Json> disclosed_fields(
    std::string_view text,
    const std::function<bool(std::string_view table, std::string_view column)>& may_see) {
  Json body = TRY(parsed_body(text));
  Json out = Json::array();
  std::size_t index = 0;
  for (const Json& row : body["rows"].as_array()) {
    std::vector<Field> fields = TRY(fields_of_row(row, index));
    for (const Field& field : fields) {
      if (may_see_field(field, may_see)) {
        out.push(Json::object(
            {{"name", field.name}, {"salt", to_hex(field.salt)}, {"value", field.value}}));
      } else {
        out.push(Json::object({{"hash", to_hex(field_hash(field))}}));
      }
    }
    ++index;
  }
  return out;
}

}  // namespace anlan::store
