#pragma once
// A table row as a JSON record. Inside the room only.

#include <string>
#include <vector>

#include "access/access.h"
#include "records/filter_sql.h"
#include "records/form.h"
#include "store/store.h"

namespace anlan::records {

// The members that a caller sees, in the order of the answer; what is hidden is not even selected.
struct Shown {
  const Field* field;
  bool is_masked;
  std::vector<access::FieldMode> items{};  // of a sub-form of which not everything is shown
};
// As the caller sees it.
Json shown_value(const Shown& shown, Json value);

// The modes of what is shown, row by row, where they depend on the state: `shown` then holds what
// some row may show, and the state itself.
class RowMasks {
 public:
  struct Cell {
    bool is_hidden;
    Shown as;
  };
  using Mask = std::vector<Cell>;  // in the order of `shown`

  RowMasks(const access::FieldModes& modes, const std::vector<Shown>& shown);

  bool is_empty() const { return by_state_.empty(); }
  std::size_t state_column() const { return state_column_; }
  const Mask& of(std::string_view state) const;

 private:
  std::vector<std::pair<std::string_view, Mask>> by_state_;
  Mask otherwise_;
  std::size_t state_column_ = 0;
};
std::vector<Shown> shown_members(const Form& form, const access::FieldModes& modes);
std::vector<Shown> all_members(const Form& form);

// A whole record has every member in the order of all_members: so the one at `place` is found
// without looking through the others.
const Json& member_at(const Json& record, std::size_t place, std::string_view key);

// "SELECT" and the columns of `shown`, up to the table.
std::string select_text(const Form& form, const std::vector<Shown>& shown);
Json record_of(const std::vector<Shown>& shown, const std::vector<store::Value>& cells);
Json record_of(const std::vector<Shown>& shown, const RowMasks& masks,
               const std::vector<store::Value>& cells);

// NotFound when no row that is not deleted answers the condition.
Result<std::vector<store::Value>> cells_of_one(store::View& view, const Form& form, RecordId id,
                                               const std::vector<Shown>& shown,
                                               Condition condition);
// The same as a record, whatever its state.
Result<Json> read_one(store::View& view, const Form& form, RecordId id,
                      const std::vector<Shown>& shown, Condition condition);

}  // namespace anlan::records
