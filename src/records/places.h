#pragma once
// Where the value of a field lies in its table. Inside the room only.

#include <string>
#include <string_view>

#include "records/form.h"

namespace anlan::records {

inline constexpr std::string_view kInExt = "ext";

// PostgreSQL cuts names at 63 bytes, and two that were cut alike would be one.
std::string short_name(std::string name);
// `place` is kInExt or the name of a column.
void put_in(Field& field, std::string_view place);
std::string_view place_of(const Field& field);
// As it stands in a statement where another table has the same columns: "t.".
std::string column_of(const Field& field, std::string_view prefix);
// What a statement has to select for the field to be there: its column, or `ext`.
const std::string& carrier_of(const Field& field);
// Everything of a record that lies in `ext`; null for nothing.
store::Value ext_cell(const Form& form, const Json& record);

}  // namespace anlan::records
