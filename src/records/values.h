#pragma once
// The kinds of fields: what a value of each kind looks like in JSON, in a column and in FEEL.
// A value is checked once, in checked_value; everything behind it takes the checked form. Inside
// the room only.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/json.h"
#include "records/form.h"
#include "rules/rules.h"
#include "store/store.h"

namespace anlan::records {

struct KindRow {
  FieldKind kind;
  std::string_view word;         // x-kind
  std::string_view column_type;  // type word of store
};
const KindRow& kind_row(FieldKind kind);
const KindRow* find_kind(std::string_view word);

// One number, word or instant in the column, so it can be compared, sorted and indexed.
bool is_comparable(FieldKind kind);
bool is_text_kind(FieldKind kind);

// BadField with the field named, EvidenceMissing for too few photos. Null and empty text are null:
// not filled in. Whether what is named exists is not asked here.
Result<Json> checked_value(const Field& field, const Json& value);
// A photo list's hashes, of a checked value.
std::vector<std::string> photo_hashes(const Json& photos);

store::Value cell_of(const Field& field, const Json& checked);
Json json_of_cell(const Field& field, const store::Value& cell);
rules::Value feel_of(const Field& field, const Json& checked);
// Not checked yet. Decimals are rounded to the field's scale, half even.
Json json_of_feel(const Field& field, const rules::Value& value);
// "***", for what looks like a telephone number with its last four digits.
Json masked(const Json& value);

// No zero byte or other control character but tab and line ends: neither PostgreSQL nor a
// spreadsheet keeps them.
bool is_clean_text(std::string_view text);
// number * 10^scale; nothing when digits would be lost or it is out of range.
std::optional<int64_t> scaled_of(std::string_view number, int scale);
std::string unscaled_text(int64_t scaled, int scale);

}  // namespace anlan::records
