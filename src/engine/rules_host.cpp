#include "engine/rules_host.h"

#include <algorithm>

#include "records/records.h"

namespace anlan::engine {
namespace {

using access::FieldMode;

bool is_system(const Actor& actor) {
  return actor.kind == Actor::Kind::System || actor.kind == Actor::Kind::SystemTimeout;
}

// Whose id, number or unique member is the key.
Filter keyed(const records::Form& form, const rules::Value& key, const access::FieldModes& modes) {
  Filter any{.kind = Filter::Kind::Or};
  auto add = [&](std::string_view field) {
    if (modes.of(field) < FieldMode::Read) return;  // whoever may not read it may not ask by it
    any.parts.push_back({.kind = Filter::Kind::Eq,
                         .field = std::string(field),
                         .values = {rules::json_from_value(key)}});
  };
  bool is_text = key.as_string() != nullptr;
  if (is_text && RecordId::parse(*key.as_string())) add("id");
  if (is_text && !form.serial.empty()) add("number");
  for (const records::Field& field : form.fields) {
    bool is_word = field.kind == records::FieldKind::Text;
    bool fits = is_text ? is_word : key.as_number() && field.kind == records::FieldKind::Integer;
    if (field.is_unique && !field.is_removed && fits) add(field.key);
  }
  return any;
}

}  // namespace

rules::Value RulesHost::person() const {
  rules::List orgs;
  rules::List roles;
  for (const access::Grant& grant : by_.grants) {
    orgs.emplace_back(grant.org_path);
    roles.emplace_back(grant.role);
  }
  return rules::Context{{"id", rules::Value(by_.person.text())},
                        {"name", rules::Value(by_.name)},
                        {"org", rules::Value(by_.org_path)},
                        {"orgs", std::move(orgs)},
                        {"roles", std::move(roles)}};
}

Result<rules::Value> RulesHost::unit() const {
  auto units = TRY(access::known_units(view_));
  auto own = std::ranges::find(*units, by_.org_path, &access::OrgUnit::path);
  if (own == units->end()) return rules::Value();
  return rules::Value(rules::Context{{"path", rules::Value(own->path)},
                                     {"code", rules::Value(own->code)},
                                     {"kind", rules::Value(own->kind)},
                                     {"name_zh", rules::Value(own->name.zh)},
                                     {"name_en", rules::Value(own->name.en)}});
}

rules::Value RulesHost::caller(std::string_view name) const {
  if (by_.person.is_nil()) return {};
  if (name == "user") return person();
  auto own = unit();
  return own ? *own : rules::Value();
}

Result<rules::Outcome> RulesHost::decide(std::string_view id, const rules::Context& inputs,
                                         const rules::Environment& environment) const {
  return packs_.library.decide({.id = id}, inputs, environment);
}

Result<rules::Value> RulesHost::look_up(std::string_view form_id, const rules::Value& key) const {
  const records::Form* form = packs_.forms.find(form_id);
  if (form == nullptr) return refuse(ErrorCode::NotFound);
  access::Verdict verdict{.allowed = true,
                          .scope = {.kind = Filter::Kind::All},
                          .fields = {.fallback = FieldMode::Write}};
  if (!is_system(by_.actor)) {
    verdict = packs_.policy.may(by_, {.form = form->id, .action = access::Action::Read});
  }
  if (!verdict.allowed) return refuse(ErrorCode::NotFound);
  records::Query query{.filter = keyed(*form, key, verdict.fields),
                       .scope = verdict.scope,
                       .modes = verdict.fields,
                       .count = 2};
  if (query.filter.parts.empty()) return refuse(ErrorCode::NotFound);
  records::Page page = TRY(records::list(view_, *form, query));
  if (page.rows.size() != 1) return refuse(ErrorCode::NotFound);
  RecordId found = TRY(RecordId::parse(page.rows.front().text_or("id", "")));
  Json record = TRY(records::read(view_, *form, found, verdict.scope, verdict.fields));
  return records::feel_record(*form, record, verdict.fields);
}

}  // namespace anlan::engine
