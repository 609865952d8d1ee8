#pragma once
// A form definition, parsed and checked, with the table that holds its records.

#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/access.h"
#include "core/json.h"
#include "core/result.h"
#include "core/text.h"
#include "rules/rules.h"
#include "store/store.h"

namespace anlan::records {

// x-kind of a field. Stored in form files; never rename.
enum class FieldKind {
  Text,
  LongText,
  Integer,
  Decimal,
  Boolean,
  Instant,
  Date,
  Duration,
  Choice,
  Choices,
  Person,
  Org,
  Ref,
  Photos,
  Position,
  Object,
  Subform
};

// x-stamp: who or when, written by the server when a row's boolean turns true, cleared when it
// turns false, never by whoever sends it.
enum class StampKind { None, Person, Instant };

struct Field {
  std::string key;  // [a-z][a-z0-9_]{0,40}
  FieldKind kind = FieldKind::Text;
  LocalText title;
  // Fixed when the field is first deployed; what its title says never changes it.
  std::string column;
  bool in_ext = false;      // kept in `ext`; `column` is then the expression that reads it
  bool is_removed = false;  // only older versions have it: kept, but nobody fills it in any more
  bool is_required = false;
  bool is_list = false;  // shown and filterable in lists: has an index where indexed
  bool is_indexed = false;
  bool is_index_ready = true;  // false while a big index is still being built
  bool is_summed = false;      // x-sum: figures add it up, so it has a column
  bool is_ext_wished = false;  // x-store
  bool is_unique = false;
  bool is_searched = false;  // its bigrams are in the search column
  bool is_personal = false;  // x-pii
  bool is_secret = false;    // x-secret: a role must name it
  // x-ceiling: the highest mode that a task may give; hidden for what is secret, masked for what is
  // personal, unless the form says otherwise.
  access::FieldMode ceiling = access::FieldMode::Write;
  int scale = 0;  // Decimal: digits after the point, 0 to 9; stored scaled
  std::optional<int64_t> minimum, maximum;  // of the scaled number
  std::size_t chars_min = 0;
  std::size_t chars_max = 0;
  std::string pattern;                       // as XPath writes it; empty for none
  std::optional<rules::Expression> matches;  // of the names value and pattern
  std::vector<std::pair<std::string, LocalText>> choices;
  std::string ref_form;       // Ref
  std::size_t items_min = 0;  // Photos, Choices
  std::size_t items_max = 0;
  bool takes_video = false;           // Photos: x-video
  std::vector<Field> items;           // Subform: the fields of its rows
  std::string item_table;             // Subform: one row for each
  StampKind stamp = StampKind::None;  // of a field of rows
  std::string stamp_of;               // the boolean of the same row
  // Where its values are being copied to: every change writes there too. Shared by all copies of
  // the form.
  std::shared_ptr<const Field> next;
};

struct Check {
  rules::Expression when;  // true means refused
  LocalText message;
  std::string field;
};

struct Computed {
  std::string field;
  rules::Expression value;
};

struct Form {
  std::string id;  // [a-z][a-z0-9_]{0,40}
  int64_t version = 1;
  LocalText title;
  std::string table;      // "f_" + id
  std::string flow;       // id of the flow that a new record starts; may be empty
  std::string serial;     // prefix of the readable number, "YH": YH-20261121-0001; may be empty
  std::string org_field;  // the Org or Ref field whose path becomes the org_path; may be empty
  std::vector<std::pair<std::string, LocalText>> states;  // a new record is in the first
  std::vector<std::string> locked_states;                 // there only a task lets anybody write
  std::vector<std::string> guards;  // what the engine asks before a change by a person stands
  std::vector<Field> fields;
  std::vector<Computed> computed;
  std::vector<Check> checks;
  Json source;  // as given, for the browser

  const Field* find(std::string_view key) const;
  // Also the system members, which every record has beside its fields (query.h).
  const Field* find_member(std::string_view name) const;
};

// id, number, state, org_path, case_id, version, form_version, created_at, created_by, updated_at,
// updated_by: as fields, in this order.
const std::vector<Field>& system_members();

Result<Form> parse_form(const Json& source);  // BadPack names the member
access::FormFrame frame_of(const Form& form);

// More are for a table of their own. Above limits::kFormFieldsMax the rest lies in `ext`.
inline constexpr std::size_t kFieldsMax = 600;
inline constexpr std::size_t kItemFieldsMax = 40;
inline constexpr std::size_t kItemRowsMax = 200;

// The tables of this room.
std::vector<store::Migration> migrations();
// Better indexes for tables that are there; once for each form, after its first version.
store::Migration index_migration_of(const Form& form);

// All deployed forms by id, newest version; older versions by (id, version). A definition never
// changes once it is here, so copies of Forms share it, and whoever holds one may keep it for as
// long as the Forms live. Any thread may look while one adds or replaces.
class Forms {
 public:
  Forms() = default;
  Forms(const Forms& other) { *this = other; }
  Forms& operator=(const Forms& other);
  Forms(Forms&& other) : Forms(std::as_const(other)) {}
  Forms& operator=(Forms&& other) { return *this = std::as_const(other); }

  Result<void> add(Form form);  // Duplicate if this version is there with another content
  // What is now known of these forms; the definitions that were here before stay readable.
  void replace(const Forms& newer);
  const Form* find(std::string_view id) const;
  const Form* find(std::string_view id, int64_t version) const;
  std::vector<const Form*> all() const;

 private:
  using Shared = std::shared_ptr<const Form>;  // by copies of Forms
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::map<int64_t, Shared>, std::less<>> forms_;
  std::vector<Shared> earlier_;
};

// Every version that was ever deployed here, with its fields where they lie.
Result<Forms> load_forms(store::View& view);

}  // namespace anlan::records
