#include "records/form.h"

#include <algorithm>
#include <iterator>
#include <mutex>

#include "records/places.h"
#include "records/search.h"

namespace anlan::records {
namespace {

std::vector<Field> make_system_members() {
  auto member = [](std::string name, FieldKind kind) {
    std::string column = name;
    return Field{.key = std::move(name), .kind = kind, .column = std::move(column)};
  };
  return {member("id", FieldKind::Ref),
          member("number", FieldKind::Text),
          member("state", FieldKind::Choice),
          member("org_path", FieldKind::Org),
          member("case_id", FieldKind::Ref),
          member("version", FieldKind::Integer),
          member("form_version", FieldKind::Integer),
          member("created_at", FieldKind::Instant),
          member("created_by", FieldKind::Person),
          member("updated_at", FieldKind::Instant),
          member("updated_by", FieldKind::Person)};
}

const Field* find_in(const std::vector<Field>& fields, std::string_view key) {
  auto field = std::ranges::find(fields, key, &Field::key);
  return field == fields.end() ? nullptr : &*field;
}

}  // namespace

const Field* Form::find(std::string_view key) const { return find_in(fields, key); }

const Field* Form::find_member(std::string_view name) const {
  const Field* system = find_in(system_members(), name);
  return system ? system : find(name);
}

const std::vector<Field>& system_members() {
  static const std::vector<Field> members = make_system_members();
  return members;
}

namespace {

void add_to_frame(const Field& field, const std::string& key, access::FormFrame& frame) {
  if (field.is_secret) frame.secrets.push_back(key);
  if (field.ceiling != access::FieldMode::Write) frame.ceilings.emplace_back(key, field.ceiling);
}

}  // namespace

access::FormFrame frame_of(const Form& form) {
  access::FormFrame frame{.id = form.id, .locked_states = form.locked_states};
  for (const auto& [state, text] : form.states) frame.states.push_back(state);
  for (const Field& field : form.fields) {
    add_to_frame(field, field.key, frame);
    for (const Field& item : field.items) {
      add_to_frame(item, field.key + "." + item.key, frame);
    }
  }
  return frame;
}

// Lists are shown newest first within the caller's part of the organisation: both indexes hold all
// that deciding about a row takes, so that only rows of the page itself are looked up.
store::Migration index_migration_of(const Form& form) {
  auto drop = [&](const char* name) {
    return "DROP INDEX IF EXISTS " + short_name(form.table + "_" + name);
  };
  auto make = [&](const char* name, const char* columns) {
    return "CREATE INDEX IF NOT EXISTS " + short_name(form.table + "_" + name) + " ON " +
           form.table + " (" + columns + ")";
  };
  store::Migration out{
      "form." + form.id + ".index.3",
      {drop("org_path"), drop("created_at"), make("under", "org_path, created_at, id, deleted_at"),
       make("newest", "created_at, id, org_path, deleted_at")}};
  std::ranges::move(search_index_statements(form), std::back_inserter(out.statements));
  std::ranges::move(search_pairs_statements(form), std::back_inserter(out.statements));
  return out;
}

std::vector<store::Migration> migrations() {
  return {{"records.1",
           {"CREATE TABLE form_def (id {{text}} NOT NULL, version {{int}} NOT NULL,"
            " source {{json}} NOT NULL, deployed_at {{int}} NOT NULL, PRIMARY KEY (id, version))",
            "CREATE TABLE form_field (form {{text}} NOT NULL, field {{text}} NOT NULL,"
            " column_name {{text}} NOT NULL, kind {{text}} NOT NULL, since {{int}} NOT NULL,"
            " PRIMARY KEY (form, field))",
            "CREATE TABLE record_history (form {{text}} NOT NULL, record_id {{id}} NOT NULL,"
            " version {{int}} NOT NULL, at {{int}} NOT NULL, actor_kind {{text}} NOT NULL,"
            " actor_id {{id}}, changes {{json}} NOT NULL, PRIMARY KEY (form, record_id, version))",
            "CREATE TABLE record_serial (prefix {{text}} NOT NULL, day {{text}} NOT NULL,"
            " last {{int}} NOT NULL, version {{int}} NOT NULL, PRIMARY KEY (prefix, day))",
            "CREATE TABLE file_info (sha256 {{text}} NOT NULL, uploader {{id}} NOT NULL,"
            " kind {{text}} NOT NULL, bytes {{int}} NOT NULL, width {{int}} NOT NULL,"
            " height {{int}} NOT NULL, at {{int}} NOT NULL, PRIMARY KEY (sha256, uploader))"}},
          // Columns that no field uses any more. They keep their values until somebody clears them.
          {"records.2",
           {"CREATE TABLE form_retired (form {{text}} NOT NULL, column_name {{text}} NOT NULL,"
            " field {{text}} NOT NULL, kind {{text}} NOT NULL, retired_at {{int}} NOT NULL,"
            " cleared_at {{int}}, PRIMARY KEY (form, column_name))"}}};
}

Forms& Forms::operator=(const Forms& other) {
  if (this == &other) return *this;
  std::scoped_lock lock(mutex_, other.mutex_);
  forms_ = other.forms_;
  earlier_ = other.earlier_;
  return *this;
}

Result<void> Forms::add(Form form) {
  std::unique_lock lock(mutex_);
  auto& versions = forms_[form.id];
  if (auto there = versions.find(form.version); there != versions.end()) {
    if (there->second->source == form.source) return {};
    return refuse(ErrorCode::Duplicate, "form " + form.id + " has this version already", form.id);
  }
  int64_t version = form.version;
  versions.emplace(version, std::make_shared<const Form>(std::move(form)));
  return {};
}

void Forms::replace(const Forms& newer) {
  std::scoped_lock lock(mutex_, newer.mutex_);
  for (const auto& [id, versions] : forms_) {
    for (const auto& [version, form] : versions) earlier_.push_back(form);
  }
  for (const auto& [id, versions] : newer.forms_) {
    for (const auto& [version, form] : versions) forms_[id][version] = form;
  }
}

const Form* Forms::find(std::string_view id) const {
  std::shared_lock lock(mutex_);
  auto versions = forms_.find(id);
  return versions == forms_.end() ? nullptr : versions->second.rbegin()->second.get();
}

const Form* Forms::find(std::string_view id, int64_t version) const {
  std::shared_lock lock(mutex_);
  auto versions = forms_.find(id);
  if (versions == forms_.end()) return nullptr;
  auto form = versions->second.find(version);
  return form == versions->second.end() ? nullptr : form->second.get();
}

std::vector<const Form*> Forms::all() const {
  std::shared_lock lock(mutex_);
  std::vector<const Form*> newest;
  for (const auto& [id, versions] : forms_) newest.push_back(versions.rbegin()->second.get());
  return newest;
}

}  // namespace anlan::records
