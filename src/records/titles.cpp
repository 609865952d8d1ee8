#include "records/titles.h"

#include <map>
#include <set>
#include <utility>

#include "records/filter_sql.h"

namespace anlan::records {
namespace {

using Names = std::map<std::string, LocalText, std::less<>>;

// What one field of a page names: ids of a form's records, people, or organisation paths.
struct Wanted {
  FieldKind kind;
  std::string ref_form{};
  auto operator<=>(const Wanted&) const = default;
};

std::optional<Wanted> wanted_of(const Field& field) {
  if (field.kind == FieldKind::Ref && !field.ref_form.empty()) {
    return Wanted{FieldKind::Ref, field.ref_form};
  }
  if (field.kind == FieldKind::Person || field.kind == FieldKind::Org) return Wanted{field.kind};
  return std::nullopt;
}

std::vector<const Field*> titled_fields(const Form& form, const access::FieldModes& modes) {
  std::vector<const Field*> fields;
  auto add = [&](const Field& field) {
    if (wanted_of(field) && may_read(form, modes, field.key)) fields.push_back(&field);
  };
  for (const Field& field : system_members()) add(field);
  for (const Field& field : form.fields) add(field);
  return fields;
}

Result<Names> record_names(store::View& view, const std::string& form,
                           const std::set<std::string>& ids) {
  store::Sql sql{"SELECT id, title_zh, title_en FROM f_" + form + " WHERE id IN (?"};
  for (const std::string& id : ids) sql.params.emplace_back(id);
  // Filled up to a power of two, so that pages of many sizes share a few prepared statements.
  std::size_t size = 1;
  while (size < ids.size()) size *= 2;
  sql.params.resize(size, store::Value(*ids.begin()));
  for (std::size_t i = 1; i < size; ++i) sql.text += ", ?";
  sql.text += ")";
  auto rows = TRY(view.query(sql));
  Names names;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::string zh = rows[i].text_or("title_zh", "");
    std::string en = rows[i].text_or("title_en", zh);
    names.emplace(rows[i].text("id"), LocalText{std::move(zh), std::move(en)});
  }
  return names;
}

Result<Names> person_names(store::View& view, const std::set<std::string>& ids) {
  Names names;
  for (const std::string& id : ids) {
    auto parsed = PersonId::parse(id);
    if (!parsed) continue;  // "anonymous", "system": an actor kind, no person
    auto person = access::find_person(view, *parsed);
    if (!person && person.error().code == ErrorCode::NotFound) continue;
    if (!person) return std::unexpected(std::move(person).error());
    names.emplace(id, LocalText{person->name, person->name});
  }
  return names;
}

Result<Names> org_names(store::View& view, const std::set<std::string>& paths) {
  Names names;
  for (access::OrgUnit& unit : TRY(access::org_units(view))) {
    if (paths.contains(unit.path)) names.emplace(unit.path, std::move(unit.name));
  }
  return names;
}

Result<Names> names_of(store::View& view, const Wanted& wanted, const std::set<std::string>& ids) {
  switch (wanted.kind) {
    case FieldKind::Ref: return record_names(view, wanted.ref_form, ids);
    case FieldKind::Person: return person_names(view, ids);
    default: return org_names(view, ids);
  }
}

}  // namespace

Result<void> add_titles(store::View& view, const Form& form, const access::FieldModes& modes,
                        std::vector<Json>& rows) {
  std::vector<const Field*> fields = titled_fields(form, modes);
  std::map<Wanted, std::set<std::string>> ids;
  for (const Json& row : rows) {
    for (const Field* field : fields) {
      const Json& id = row[field->key];
      if (id.is_text()) ids[*wanted_of(*field)].insert(id.as_text());
    }
  }
  std::map<Wanted, Names> names;
  for (const auto& [wanted, asked] : ids) names[wanted] = TRY(names_of(view, wanted, asked));
  for (Json& row : rows) {
    Json titles = Json::object();
    for (const Field* field : fields) {
      const Json& id = row[field->key];
      if (!id.is_text()) continue;
      const Names& known = names[*wanted_of(*field)];
      auto name = known.find(id.as_text());
      if (name == known.end()) continue;
      titles.set(field->key, Json::object({{"zh", name->second.zh}, {"en", name->second.en}}));
    }
    row.set("_titles", std::move(titles));
  }
  return {};
}

}  // namespace anlan::records
