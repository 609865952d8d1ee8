#include "engine/read.h"

#include "engine/duty.h"
#include "engine/evidence.h"
#include "flow/shown.h"

namespace anlan::engine {

using access::FieldMode;

namespace {

bool names_people(const Json& detail) {
  return detail.has("people") || detail.has("found") || detail.has("person");
}

}  // namespace

std::string_view mode_text(FieldMode mode) {
  switch (mode) {
    case FieldMode::Hidden: return "hidden";
    case FieldMode::Masked: return "masked";
    case FieldMode::Read: return "read";
    case FieldMode::Write: return "write";
  }
  return "hidden";
}

Result<std::optional<access::NodeRights>> Reader::rights_on(const access::Subject& by,
                                                            const records::Form& form,
                                                            RecordId id) {
  return flow::rights_on(view_, packs_.library, by, form.id, id,
                         duty::asker({view_, packs_.forms, now_}));
}

Result<Reach> Reader::reach(const access::Subject& by, const records::Form& form, RecordId id,
                            access::Action action) {
  auto rights = TRY(rights_on(by, form, id));
  access::Ask ask{.form = form.id, .action = action};
  auto verdict = packs_.policy.may(by, ask);
  if (verdict.fields.by_state) ask.state = TRY(records::state_of(view_, form, id));
  bool asks_again = rights.has_value() || !ask.state.empty();
  if (asks_again) verdict = packs_.policy.may(by, ask, rights ? &*rights : nullptr);
  return Reach{.is_allowed = verdict.allowed,
               .holds_task = rights.has_value(),
               .scope = std::move(verdict.scope),
               .modes = std::move(verdict.fields),
               .buttons = std::move(verdict.buttons)};
}

Result<Json> Reader::link_json(std::string_view link) {
  std::size_t slash = link.find('/');
  if (slash == std::string_view::npos) return Json();
  const records::Form* form = packs_.forms.find(link.substr(0, slash));
  auto id = RecordId::parse(link.substr(slash + 1));
  if (form == nullptr || !id) return Json();
  auto record = records::read_whole(view_, *form, *id);
  if (!record) return Json();
  return Json::object(
      {{"form", link.substr(0, slash)}, {"id", id->text()}, {"number", (*record)["number"]}});
}

Result<Reach> Reader::reach_to_see(const access::Subject& by, const records::Form& form,
                                   RecordId id) {
  Reach reach = TRY(this->reach(by, form, id, access::Action::Read));
  bool is_reached = reach.is_allowed && TRY(records::is_visible(view_, form, id, reach.scope));
  if (is_reached || !access::may_work(by)) return reach;
  if (!TRY(flow::was_copied(view_, form.id, id, by.person))) return reach;
  // What no task may open a copy does not open either.
  access::FieldModes modes = packs_.policy.capped(form.id, reach.modes);
  access::cap(modes, FieldMode::Read);
  return Reach{.is_allowed = true,
               .scope = Filter{},
               .modes = std::move(modes),
               .is_copy = true,
               .is_brief = !reach.is_allowed};
}

Result<bool> Reader::may_see_file(const records::Form& form, RecordId id, const Reach& reach,
                                  std::string_view sha256) {
  bool is_seen = reach.is_allowed && TRY(records::is_visible(view_, form, id, reach.scope));
  if (!is_seen) return false;
  bool is_named = TRY(records::record_names_file(view_, form, id, sha256, reach.modes));
  // Merely named: the bytes may be here as somebody else's.
  if (is_named) return has_arrived(view_, form.id, id, sha256);
  return !reach.is_brief && TRY(flow::decisions_name_file(view_, form.id, id, sha256));
}

Result<std::vector<std::string>> Reader::buttons(const access::Subject& by,
                                                 const records::Form& form, RecordId id,
                                                 const Reach& reach) {
  std::vector<std::string> out;
  for (const std::string& button : reach.buttons) {
    if (TRY(may_press(by, form, id, button))) out.push_back(button);
  }
  return out;
}

Result<bool> Reader::may_press(const access::Subject& by, const records::Form& form, RecordId id,
                               std::string_view button) {
  auto rights = TRY(rights_on(by, form, id));
  return may_press(by, form, id, button, rights ? &*rights : nullptr);
}

Result<bool> Reader::may_press(const access::Subject& by, const records::Form& form, RecordId id,
                               std::string_view button, const access::NodeRights* node) {
  access::Ask ask{.form = form.id, .action = access::Action::Press, .button = std::string(button)};
  auto verdict = packs_.policy.may(by, ask, node);
  if (!verdict.allowed) return false;
  if (verdict.scope.kind == Filter::Kind::All) return true;
  return records::is_visible(view_, form, id, verdict.scope);
}

Result<Reach> Reader::reach(const access::Subject& by, const records::Form& form,
                            access::Action action) {
  auto verdict = packs_.policy.may(by, {.form = form.id, .action = action});
  if (!verdict.allowed) return refuse(ErrorCode::Forbidden, verdict.reason);
  return Reach{.is_allowed = true,
               .scope = std::move(verdict.scope),
               .modes = std::move(verdict.fields),
               .buttons = std::move(verdict.buttons)};
}

Result<std::string> Reader::person_name(const std::string& id) {
  auto known = names_.find(id);
  if (known != names_.end()) return known->second;
  std::string name;
  if (auto person_id = PersonId::parse(id)) {
    auto person = access::find_person(view_, *person_id);
    if (person) name = person->name;
    else if (person.error().code != ErrorCode::NotFound) return std::unexpected(person.error());
  }
  names_[id] = name;
  return name;
}

// People who were asked to sign or told, and whom the system left out.
Result<Json> Reader::with_people(Json detail) {
  if (detail["people"].is_array()) {
    Json names = Json::array();
    for (const Json& one : detail["people"].as_array()) {
      names.push(TRY(person_name(one.is_text() ? one.as_text() : "")));
    }
    detail.set("names", std::move(names));
  }
  std::string person = detail.text_or("person", "");
  if (!person.empty()) detail.set("person_name", TRY(person_name(person)));
  if (!detail["found"].is_array()) return detail;
  Json found = Json::array();
  for (const Json& one : detail["found"].as_array()) {
    Json named = one;
    std::string who = one.as_array()[1].as_text();
    bool is_person = who.starts_with("person:");
    named.push(is_person ? TRY(person_name(who.substr(7))) : "");
    found.push(std::move(named));
  }
  detail.set("found", std::move(found));
  return detail;
}

// What the files of a decision are, so that a screen knows how to show them.
Result<Json> Reader::with_files(Json detail, const Json& actor) {
  auto person = PersonId::parse(actor.text_or("person", ""));
  if (!person) return detail;
  Actor uploader{.kind = Actor::Kind::Person, .person = *person};
  Json files = Json::array();
  for (const Json& name : detail["attachments"].as_array()) {
    auto file = TRY(records::find_file(view_, name.as_text(), uploader));
    files.push(Json::object(
        {{"sha256", name}, {"kind", file ? file->kind : ""}, {"bytes", file ? file->bytes : 0}}));
  }
  detail.set("files", std::move(files));
  return detail;
}

Result<Json> Reader::with_names(Json rows) {
  if (!rows.is_array()) return rows;
  for (Json& row : rows.as_array()) {
    std::string act = row.text_or("act", "");
    if (names_people(row["detail"])) row.set("detail", TRY(with_people(row["detail"])));
    if (row["detail"]["attachments"].is_array()) {
      row.set("detail", TRY(with_files(row["detail"], row["actor"])));
    }
    bool has_hands = act == "task.hand_over" || act == "task.deputy" || act == "task.transfer" ||
                     act == "task.delegate" || act == "task.resolve";
    if (has_hands) {
      Json detail = row["detail"];
      detail.set("from_name", TRY(person_name(detail.text_or("from", ""))));
      detail.set("to_name", TRY(person_name(detail.text_or("to", ""))));
      row.set("detail", std::move(detail));
    }
    Json actor = row["actor"];
    std::string person = actor.text_or("person", "");
    if (person.empty()) continue;
    actor.set("name", TRY(person_name(person)));
    row.set("actor", std::move(actor));
  }
  return rows;
}

Json modes_json(const records::Form& form, const access::FieldModes& modes) {
  Json out = Json::object();
  for (const records::Field& field : form.fields) {
    if (field.is_removed) continue;
    out.set(field.key, mode_text(modes.of(field.key)));
    for (const auto& [name, mode] : records::item_modes_named(field, modes)) {
      out.set(name, mode_text(mode));
    }
  }
  return out;
}

}  // namespace anlan::engine
