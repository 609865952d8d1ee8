#pragma once
// What changes for whom when one set of roles takes the place of another: read before it is
// published. Data; the sentences stand in the texts of pages and command line, by `change`.

#include <span>
#include <string>
#include <vector>

#include "access/policy.h"

namespace anlan::access {

struct FormShape {
  std::string id;
  std::vector<std::string> states{};
  std::vector<std::string> fields{};
};

struct Difference {
  // On the wire as "gains_action", "loses_action", "more_rows", "fewer_rows", "other_rows",
  // "gains_field", "loses_field", "gains_button", "loses_button".
  enum class Change {
    GainsAction,
    LosesAction,
    MoreRows,
    FewerRows,
    OtherRows,
    GainsField,
    LosesField,
    GainsButton,
    LosesButton
  };

  Change change = Change::GainsAction;
  std::string role;
  std::string form;
  Action action = Action::Read;
  std::string name{};                 // of the field or button
  std::vector<std::string> states{};  // in which; empty for all
  Filter rows_before{}, rows_after{};
  FieldMode mode_before = FieldMode::Hidden, mode_after = FieldMode::Hidden;
};

// By role, form, action. `forms` are those of the packs; what has no form is compared too, but for
// its fields.
std::vector<Difference> difference(const Policy& before, const Policy& after,
                                   std::span<const FormShape> forms);
Json difference_json(const Difference& one);

}  // namespace anlan::access
