#pragma once
// A record on its way from what was given to what will be stored: the steps between, each of which
// may refuse. Inside the room only.

#include <string>
#include <vector>

#include "records/form.h"
#include "records/write.h"

namespace anlan::records {

struct Draft {
  const Writing& writing;
  const Form& form;                      // whose table and members the record has: the newest
  const Form& rules;                     // that it is checked with: the version it was made with
  Json before{};                         // whole; null when it is new
  Json after{};                          // whole
  std::vector<std::string> given{};      // fields that the input names, in its order
  std::vector<std::string> new_files{};  // photos that were not there before
  bool is_by_flow = false;
};

// The person's id as text, or the actor's kind.
std::string actor_text(const Actor& actor);

// Takes over one given field after checking its value.
Result<void> give_field(Draft& draft, const Field& field, const Json& value);
// Logic sets, required fields, references, photos, uniqueness, the form's checks, org_path.
Result<void> finish(Draft& draft);

}  // namespace anlan::records
