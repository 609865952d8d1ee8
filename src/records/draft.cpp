#include "records/draft.h"

#include <algorithm>

#include "records/values.h"

namespace anlan::records {
namespace {

bool is_given(const Draft& draft, const Field& field) {
  return std::ranges::find(draft.given, field.key) != draft.given.end();
}

bool is_changed(const Draft& draft, const Field& field) {
  return draft.before[field.key] != draft.after[field.key];
}

Result<bool> has_row(store::View& view, store::Sql sql) { return !TRY(view.query(sql)).empty(); }

// "+08:00" as seconds; the instant reader knows offsets already.
Result<int64_t> offset_seconds(const std::string& offset) {
  auto shifted = parse_instant("1970-01-02T00:00:00" + offset);
  if (!shifted) return refuse(ErrorCode::Internal, "the plant's time zone offset " + offset);
  return (Duration::days(1) - Duration{shifted->ns}).to_seconds();
}

rules::Context names_of(const Draft& draft) {
  rules::Context names;
  for (const Field& member : system_members()) {
    names.set(member.key, feel_of(member, draft.after[member.key]));
  }
  for (const Field& field : draft.rules.fields) {
    names.set(field.key, feel_of(field, draft.after[field.key]));
  }
  return names;
}

Result<rules::Environment> environment_of(const Draft& draft) {
  int64_t seconds = TRY(offset_seconds(draft.writing.time_zone_offset));
  return rules::Environment{.now = draft.writing.now,
                            .utc_offset_seconds = static_cast<int32_t>(seconds),
                            .calendars = draft.writing.calendars,
                            .host = draft.writing.host.get()};
}

Result<void> compute(Draft& draft, const rules::Environment& environment) {
  for (const Computed& computed : draft.rules.computed) {
    const Field& field = *draft.rules.find(computed.field);
    rules::Value value = computed.value.evaluate(names_of(draft), environment);
    Json checked = TRY(checked_value(field, json_of_feel(field, value)));
    draft.after.set(field.key, std::move(checked));
  }
  return {};
}

bool is_computed(const Form& form, const Field& field) {
  return std::ranges::find(form.computed, field.key, &Computed::field) != form.computed.end();
}

// A change need not fill in what an earlier one left open, but it may empty nothing required.
Result<void> check_required(const Draft& draft) {
  bool is_new = draft.before.is_null();
  for (const Field& field : draft.rules.fields) {
    if (!field.is_required || !draft.after[field.key].is_null()) continue;
    bool is_asked = is_new || is_given(draft, field) || is_computed(draft.rules, field);
    if (!is_asked) continue;
    bool is_evidence = field.kind == FieldKind::Photos;
    return refuse(is_evidence ? ErrorCode::EvidenceMissing : ErrorCode::MissingField, "required",
                  field.key);
  }
  return {};
}

Result<void> check_ref(const Draft& draft, const Field& field) {
  const Form* target = draft.writing.forms.find(field.ref_form);
  if (!target) return refuse(ErrorCode::BadPack, "no form " + field.ref_form, field.key);
  bool is_there = TRY(has_row(draft.writing.view, {"SELECT id FROM " + target->table +
                                                       " WHERE id = ? AND deleted_at IS NULL",
                                                   {draft.after[field.key].as_text()}}));
  if (!is_there) return refuse(ErrorCode::BadField, "no such record", field.key);
  return {};
}

Result<void> check_person(const Draft& draft, const Json& value, const std::string& place) {
  PersonId id = TRY(PersonId::parse(value.as_text()));
  auto person = access::find_person(draft.writing.view, id);
  if (person) return {};
  if (person.error().code != ErrorCode::NotFound) return std::unexpected(person.error());
  return refuse(ErrorCode::BadField, "no such person", place);
}

Result<void> check_people_of_rows(const Draft& draft, const Field& field) {
  const Json::Array& rows = draft.after[field.key].as_array();
  for (const Field& item : field.items) {
    if (item.kind != FieldKind::Person) continue;
    Json known;  // many rows name the same person
    for (std::size_t at = 0; at < rows.size(); ++at) {
      const Json& value = rows[at][item.key];
      if (value.is_null() || value == known) continue;
      TRY(check_person(draft, value, field.key + "." + std::to_string(at) + "." + item.key));
      known = value;
    }
  }
  return {};
}

// A unit's code or path; what is kept is the path.
Result<void> resolve_org(Draft& draft, const Field& field) {
  std::string given = draft.after[field.key].as_text();
  auto path = access::unit_path(draft.writing.view, given);
  if (path) {
    draft.after.set(field.key, *path);
    return {};
  }
  if (path.error().code != ErrorCode::NotFound) return std::unexpected(path.error());
  return refuse(ErrorCode::BadField, "no such unit", field.key);
}

// Words first, pictures later: a new record may name a file that is still on its way.
Result<void> check_photo(const Draft& draft, const Field& field, const std::string& hash) {
  store::Sql sql{"SELECT kind FROM file_info WHERE sha256 = ?", {hash}};
  if (!draft.is_by_flow) {
    sql.text += " AND uploader = ?";
    sql.params.emplace_back(actor_text(draft.writing.actor));
  }
  store::Rows rows = TRY(draft.writing.view.query(sql));
  if (rows.empty() && !draft.before.is_null()) {
    return refuse(ErrorCode::EvidenceMissing, "not uploaded by this person", field.key);
  }
  bool is_video = !rows.empty() && rows[0].text("kind").starts_with("video/");
  if (is_video && !field.takes_video) return refuse(ErrorCode::BadField, "no video", field.key);
  return {};
}

Result<void> check_photos(Draft& draft, const Field& field) {
  std::vector<std::string> old = photo_hashes(draft.before[field.key]);
  for (std::string& hash : photo_hashes(draft.after[field.key])) {
    if (std::ranges::find(old, hash) != old.end()) continue;
    TRY(check_photo(draft, field, hash));
    draft.new_files.push_back(std::move(hash));
  }
  return {};
}

// The index refuses it too, but can't say which field it was.
Result<void> check_unique(const Draft& draft, const Field& field) {
  if (!field.is_unique) return {};
  bool is_taken = TRY(
      has_row(draft.writing.view,
              {"SELECT id FROM " + draft.form.table + " WHERE " + field.column + " = ? AND id <> ?",
               {cell_of(field, draft.after[field.key]), draft.after["id"].as_text()}}));
  if (is_taken) return refuse(ErrorCode::Duplicate, "must be unique", field.key);
  return {};
}

Result<void> check_named(Draft& draft, const Field& field) {
  if (!is_changed(draft, field) || draft.after[field.key].is_null()) return {};
  switch (field.kind) {
    case FieldKind::Ref: TRY(check_ref(draft, field)); break;
    case FieldKind::Person: TRY(check_person(draft, draft.after[field.key], field.key)); break;
    case FieldKind::Subform: TRY(check_people_of_rows(draft, field)); break;
    case FieldKind::Org: TRY(resolve_org(draft, field)); break;
    case FieldKind::Photos: TRY(check_photos(draft, field)); break;
    default: break;
  }
  return check_unique(draft, field);
}

Result<void> run_checks(const Draft& draft, const rules::Environment& environment) {
  if (draft.rules.checks.empty()) return {};
  rules::Context names = names_of(draft);
  for (const Check& check : draft.rules.checks) {
    if (!check.when.evaluate(names, environment).is_true()) continue;
    return std::unexpected(Error{.code = ErrorCode::CheckFailed,
                                 .detail = "a check of form " + draft.form.id,
                                 .field = check.field,
                                 .message_zh = check.message.zh,
                                 .message_en = check.message.en});
  }
  return {};
}

Result<void> set_org_path(Draft& draft) {
  const Field* field = draft.rules.find(draft.rules.org_field);
  if (!field || (!draft.before.is_null() && !is_changed(draft, *field))) return {};
  const Json& value = draft.after[field->key];
  if (value.is_null()) {
    draft.after.set("org_path", "/");  // only who may see everything sees it
  } else if (field->kind == FieldKind::Org) {
    draft.after.set("org_path", value.as_text());
  } else {
    auto rows = TRY(draft.writing.view.query(
        {"SELECT org_path FROM f_" + field->ref_form + " WHERE id = ?", {value.as_text()}}));
    if (rows.empty()) return refuse(ErrorCode::BadField, "no such record", field->key);
    draft.after.set("org_path", rows[0].text("org_path"));
  }
  return {};
}

}  // namespace

std::string actor_text(const Actor& actor) {
  bool is_person = actor.kind == Actor::Kind::Person || actor.kind == Actor::Kind::Token;
  return is_person ? actor.person.text() : std::string(actor_kind_text(actor.kind));
}

Result<void> give_field(Draft& draft, const Field& field, const Json& value) {
  Json checked = TRY(checked_value(field, value));
  draft.after.set(field.key, std::move(checked));
  draft.given.push_back(field.key);
  return {};
}

Result<void> finish(Draft& draft) {
  rules::Environment environment = TRY(environment_of(draft));
  TRY(compute(draft, environment));
  TRY(check_required(draft));
  for (const Field& field : draft.rules.fields) TRY(check_named(draft, field));
  TRY(set_org_path(draft));
  return run_checks(draft, environment);
}

}  // namespace anlan::records
