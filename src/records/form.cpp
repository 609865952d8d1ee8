#include "records/form.h"

#include <algorithm>

#include "core/hash.h"
#include "core/text.h"
#include "records/values.h"

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

// PostgreSQL cuts names at 63 bytes, and two that were cut alike would be one.
std::string short_name(std::string name) {
  constexpr std::size_t kBytesMax = 63;
  if (name.size() <= kBytesMax) return name;
  return name.substr(0, 40) + "_" + to_hex(sha256(name)).substr(0, 16);
}

std::string index_on(const Form& form, const std::string& name, const std::string& columns,
                     std::string_view unique = "") {
  return "CREATE " + std::string(unique) + "INDEX " + short_name(form.table + "_" + name) + " ON " +
         form.table + " (" + columns + ")";
}

void add_field_indexes(const Form& form, const Field& field, std::vector<std::string>& out) {
  if (field.is_unique) {
    out.push_back(index_on(form, "u_" + field.key, field.column, "UNIQUE "));
  } else if (field.is_indexed) {
    // The id makes the order total, so the index also serves a page sorted by this field.
    out.push_back(index_on(form, "i_" + field.key, field.column + ", id"));
  }
}

std::vector<std::string> first_statements(const Form& form) {
  std::string table = "CREATE TABLE " + form.table +
                      " (id {{id}} PRIMARY KEY, number {{text}}, state {{text}} NOT NULL,"
                      " org_path {{text}} NOT NULL, case_id {{id}},"
                      " form_version {{int}} NOT NULL, created_at {{int}} NOT NULL,"
                      " created_by {{id}} NOT NULL, updated_at {{int}} NOT NULL,"
                      " updated_by {{id}} NOT NULL, version {{int}} NOT NULL, deleted_at {{int}},"
                      " search {{text}}, title_zh {{text}}, title_en {{text}}, ext {{json}}";
  for (const Field& field : form.fields) {
    table += ", " + field.column + " " + std::string(kind_row(field.kind).column_type);
  }
  std::vector<std::string> statements{table + ")"};
  statements.push_back(index_on(form, "number", "number", "UNIQUE "));
  for (const char* column : {"state", "org_path", "created_at", "updated_at"}) {
    statements.push_back(index_on(form, column, column + std::string(", id")));
  }
  // "My own" is the scope of most people.
  statements.push_back(index_on(form, "created_by", "created_by, created_at, id"));
  for (const Field& field : form.fields) add_field_indexes(form, field, statements);
  return statements;
}

Result<void> check_kept(const Form& form, const Field& old) {
  const Field* now = form.find(old.key);
  auto bad = [&](const char* why) {
    return refuse(ErrorCode::BadPack, form.id + ": " + why, old.key);
  };
  if (!now) return bad("a field was removed");
  if (now->kind != old.kind) return bad("a field changed its kind");
  if (now->scale != old.scale) return bad("a field changed its scale");
  if (now->ref_form != old.ref_form) return bad("a field refers to another form");
  // Rows that are there may hold the same value twice.
  if (now->is_unique && !old.is_unique) return bad("a field became unique");
  // The search column of rows that are there was made without it.
  if (now->is_searched && !old.is_searched) return bad("a field became searchable");
  return {};
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
            " height {{int}} NOT NULL, at {{int}} NOT NULL, PRIMARY KEY (sha256, uploader))"}}};
}

Result<store::Migration> migration_of(const Form& form, const Form* before) {
  store::Migration migration{"form." + form.id + "." + std::to_string(form.version), {}};
  if (!before) {
    migration.statements = first_statements(form);
    return migration;
  }
  if (form.version <= before->version) {
    return refuse(ErrorCode::BadPack, form.id + ": the version must rise", "version");
  }
  for (const Field& old : before->fields) TRY(check_kept(form, old));
  for (const Field& field : form.fields) {
    const Field* old = before->find(field.key);
    if (!old) {
      migration.statements.push_back("ALTER TABLE " + form.table + " ADD COLUMN " + field.column +
                                     " " + std::string(kind_row(field.kind).column_type));
    }
    if (!old || (field.is_indexed && !old->is_indexed && !field.is_unique)) {
      add_field_indexes(form, field, migration.statements);
    }
  }
  return migration;
}

// Lists are shown newest first within the caller's part of the organisation: both indexes hold all
// that deciding about a row takes, so that only rows of the page itself are looked up.
store::Migration index_migration_of(const Form& form) {
  auto drop = [&](const char* name) { return "DROP INDEX " + short_name(form.table + "_" + name); };
  return {"form." + form.id + ".index.1",
          {drop("org_path"), drop("created_at"),
           index_on(form, "under", "org_path, created_at, id, deleted_at"),
           index_on(form, "newest", "created_at, id, org_path, deleted_at")}};
}

store::Change deployment_of(const Form& form, const Form* before, Instant now) {
  store::Change change{
      .actor = {}, .act = "form.deploy", .subject_kind = "form", .subject_id = form.id, .at = now};
  change.rows.push_back({.table = "form_def",
                         .key = {{"id", form.id}, {"version", form.version}},
                         .cells = {{"source", write_json(form.source)}, {"deployed_at", now.ns}}});
  for (const Field& field : form.fields) {
    if (before && before->find(field.key)) continue;
    change.rows.push_back({.table = "form_field",
                           .key = {{"form", form.id}, {"field", field.key}},
                           .cells = {{"column_name", field.column},
                                     {"kind", std::string(kind_row(field.kind).word)},
                                     {"since", form.version}}});
  }
  change.detail.set("version", form.version);
  return change;
}

Result<void> Forms::add(Form form) {
  auto& versions = forms_[form.id];
  if (auto there = versions.find(form.version); there != versions.end()) {
    if (there->second->source == form.source) return {};
    return refuse(ErrorCode::Duplicate, "form " + form.id + " has this version already", form.id);
  }
  int64_t version = form.version;
  versions.emplace(version, std::make_shared<const Form>(std::move(form)));
  return {};
}

const Form* Forms::find(std::string_view id) const {
  auto versions = forms_.find(id);
  return versions == forms_.end() ? nullptr : versions->second.rbegin()->second.get();
}

const Form* Forms::find(std::string_view id, int64_t version) const {
  auto versions = forms_.find(id);
  if (versions == forms_.end()) return nullptr;
  auto form = versions->second.find(version);
  return form == versions->second.end() ? nullptr : form->second.get();
}

std::vector<const Form*> Forms::all() const {
  std::vector<const Form*> newest;
  for (const auto& [id, versions] : forms_) newest.push_back(versions.rbegin()->second.get());
  return newest;
}

Result<Forms> load_forms(store::View& view) {
  Forms forms;
  auto rows = TRY(view.query({"SELECT source FROM form_def ORDER BY id, version"}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Json source = TRY(parse_json(rows[i].text("source")));
    Form form = TRY(parse_form(source));
    TRY(forms.add(std::move(form)));
  }
  return forms;
}

}  // namespace anlan::records
