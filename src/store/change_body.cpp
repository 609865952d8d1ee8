#include "store/change_body.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iterator>
#include <utility>

#include "core/digest.h"
#include "core/hash.h"
#include "core/json_text.h"
#include "core/text.h"
#include "store/merkle.h"

namespace anlan::store {

namespace {

constexpr std::size_t kSaltBytes = 16;
// A body holds what one commit may write; a form of 300 long fields in Chinese has 4 MB.
constexpr std::size_t kBodyBytesMax = 64 << 20;

void add_with_length(std::string& out, std::string_view bytes) {
  auto size = static_cast<uint32_t>(bytes.size());
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(size >> shift));
  out += bytes;
}

struct Field {
  std::string table;
  std::string column;  // empty for the row itself: its kind and key
  std::string name;
  std::string salt;
  Json value;
};

// docs/formats/ledger.md, Field. `value` is canonical JSON.
void hashed_bytes(std::string_view salt, std::string_view name, std::string_view value,
                  std::string& out) {
  out.assign("anlan.field/1\0", 14);
  out += salt;
  add_with_length(out, name);
  add_with_length(out, value);
}

Digest field_hash(const Field& field) {
  std::string bytes;
  hashed_bytes(field.salt, field.name, canonical_json(field.value), bytes);
  return digest_of(bytes);
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

Result<void> check_clean(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell.value)) {
    if (!is_utf8(*text) || text->contains('\0')) {
      return refuse(ErrorCode::BadField, "text is not clean UTF-8", cell.column);
    }
  }
  if (const auto* real = std::get_if<double>(&cell.value); real && !std::isfinite(*real)) {
    return refuse(ErrorCode::BadField, "a number must be finite", cell.column);
  }
  return {};
}

Result<Json> cells_json(std::span<const Cell> cells) {
  Json out = Json::object();
  for (const Cell& cell : cells) {
    TRY(check_clean(cell));
    out.set(cell.column, value_json(cell.value));
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
  std::vector<Digest> hashes;
  for (const Field& field : fields) hashes.push_back(field_hash(field));
  return std::string(bytes_of(merkle_root(std::move(hashes))));
}

void add_hex(std::string_view bytes, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::size_t at = out.size();
  out.resize(at + bytes.size() * 2);
  for (char c : bytes) {
    auto byte = static_cast<uint8_t>(c);
    out[at++] = kHex[byte >> 4];
    out[at++] = kHex[byte & 15];
  }
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

void write_value(const Value& value, std::string& out) {
  if (const auto* text = std::get_if<std::string>(&value)) return write_json_text(*text, out);
  if (const auto* number = std::get_if<int64_t>(&value)) {
    out += R"({"int":")";
    out += std::to_string(*number);
    out += "\"}";
    return;
  }
  out += canonical_json(value_json(value));
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

namespace {

// One body under way: its text and the hashes of its fields, without a tree between them.
class Encoder {
 public:
  Encoder(std::size_t fields, Random& random) : salts_(fields * kSaltBytes, '\0') {
    random.fill({reinterpret_cast<uint8_t*>(salts_.data()), salts_.size()});
    text_.reserve(64 + fields * 120);
    text_ = R"({"v":1,"rows":[)";
    hashes_.reserve(fields);
  }

  Result<void> add(const RowChange& row) {
    if (rows_ > 0) text_ += ',';
    text_ += R"({"table":)";
    write_json_text(row.table, text_);
    text_ += R"(,"kind":)";
    write_json_text(kind_text(row.kind), text_);
    Json key = TRY(cells_json(row.key));
    text_ += R"(,"key":)" + write_json(key) + ",";
    value_ = canonical_json(row_value(kind_text(row.kind), key));
    name_ = std::to_string(rows_) + ":" + row.table + ":";
    name_start_ = name_.size();
    add_field("");
    text_ += R"(,"fields":[)";
    bool is_first = true;
    for (const Cell& cell : row.cells) TRY(add_cell(cell, std::exchange(is_first, false)));
    if (row.version && row.kind == RowChange::Kind::Update) {
      TRY(add_cell({"version", *row.version + 1}, is_first));
    }
    text_ += "]}";
    ++rows_;
    return {};
  }

  ChangeBody finish() && {
    text_ += "]}";
    return {std::move(text_), std::string(bytes_of(merkle_root(std::move(hashes_))))};
  }

 private:
  Result<void> add_cell(const Cell& cell, bool is_first) {
    TRY(check_clean(cell));
    text_ += is_first ? R"({"name":)" : R"(,{"name":)";
    write_json_text(cell.column, text_);
    text_ += ',';
    value_.clear();
    write_value(cell.value, value_);
    add_field(cell.column);
    text_ += R"(,"value":)";
    text_ += value_;
    text_ += '}';
    return {};
  }
  // The salt goes into the text, the hash to the others; what is hashed stands in value_.
  void add_field(std::string_view column) {
    std::string_view salt =
        std::string_view(salts_).substr(hashes_.size() * kSaltBytes, kSaltBytes);
    text_ += R"("salt":")";
    add_hex(salt, text_);
    text_ += '"';
    name_.resize(name_start_);
    name_ += column;
    hashed_bytes(salt, name_, value_, bytes_);
    hashes_.push_back(digest_of(bytes_));
  }

  std::string salts_;
  std::string text_;
  std::vector<Digest> hashes_{};
  std::size_t rows_ = 0;
  std::string name_{};  // of the field: "ROW:TABLE:" and the column
  std::size_t name_start_ = 0;
  std::string value_{};
  std::string bytes_{};
};

}  // namespace

Result<ChangeBody> encode_body(std::span<const RowChange> rows, Random& random) {
  std::size_t fields = 0;
  for (const RowChange& row : rows) {
    if (!row.is_private) fields += 1 + row.cells.size() + (row.version ? 1 : 0);
  }
  Encoder encoder(fields, random);
  for (const RowChange& row : rows) {
    if (!row.is_private) TRY(encoder.add(row));
  }
  return std::move(encoder).finish();
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
        out.push(Json::object({{"hash", to_hex(bytes_of(field_hash(field)))}}));
      }
    }
    ++index;
  }
  return out;
}

}  // namespace anlan::store
