// Questions about people, packs, the ledger and the live stream.

#include <algorithm>

#include "engine/engine.h"
#include "engine/health.h"
#include "engine/read.h"

namespace anlan::engine {
namespace {

using access::Action;

struct ActionWord {
  Action action;
  std::string_view text;
};
constexpr ActionWord kActions[] = {
    {Action::List, "list"},           {Action::Read, "read"},
    {Action::Create, "create"},       {Action::Update, "update"},
    {Action::Delete, "delete"},       {Action::Export, "export"},
    {Action::Aggregate, "aggregate"}, {Action::Administer, "administer"}};
// Forms that no pack defines: what an administrator administers.
constexpr std::string_view kPseudoForms[] = {"org",   "people", "token",
                                             "setup", "alarm",  "presence"};

Json rights_on_form(const access::Policy& policy, const access::Subject& by,
                    std::string_view form) {
  Json rights = Json::array();
  for (const ActionWord& word : kActions) {
    if (policy.may(by, {.form = std::string(form), .action = word.action}).allowed) {
      rights.push(word.text);
    }
  }
  return rights;
}

// Tasks of the form's flow whose people the initiator chooses when he makes a record.
Json choices_of(const Packs& packs, const records::Form& form) {
  Json out = Json::array();
  const flow::Model* model = form.flow.empty() ? nullptr : packs.library.newest(form.flow).model;
  if (model == nullptr) return out;
  Json tasks = model->describe();
  for (const Json& task : tasks.as_array()) {
    if (!task.bool_or("chosen", false)) continue;
    out.push(
        Json::object({{"node", task["id"]}, {"name", task["name"]}, {"several", task["several"]}}));
  }
  return out;
}

}  // namespace

Result<access::Subject> Engine::authenticate(std::string_view token) {
  // Asked before the view: rows that follow a step of the clock meanwhile are only younger.
  Instant now = health_->session_now();
  auto view = TRY(snapshot());
  return access::authenticate(*view, token, now, config_.sessions);
}

Result<access::PasswordCheck> Engine::check_password(std::string_view login,
                                                     std::string_view password) {
  auto view = TRY(snapshot());
  return access::check_password(*view, login, password);
}

Result<access::FactorState> Engine::factor_state(PersonId person) {
  auto view = TRY(snapshot());
  return access::factor_state(*view, person, config_.sessions);
}

Result<access::HalfSession> Engine::half_session(std::string_view token) {
  Instant now = health_->session_now();
  auto view = TRY(snapshot());
  return access::find_half(*view, token, now);
}

Result<std::string> Engine::way_in(const access::Subject& by) {
  auto view = TRY(snapshot());
  return access::way_of(*view, by.session);
}

Result<std::string> Engine::login_of(PersonId person) {
  auto view = TRY(snapshot());
  return TRY(access::find_person(*view, person)).login;
}

Result<Json> Engine::me(const access::Subject& by) {
  auto view = TRY(snapshot());
  Json grants = Json::array();
  Json roles = Json::object();
  for (const access::Grant& grant : by.grants) {
    grants.push(Json::object({{"role", grant.role}, {"org_path", grant.org_path}}));
    for (const Json& role : packs_.policy.roles().as_array()) {
      if (role["id"] == Json(grant.role)) roles.set(grant.role, role["name"]);
    }
  }
  Json rights = Json::object();
  for (const records::Form* form : packs_.forms.all()) {
    rights.set(form->id, rights_on_form(packs_.policy, by, form->id));
  }
  for (std::string_view form : kPseudoForms) {
    rights.set(std::string(form), rights_on_form(packs_.policy, by, form));
  }
  std::string viewer;
  if (by.is_viewed()) {
    access::Person person = TRY(access::find_person(*view, by.viewer));
    viewer = person.name;
  }
  return Json::object({{"id", by.person.text()},
                       {"viewer", viewer},
                       {"login", by.login},
                       {"name", by.name},
                       {"org_path", by.org_path},
                       {"language", by.language},
                       {"must_change_password", by.must_change_password},
                       {"grants", std::move(grants)},
                       {"roles", std::move(roles)},
                       {"plant", plant_name(by.language)},
                       {"rights", std::move(rights)}});
}

std::string Engine::plant_name(std::string_view lang) {
  auto view = snapshot();
  if (!view) return {};
  auto rows = (*view)->query({"SELECT value FROM setting WHERE name = 'plant_name'"});
  if (!rows || rows->empty()) return {};
  auto name = parse_json((*rows)[0].text("value"));
  return name ? name->text_or(lang == "en" ? "en" : "zh", "") : std::string();
}

Result<Json> Engine::forms(const access::Subject& by) {
  Json list = Json::array();
  for (const records::Form* form : packs_.forms.all()) {
    bool is_readable = packs_.policy.may(by, {.form = form->id, .action = Action::Read}).allowed ||
                       packs_.policy.may(by, {.form = form->id, .action = Action::Create}).allowed;
    if (is_readable) list.push(form->source);
  }
  return Json::object({{"forms", std::move(list)}});
}

Result<Json> Engine::form(const access::Subject& by, std::string_view id) {
  const records::Form* form = packs_.forms.find(id);
  if (form == nullptr) return refuse(ErrorCode::NotFound);
  auto read = packs_.policy.may(by, {.form = form->id, .action = Action::Read});
  auto create = packs_.policy.may(by, {.form = form->id, .action = Action::Create});
  // Who brings in an old ledger has to know its columns, though they see no records.
  auto can_bring = [&](std::string_view what) {
    return packs_.policy.may(by, {.form = std::string(what), .action = Action::Administer}).allowed;
  };
  bool is_known = read.allowed || create.allowed || can_bring(form->id) || can_bring("setup");
  if (!is_known) return refuse(ErrorCode::NotFound);
  Json out = form->source;
  out.set("modes", modes_json(*form, create.allowed ? create.fields : read.fields));
  if (create.allowed) out.set("choices", choices_of(packs_, *form));
  return out;
}

Result<Json> Engine::org(const access::Subject&) {
  auto view = TRY(snapshot());
  Json units = Json::array();
  Reader reader(*view, packs_, config_.store.clock.now());
  std::vector<access::OrgUnit> all = TRY(access::org_units(*view));
  for (const access::OrgUnit& unit : all) {
    Json head;
    if (unit.head) {
      std::string name = TRY(reader.person_name(unit.head->text()));
      head = Json::object({{"id", unit.head->text()}, {"name", std::move(name)}});
    }
    units.push(Json::object({{"id", unit.id.text()},
                             {"code", unit.code},
                             {"kind", unit.kind},
                             {"name", Json::object({{"zh", unit.name.zh}, {"en", unit.name.en}})},
                             {"parent_code", unit.parent_code},
                             {"path", unit.path},
                             {"head", std::move(head)}}));
  }
  return Json::object({{"units", std::move(units)}});
}

Result<Json> Engine::people(const access::Subject& by, std::string_view org_path,
                            std::string_view q, std::string_view role) {
  auto view = TRY(snapshot());
  Json rows = TRY(access::list_people(*view, org_path, q, limits::kPageRowsMax));
  if (!role.empty()) {
    std::erase_if(rows.as_array(), [&](const Json& person) {
      return std::ranges::none_of(person["roles"].as_array(),
                                  [&](const Json& held) { return held["role"] == Json(role); });
    });
  }
  // Log-in names are for administrators: others pick people by name.
  if (!packs_.policy.may(by, {.form = "people", .action = Action::Administer}).allowed) {
    for (Json& person : rows.as_array()) person.remove("login");
  }
  return Json::object({{"rows", std::move(rows)}});
}

Result<Json> Engine::roles(const access::Subject&) {
  return Json::object({{"roles", packs_.policy.roles()}});
}

Result<Json> Engine::tokens(const access::Subject& by) {
  auto view = TRY(snapshot());
  Json list = TRY(access::tokens_of(*view, by.person));
  return Json::object({{"rows", std::move(list)}});
}

Result<bool> Engine::is_empty() {
  auto view = TRY(snapshot());
  bool is_peopled = TRY(access::has_people(*view));
  return !is_peopled;
}

const Json* Engine::demo_seed() const {
  for (const Json& seed : packs_.seeds.as_array()) {
    if (seed.bool_or("demo", false)) return &seed;
  }
  return nullptr;
}

Result<void> Engine::refresh_demo() {
  const Json* seed = demo_seed();
  auto view = TRY(snapshot());
  auto rows = TRY(view->query({"SELECT value FROM setting WHERE name = 'demo'"}));
  if (seed == nullptr || rows.empty()) return {};
  Json accounts = Json::array();
  Json logins = TRY(parse_json(rows[0].text("value")));
  for (const Json& login : logins.as_array()) {
    auto person = TRY(access::find_login(*view, login.as_text()));
    if (!person) continue;
    auto subject = TRY(access::subject_of(*view, person->id));
    Json role;
    for (const Json& known : packs_.policy.roles().as_array()) {
      if (!subject.grants.empty() && known["id"] == Json(subject.grants[0].role)) {
        role = known["name"];
      }
    }
    accounts.push(Json::object({{"login", login}, {"name", person->name}, {"role", role}}));
  }
  demo_ = Json::object({{"accounts", accounts}, {"password", (*seed)["password"]}});
  return {};
}

Result<Json> Engine::ledger_head() {
  auto view = TRY(snapshot());
  auto head = TRY(database_->ledger().newest_head(*view));
  Json out = database_->ledger().head_json(head);
  out.set("public_key", to_hex(database_->ledger().public_key()));
  return out;
}

Result<Json> Engine::ledger_inclusion(int64_t leaf, int64_t size) {
  auto view = TRY(snapshot());
  return database_->ledger().inclusion(*view, leaf, size);
}

Result<Json> Engine::ledger_consistency(int64_t from, int64_t to) {
  auto view = TRY(snapshot());
  return database_->ledger().consistency(*view, from, to);
}

Result<std::vector<store::StoredEvent>> Engine::events_after(int64_t seq, std::size_t count) {
  auto view = TRY(snapshot());
  return store::events_after(*view, seq, count);
}

Result<int64_t> Engine::last_event() {
  auto view = TRY(snapshot());
  return store::last_event(*view);
}

Result<bool> Engine::may_see(const access::Subject& by, const store::StoredEvent& event) {
  if (event.topic == "notice") return event.payload["person"] == Json(by.person.text());
  if (event.topic == "alarm") {
    auto verdict = packs_.policy.may(by, {.form = "alarm", .action = Action::List});
    return verdict.allowed && matches(verdict.scope, event.payload);
  }
  const records::Form* form = packs_.forms.find(event.payload.text_or("form", ""));
  std::string id_text = event.payload.text_or("record", event.payload.text_or("id", ""));
  auto id = RecordId::parse(id_text);
  if (form == nullptr || !id) return false;
  auto view = TRY(snapshot());
  Reader reader(*view, packs_, config_.store.clock.now());
  auto reach = TRY(reader.reach(by, *form, *id, Action::Read));
  if (!reach.is_allowed) return false;
  return records::is_visible(*view, *form, *id, reach.scope);
}

}  // namespace anlan::engine
