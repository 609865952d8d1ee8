#include "store/postgres_values.h"

#include <array>
#include <charconv>

#include "core/check.h"
#include "core/text.h"

namespace anlan::store {

namespace {

// Object ids of PostgreSQL's built-in types (src/include/catalog/pg_type.dat); they never change.
constexpr Oid kBool = 16;
constexpr Oid kBytea = 17;
constexpr Oid kInt8 = 20;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kText = 25;
constexpr Oid kOid = 26;
constexpr Oid kFloat4 = 700;
constexpr Oid kFloat8 = 701;
constexpr Oid kNumeric = 1700;

constexpr int kAsText = 0;
constexpr int kAsBytes = 1;

std::string digits_of(const Value& value) {
  std::array<char, 32> digits{};
  char* end = digits.data() + digits.size();
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return {digits.data(), std::to_chars(digits.data(), end, *number).ptr};
  }
  return {digits.data(), std::to_chars(digits.data(), end, std::get<double>(value)).ptr};
}

template <class Number>
bool reads_whole(std::string_view text, Number& out) {
  const char* end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, out);
  return error == std::errc{} && at == end;
}

// SQLite answers sum() of whole numbers with a whole number; PostgreSQL with numeric.
Value numeric_value(std::string_view text) {
  int64_t number = 0;
  if (reads_whole(text, number)) return number;
  double real = 0;
  (void)reads_whole(text, real);
  return real;
}

}  // namespace

std::string with_numbers(std::string_view text) {
  std::string out;
  int count = 0;
  char quote = 0;
  for (char c : text) {
    if (c == '?' && quote == 0) {
      out.append("$").append(std::to_string(++count));
      continue;
    }
    if (quote != 0 && c == quote) {
      quote = 0;  // a doubled quote opens again at once
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    }
    out.push_back(c);
  }
  return out;
}

PostgresParams::PostgresParams(std::span<const Value* const> values) {
  buffers_.reserve(values.size());  // values_ points into it
  auto add = [&](Oid type, const char* bytes, std::size_t size, int format) {
    types_.push_back(type);
    values_.push_back(bytes);
    lengths_.push_back(static_cast<int>(size));
    formats_.push_back(format);
  };
  for (const Value* given : values) {
    const Value& value = *given;
    if (const auto* text = std::get_if<std::string>(&value)) {
      // With its length, so that a zero byte is refused by the server instead of cutting the text.
      add(kText, text->data(), text->size(), kAsBytes);
    } else if (const auto* blob = std::get_if<Blob>(&value)) {
      add(kBytea, blob->bytes.data(), blob->bytes.size(), kAsBytes);
    } else if (std::holds_alternative<std::monostate>(value)) {
      add(0, nullptr, 0, kAsText);
    } else {
      const std::string& digits = buffers_.emplace_back(digits_of(value));
      bool is_whole = std::holds_alternative<int64_t>(value);
      add(is_whole ? kInt8 : kFloat8, digits.c_str(), digits.size(), kAsText);
    }
  }
}

std::string PostgresParams::type_letters() const {
  std::string letters;
  for (Oid type : types_) {
    letters.push_back(type == kText    ? 't'
                      : type == kBytea ? 'b'
                      : type == kInt8  ? 'i'
                      : type == 0      ? 'n'
                                       : 'r');
  }
  return letters;
}

bool is_text_column(const PGresult* result, int column) {
  switch (PQftype(result, column)) {
    case kInt2:
    case kInt4:
    case kOid:
    case kInt8:
    case kNumeric:
    case kBool:
    case kFloat4:
    case kFloat8:
    case kBytea: return false;
    default: return true;
  }
}

Value postgres_value(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column) != 0) return std::monostate{};
  auto size = static_cast<std::size_t>(PQgetlength(result, row, column));
  std::string_view text(PQgetvalue(result, row, column), size);
  switch (PQftype(result, column)) {
    case kInt2:
    case kInt4:
    case kOid:
    case kInt8:
    case kNumeric: return numeric_value(text);
    case kBool: return int64_t{text == "t"};
    case kFloat4:
    case kFloat8: {
      double real = 0;
      CHECK(reads_whole(text, real), "PostgreSQL writes reals that from_chars reads");
      return real;
    }
    case kBytea: return Blob{from_hex(text.substr(2))};  // after \x
    default: return std::string(text);
  }
}

}  // namespace anlan::store
