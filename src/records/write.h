#pragma once
// Creating and changing records.

#include <memory>
#include <string>
#include <string_view>

#include "access/access.h"
#include "records/form.h"
#include "rules/rules.h"
#include "store/store.h"

namespace anlan::records {

struct Writing {
  store::View& view;
  Actor actor;
  Instant now;
  IdMaker& ids;
  const Forms& forms;  // for references
  std::string time_zone_offset =
      "+08:00";  // of the plant: serial numbers turn over at its midnight
  // What formulas and checks ask of the plant; null for nobody. Calendars go with it.
  std::shared_ptr<const rules::Host> host{};  // shared: copies of a Writing are free
  const rules::Calendars* calendars = nullptr;
};

struct Written {
  RecordId id{};
  Json record{};         // whole, as it is after the change
  store::Change change;  // rows, history, files, an event on topic <form>
};

// Input members are field keys. UnknownField, MissingField, BadField, CheckFailed (message of the
// pack), EvidenceMissing; error.field names the field. Fields that are not Write in `modes` are
// refused with Forbidden. Computed fields can't be given. `id` may be the client's own (UUIDv7) so
// that a repeated upload is found: Duplicate if it exists.
Result<Written> create(const Writing& writing, const Form& form, const Json& input,
                       const access::FieldModes& modes, std::optional<RecordId> id = {});
// Changes the given fields only; version must be the record's (Conflict). Older records are checked
// with the form version they were made with.
Result<Written> update(const Writing& writing, const Form& form, RecordId id, int64_t version,
                       const Json& patch, const access::FieldModes& modes);
// The engine's own: what a flow sets (state, grade, owner...). `patch` may name the system members
// state and case_id too. No modes, no version; checks still run.
Result<Written> patch_by_flow(const Writing& writing, const Form& form, RecordId id,
                              const Json& patch);

}  // namespace anlan::records
