#include "engine/policy_report.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "engine/read.h"
#include "engine/show.h"

namespace anlan::engine {
namespace {

using access::Action;
using access::FieldMode;
using access::Policy;

Result<const records::Form*> form_for(Engine& engine, const access::Subject& by,
                                      std::string_view id) {
  auto may = engine.packs().policy.may(by, {.form = "people", .action = Action::Administer});
  if (!may.allowed) return refuse(ErrorCode::Forbidden, may.reason);
  const records::Form* form = engine.packs().forms.find(id);
  if (id.empty() && !engine.packs().forms.all().empty()) form = engine.packs().forms.all().front();
  if (form == nullptr) return refuse(ErrorCode::NotFound, "no such form");
  return form;
}

// An administrator need not be able to see the record he asks about.
Result<RecordId> record_called(store::View& view, const records::Form& form,
                               const std::string& name) {
  if (auto id = RecordId::parse(name)) return *id;
  Filter same{.kind = Filter::Kind::Eq, .field = "number", .values = {Json(name)}};
  auto found = TRY(records::all_whole(view, form, same, 2));
  if (found.size() != 1) return refuse(ErrorCode::NotFound, "no such record", "record");
  return RecordId::parse(found[0].text_or("id", ""));
}

Json names(const std::vector<std::string>& list) {
  Json out = Json::array();
  for (const std::string& one : list) out.push(one);
  return out;
}

Json name_of_role(const Packs& packs, std::string_view id) {
  for (const Json& role : packs.policy.roles().as_array()) {
    if (role["id"] == Json(std::string(id))) return role["name"];
  }
  return {};
}

Json modes_of(const records::Form& form, const access::FieldModes& modes) {
  return modes_json(form, modes);
}

// Tasks of the form's newest flow, with what they give within the form's ceilings.
Json nodes_of(const Packs& packs, const records::Form& form) {
  Json out = Json::array();
  const flow::Model* model = form.flow.empty() ? nullptr : packs.library.newest(form.flow).model;
  if (model == nullptr) return out;
  Json tasks = model->describe();
  for (const Json& task : tasks.as_array()) {
    access::NodeRights rights = model->rights(task.text_or("id", ""));
    access::FieldModes capped = packs.policy.capped(form.id, rights.fields);
    out.push(Json::object({{"id", task["id"]},
                           {"name", task["name"]},
                           {"roles", task["roles"]},
                           {"buttons", names(rights.buttons)},
                           {"modes", modes_of(form, capped)}}));
  }
  return out;
}

Json fields_of_form(const records::Form& form) {
  Json out = Json::array();
  for (const records::Field& field : form.fields) {
    out.push(Json::object({{"key", field.key},
                           {"title", local(field.title)},
                           {"is_secret", field.is_secret},
                           {"is_personal", field.is_personal},
                           {"ceiling", mode_text(field.ceiling)}}));
  }
  return out;
}

Json role_row(const Packs& packs, const records::Form& form, const std::string& role) {
  Json actions = Json::array();
  for (std::size_t i = 0; i < access::kActionCount; ++i) {
    auto action = static_cast<Action>(i);
    if (packs.policy.of_role(role, form.id, action).is_granted) {
      actions.push(access::action_word(action));
    }
  }
  Policy::RoleView read = packs.policy.of_role(role, form.id, Action::Read);
  Json by_state = Json::object();
  if (read.fields.by_state) {
    for (const access::StateModes& state : *read.fields.by_state) {
      by_state.set(state.state, modes_of(form, state.modes));
    }
  }
  Policy::RoleView press = packs.policy.of_role(role, form.id, Action::Press);
  return Json::object({{"actions", std::move(actions)},
                       {"rows", filter_json(read.scope)},
                       {"modes", modes_of(form, read.fields)},
                       {"by_state", std::move(by_state)},
                       {"buttons", names(press.buttons)}});
}

bool is_of(const Policy::RightNote& right, const std::string& form) {
  return right.form == form || right.form == "*";
}

// "rights[3]" is the fourth of the role; people are told which of which pack it is.
void name_source(const Packs& packs, const Policy::RightNote& right, Json& out) {
  const Json::Array& roles = packs.role_files.as_array();
  auto role =
      std::ranges::find_if(roles, [&](const Json& one) { return one["id"] == Json(right.role); });
  if (role == roles.end() || !(*role)["sources"].is_array()) return;
  std::string_view digits = std::string_view(right.place).substr(right.place.find('[') + 1);
  std::size_t at = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), at);
  const Json::Array& sources = (*role)["sources"].as_array();
  if (at >= sources.size()) return;
  out.set("pack", sources[at]["pack"]).set("number", sources[at]["number"]);
}

Json right_json(const Packs& packs, const Policy::RightNote& right, FieldMode mode) {
  Json actions = Json::array();
  for (Action action : right.actions) actions.push(access::action_word(action));
  Json out = Json::object({{"role", right.role},
                           {"right", right.place},
                           {"actions", std::move(actions)},
                           {"states", names(right.states)},
                           {"rows", filter_json(right.scope)},
                           {"mode", mode_text(mode)}});
  name_source(packs, right, out);
  return out;
}

std::vector<access::FormShape> shapes_of(const records::Forms& forms) {
  std::vector<access::FormShape> out;
  for (const records::Form* form : forms.all()) {
    access::FormShape& shape = out.emplace_back();
    shape.id = form->id;
    for (const auto& [state, text] : form->states) shape.states.push_back(state);
    for (const records::Field& field : form->fields) shape.fields.push_back(field.key);
  }
  return out;
}

Json differences_json(const Policy& before, const Policy& after, const records::Forms& forms) {
  Json out = Json::array();
  for (const access::Difference& one : access::difference(before, after, shapes_of(forms))) {
    out.push(access::difference_json(one));
  }
  return out;
}

// Collects what bears on one field of one record for one person.
class Explanation {
 public:
  struct About {
    RecordId record;
    std::string field;
  };
  Explanation(store::View& view, const Packs& packs, const records::Form& form, About about)
      : view_(view), packs_(packs), form_(form), wish_(std::move(about)) {}

  Result<Json> explain(Reader& reader, const access::Subject& subject) {
    Json record = TRY(records::read_whole(view_, form_, wish_.record));
    state_ = record.text_or("state", "");
    if (!access::may_work(subject)) add("first_password");
    TRY(add_rights(subject));
    add_form_rules();
    Reach reach = TRY(reader.reach_to_see(subject, form_, wish_.record));
    if (reach.holds_task) add_task(reach);
    if (reach.is_copy) add("copy").set("mode", mode_text(reach.modes.of(wish_.field)));
    bool is_reached =
        reach.is_allowed && TRY(records::is_visible(view_, form_, wish_.record, reach.scope));
    FieldMode mode = is_reached ? reach.modes.of(wish_.field) : FieldMode::Hidden;
    return Json::object({{"mode", mode_text(mode)},
                         {"is_reached", is_reached},
                         {"state", state_},
                         {"steps", std::move(steps_)}});
  }

 private:
  Json& add(std::string_view key) {
    steps_.push(Json::object({{"key", key}}));
    return steps_.as_array().back();
  }

  Result<void> add_rights(const access::Subject& subject) {
    bool has_any = false;
    for (const Policy::RightNote& right : packs_.policy.rights()) {
      bool counts = is_of(right, form_.id) && subject.holds(right.role) &&
                    std::ranges::contains(right.actions, Action::Read);
      if (!counts) continue;
      has_any = true;
      TRY(add_right(subject, right));
    }
    if (!has_any) add("no_right");
    return {};
  }

  // One of: in another state, not for this record, or it counts with this mode.
  Result<void> add_right(const access::Subject& subject, const Policy::RightNote& right) {
    FieldMode mode = packs_.policy.mode_by(right, form_.id, wish_.field);
    bool is_in_state = right.states.empty() || std::ranges::contains(right.states, state_);
    auto scope = packs_.policy.scope_by(right, subject);
    bool is_in_rows = scope && TRY(records::is_visible(view_, form_, wish_.record, *scope));
    std::string_view key = !is_in_state  ? "right_other_state"
                           : !is_in_rows ? "right_other_rows"
                                         : "right_counts";
    Json& step = add(key);
    step = right_json(packs_, right, mode);
    step.set("key", key).set("role_name", name_of_role(packs_, right.role));
    return {};
  }

  void add_form_rules() {
    const records::Field* field = form_.find(wish_.field);
    if (field == nullptr) return;
    if (field->is_secret) add("secret");
    if (field->ceiling != FieldMode::Write) add("ceiling").set("mode", mode_text(field->ceiling));
    if (std::ranges::contains(form_.locked_states, state_)) add("locked").set("state", state_);
  }

  void add_task(const Reach& reach) {
    add("task").set("mode", mode_text(reach.modes.of(wish_.field)));
  }

  store::View& view_;
  const Packs& packs_;
  const records::Form& form_;
  About wish_;
  std::string state_;
  Json steps_ = Json::array();
};

}  // namespace

Result<Json> policy_matrix(Engine& engine, const access::Subject& by, std::string_view form_id) {
  const records::Form* form = TRY(form_for(engine, by, form_id));
  const Packs& packs = engine.packs();
  auto view = TRY(engine.database().snapshot());
  auto counts = TRY(access::holder_counts(*view));
  Json states = Json::array();
  for (const auto& [state, text] : form->states) {
    states.push(Json::object({{"id", state},
                              {"name", local(text)},
                              {"is_locked", std::ranges::contains(form->locked_states, state)}}));
  }
  Json roles = Json::array();
  for (const Json& role : packs.policy.roles().as_array()) {
    std::string id = role.text_or("id", "");
    Json row = role_row(packs, *form, id);
    row.set("id", id).set("name", role["name"]).set("people", counts[id]);
    roles.push(std::move(row));
  }
  Json forms = Json::array();
  for (const records::Form* one : packs.forms.all()) {
    forms.push(Json::object({{"id", one->id}, {"title", local(one->title)}}));
  }
  return Json::object({{"form", form->id},
                       {"forms", std::move(forms)},
                       {"title", local(form->title)},
                       {"fields", fields_of_form(*form)},
                       {"states", std::move(states)},
                       {"roles", std::move(roles)},
                       {"nodes", nodes_of(packs, *form)}});
}

Result<Json> who_sees(Engine& engine, const access::Subject& by, std::string_view form_id,
                      std::string_view field) {
  const records::Form* form = TRY(form_for(engine, by, form_id));
  if (form->find(field) == nullptr) return refuse(ErrorCode::NotFound, "no such field", "field");
  const Packs& packs = engine.packs();
  auto view = TRY(engine.database().snapshot());
  auto counts = TRY(access::holder_counts(*view));
  Json rights = Json::array();
  for (const Policy::RightNote& right : packs.policy.rights()) {
    FieldMode mode = packs.policy.mode_by(right, form->id, field);
    bool shows = right.is_granted && is_of(right, form->id) && mode != FieldMode::Hidden &&
                 std::ranges::any_of(right.actions, [](Action action) {
                   return action == Action::List || action == Action::Read ||
                          action == Action::Export || action == Action::Update;
                 });
    if (!shows) continue;
    Json one = right_json(packs, right, mode);
    one.set("role_name", name_of_role(packs, right.role)).set("people", counts[right.role]);
    rights.push(std::move(one));
  }
  Json nodes = Json::array();
  Json all = nodes_of(packs, *form);
  for (const Json& node : all.as_array()) {
    std::string mode = node["modes"].text_or(field, "hidden");
    if (mode == "hidden") continue;
    nodes.push(Json::object(
        {{"id", node["id"]}, {"name", node["name"]}, {"roles", node["roles"]}, {"mode", mode}}));
  }
  return Json::object({{"form", form->id},
                       {"field", std::string(field)},
                       {"rights", std::move(rights)},
                       {"nodes", std::move(nodes)}});
}

Result<Json> why(Engine& engine, const access::Subject& by, const WhyWish& wish) {
  const records::Form* form = TRY(form_for(engine, by, wish.form));
  if (form->find(wish.field) == nullptr) {
    return refuse(ErrorCode::NotFound, "no such field", "field");
  }
  auto view = TRY(engine.database().snapshot());
  access::Subject subject = TRY(access::subject_of(*view, wish.person));
  Reader reader(*view, engine.packs(), engine.clock().now());
  RecordId record = TRY(record_called(*view, *form, wish.record));
  Explanation explanation(*view, engine.packs(), *form, {.record = record, .field = wish.field});
  Json out = TRY(explanation.explain(reader, subject));
  return std::move(out.set("person_name", subject.name));
}

Result<Json> policy_difference(Engine& engine, const access::Subject& by, const Json& roles) {
  const Packs& packs = engine.packs();
  auto may = packs.policy.may(by, {.form = "people", .action = Action::Administer});
  if (!may.allowed) return refuse(ErrorCode::Forbidden, may.reason);
  Policy wished = TRY(compile_roles(packs.forms, roles));
  return Json::object({{"differences", differences_json(packs.policy, wished, packs.forms)}});
}

Json difference_of(const Packs& before, const Packs& after) {
  return differences_json(before.policy, after.policy, after.forms);
}

}  // namespace anlan::engine
