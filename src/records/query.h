#pragma once
// Reading records. Scope and modes come from access; a hidden field can't be asked for, filtered,
// sorted or searched (Forbidden), so it leaks through no side door.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "core/filter.h"
#include "records/form.h"
#include "store/store.h"

namespace anlan::records {

struct Query {
  Filter filter{};             // the caller's own wish
  Filter scope{};              // from access; always added
  access::FieldModes modes{};  // by state: what may be asked follows the least of any state
  std::string search{};        // two or more characters; bigrams over the readable text fields
  std::string sort = "-created_at";  // field key or system column, "-" for descending
  std::size_t count = 25;            // at most limits::kPageRowsMax
  std::string cursor{};              // from the page before; opaque
  bool has_total = false;            // count what matches too, up to kTotalMax
};

// Nobody reads on beyond it, and counting has to end somewhere.
inline constexpr int64_t kTotalMax = 1'000;

// System members of every record beside its fields: id, number, state, org_path, case_id, version,
// form_version, created_at, created_by, updated_at, updated_by. They can be filtered and sorted.
struct Page {
  std::vector<Json> rows;
  std::string next;  // empty at the end
};

Result<Page> list(store::View& view, const Form& form, const Query& query);
// The same as the JSON text of an answer: {"rows":[...],"next":"..."} and, where it is wished,
// "total" (kTotalMax at most) and "is_total_capped".
Result<std::string> list_text(store::View& view, const Form& form, const Query& query);
// NotFound also when the record is outside the scope: existence is not told.
Result<Json> read(store::View& view, const Form& form, RecordId id, const Filter& scope,
                  const access::FieldModes& modes);
// The same as JSON text; a record without a case has no tasks and no clocks.
struct RecordText {
  std::string json{};
  bool has_case = false;
};
Result<RecordText> read_text(store::View& view, const Form& form, RecordId id, const Filter& scope,
                             const access::FieldModes& modes);
// What a caller with these modes sees of a record that is known whole: as read() gives it.
Result<Json> shown_record(store::View& view, const Form& form, const Json& whole,
                          const access::FieldModes& modes);
// The same for an expression: members of their own types, those that are hidden or masked left out.
rules::Value feel_record(const Form& form, const Json& record, const access::FieldModes& modes);
// Empty for a record that is not there.
Result<std::string> state_of(store::View& view, const Form& form, RecordId id);
// Everything, for deciders only (flow, checks); never for an answer.
Result<Json> read_whole(store::View& view, const Form& form, RecordId id);
Result<bool> is_visible(store::View& view, const Form& form, RecordId id, const Filter& scope);
// Every record that the filter picks, whole, by number of creation; for deciders only. LimitReached
// above `count`: whoever works with all of something must never work with a part of it.
Result<std::vector<Json>> all_whole(store::View& view, const Form& form, const Filter& filter,
                                    std::size_t count);
// The same with these members only; one that the form does not have, or that is null, is left out.
Result<std::vector<Json>> all_partly(store::View& view, const Form& form, const Filter& filter,
                                     std::size_t count, std::span<const std::string_view> members);
// The same one by one, in one statement and without holding them all: for forms of many records.
using TakeRecord = std::function<Result<void>(Json record)>;
Result<void> visit_partly(store::View& view, const Form& form, const Filter& filter,
                          std::size_t count, std::span<const std::string_view> members,
                          const TakeRecord& each);
// Whether a row scope fits the form, its variables still in it. BadPack names the member.
Result<void> check_scope(const Form& form, const Filter& scope);
// Grows whenever any record of the form changes, without a look at them; nothing where a commit
// came between the view's begin and this question (store::Reading::stamp).
std::optional<uint64_t> stamp_of(store::View& view, const Form& form);
// "parts.cost": the fields of a sub-form's rows that have another mode than the whole.
std::vector<std::pair<std::string, access::FieldMode>> item_modes_named(
    const Field& field, const access::FieldModes& modes);
// Rows by value of a field, for boards: [{"value","count"}], with scope.
Result<Json> count_by(store::View& view, const Form& form, std::string_view field,
                      const Query& query);
// Per-field history, oldest first: [{"at","actor":{"kind","person"},"field","before","after",
// "version"}], masked by modes.
Result<Json> history(store::View& view, const Form& form, RecordId id,
                     const access::FieldModes& modes);

}  // namespace anlan::records
