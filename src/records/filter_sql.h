#pragma once
// A filter as the condition of a statement, with parameters, and who may ask what. Inside the room
// only.

#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "core/filter.h"
#include "records/form.h"
#include "store/store.h"

namespace anlan::records {

struct Condition {
  std::string text;
  std::vector<store::Value> params{};

  void add_and(Condition other);
};

// System members can be read unless `modes` names them; fields follow `modes` alone.
access::FieldMode mode_of(const Form& form, const access::FieldModes& modes, std::string_view name);
// What some row may show of it, whatever its state.
access::FieldMode highest_of(const Form& form, const access::FieldModes& modes,
                             std::string_view name);
bool may_read(const Form& form, const access::FieldModes& modes, std::string_view name);
// BadRequest for a member that is not there, Forbidden for one that the caller can't read plainly.
Result<const Field*> readable_member(const Form& form, const access::FieldModes& modes,
                                     std::string_view name);

// Two-valued: a comparison with a field that is not filled in is false, and its `not` is true.
// BadRequest names the field. Says nothing about modes.
Result<Condition> condition_of(const Form& form, const Filter& filter);
// The value as the column holds it, for comparisons and cursors.
Result<store::Value> operand_of(const Field& field, const Json& value);
// Text to be found anywhere, for LIKE ... ESCAPE '\'.
std::string like_anywhere(std::string_view text);

}  // namespace anlan::records
