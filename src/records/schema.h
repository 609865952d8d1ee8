#pragma once
// How a database becomes able to hold a form's next version: which field lies in a column and which
// in `ext`, and the steps to get there, for the journal (store/schema_journal.h). Additive only:
// nothing that is stored is ever rewritten in place.

#include <string>
#include <vector>

#include "records/form.h"

namespace anlan::records {

// From here on indexes and copies are made while the plant works on, and new fields lie in `ext`.
inline constexpr int64_t kLargeTableRows = 100'000;

// Kinds of steps. On disk, never rename.
inline constexpr std::string_view kRunStep = "run";        // a statement that takes no time
inline constexpr std::string_view kIndexStep = "index";    // subject: name of the index
inline constexpr std::string_view kCopyStep = "copy";      // subject: field; statement: Target
inline constexpr std::string_view kDeployStep = "deploy";  // statement: Deployment
inline constexpr std::string_view kSwitchStep = "switch";  // subject: field; statement: Target
inline constexpr std::string_view kClearStep = "clear";    // subject: column

// Columns of fields, by key: "ext", or a column's name.
using Places = std::map<std::string, std::string, std::less<>>;

// A new form's version, and the places of those fields that are new in it.
struct Deployment {
  Form form;
  Places places;
};
Result<Deployment> deployment_from(const store::SchemaStep& step);
// Notes the version (tables form_def, form_field, form_retired).
store::Change deployment_of(const Deployment& deployment, const Form* before, Instant now);

// The copy of one field's values to a new column: of another kind, or out of `ext`.
struct Target {
  Field field;  // as it will be
};
Result<Target> target_from(const store::SchemaStep& step);
// The form_field row says where the field lies from now on.
store::Change switch_of(const Form& form, const Target& target, Instant now);
// A value of the old kind as one of the new; nothing when it can't be said in the new kind.
std::optional<Json> converted(const Field& from, const Field& to, const Json& value);
// One chunk of the copy: the rows after `position`, as a Change with no rows at the end.
struct Chunk {
  store::Change change;
  std::string position;
  int64_t rows = 0;
  int64_t refused = 0;
};
Result<Chunk> copy_chunk(store::View& view, const Form& form, const Target& target,
                         std::string_view position, Instant now);
// Empties a column that no field uses any more, after its retention, as an explicit act.
Result<Chunk> clear_chunk(store::View& view, const Form& form, std::string_view column,
                          std::string_view position, Instant now);

store::Change cleared_of(const Form& form, std::string_view column, Instant now);

// `before`: the newest deployed version. Refuses what no step can do.
Result<std::vector<store::SchemaStep>> steps_of(const Form& form, const Form* before,
                                                bool is_large);
Result<bool> is_large(store::View& view, const Form& form, int64_t rows);
// Brings a field out of `ext` into a column, by an act: the steps behind those of `last`.
Result<std::vector<store::SchemaStep>> promotion_of(const Form& form, std::string_view field,
                                                    int64_t last);
// Empties a column that is retired for kRetention at least; else WrongState.
inline constexpr Duration kRetention = Duration::days(180);
Result<store::SchemaStep> clearing_of(store::View& view, const Form& form, std::string_view column,
                                      int64_t last, Instant now);
// Records whose value could not be taken over when the field changed its kind, and that value.
struct Refused {
  std::string id, number, value;
};
Result<std::vector<Refused>> refused_values(store::View& view, const Form& form,
                                            std::string_view field, std::size_t count);
// The fields and indexes that a step not yet done has to do with, marked in the newest version.
Result<void> mark_unfinished(Form& form, std::span<const store::SchemaStep> steps);
// Every table of the form as it is now, for an empty database: what a replay needs.
std::vector<std::string> statements_of(const Form& form, const std::vector<std::string>& columns);
Result<std::vector<std::string>> retired_columns(store::View& view, const Form& form);

}  // namespace anlan::records
