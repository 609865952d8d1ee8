#pragma once
// SQL views with labels for reporting tools outside: what a person of the trade reads, without
// knowing our columns. docs/formats/views.md. They read the same tables; nothing is copied.

#include <string>
#include <vector>

#include "records/form.h"

namespace anlan::records {

struct ViewRules {
  std::string time_zone_offset = "+08:00";  // of the plant
  bool has_personal = false;                // x-pii and people, else left out
};

// PostgreSQL: the views stand in a schema of their own, which a role may read and nothing else.
inline constexpr std::string_view kViewSchema = "bi";

// Throws away and makes anew v_<form>, v_<form>_en, and the same for each sub-form.
std::vector<std::string> view_statements(const Form& form, store::Dialect dialect,
                                         const ViewRules& rules);
std::string view_schema_statement();
// What the owner of a PostgreSQL database has to run once, so that `role` can read the views.
std::vector<std::string> view_grants(std::string_view role);

}  // namespace anlan::records
