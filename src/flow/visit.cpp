#include "flow/visit.h"

#include <algorithm>

namespace anlan::flow {

namespace {

Json persons_json(const std::vector<PersonId>& persons) {
  Json all = Json::array();
  for (PersonId person : persons) all.push(person.text());
  return all;
}

Result<std::vector<PersonId>> persons_from_json(const Json& json) {
  std::vector<PersonId> persons;
  if (!json.is_array()) return persons;
  for (const Json& one : json.as_array()) {
    persons.push_back(TRY(PersonId::parse(one.is_text() ? one.as_text() : "")));
  }
  return persons;
}

Json group_json(const AddedGroup& group) {
  return Json::object({{"id", group.id},
                       {"of", group.of.text()},
                       {"when", group.when},
                       {"mode", group.mode},
                       {"by", group.by.text()},
                       {"size", group.size},
                       {"is_opened", group.is_opened},
                       {"waiting", persons_json(group.waiting)}});
}

Result<AddedGroup> group_from_json(const Json& json) {
  return AddedGroup{.id = json.int_or("id", 0),
                    .of = TRY(TaskId::parse(json.text_or("of", ""))),
                    .when = json.text_or("when", ""),
                    .mode = json.text_or("mode", ""),
                    .by = TRY(PersonId::parse(json.text_or("by", ""))),
                    .size = json.int_or("size", 0),
                    .is_opened = json.bool_or("is_opened", false),
                    .waiting = TRY(persons_from_json(json["waiting"]))};
}

std::optional<PersonId> person_at(const Json& json, std::string_view name) {
  auto person = PersonId::parse(json.text_or(name, ""));
  return person ? std::optional(*person) : std::nullopt;
}

void set_person(Json& into, const char* name, const std::optional<PersonId>& person) {
  if (person) into.set(name, person->text());
}

}  // namespace

AddedGroup* Visit::group(int64_t id) {
  auto found = std::ranges::find(groups, id, &AddedGroup::id);
  return found == groups.end() ? nullptr : &*found;
}

Result<Visit> visit_of(const Token& token) {
  const Json& from = token.pending;
  Visit visit{.instances = TRY(instances_from_json(from["instances"])),
              .level = from.text_or("level", ""),
              .total = from.int_or("total", 1),
              .is_weighted = from.bool_or("weighted", false),
              .back = from["back"],
              .wanted = from["wanted"]};
  if (auto due = from["due"].as_int64()) visit.due = Instant{*due};
  if (from["data"].is_object()) visit.data = from["data"];
  const Json& groups = from["groups"];
  if (!groups.is_array()) return visit;
  for (const Json& group : groups.as_array()) {
    visit.groups.push_back(TRY(group_from_json(group)));
  }
  return visit;
}

Json visit_json(const Visit& visit) {
  Json json = Json::object({{"instances", instances_json(visit.instances)},
                            {"due", visit.due ? Json(visit.due->ns) : Json()},
                            {"level", visit.level},
                            {"data", visit.data},
                            {"total", visit.total}});
  if (visit.is_weighted) json.set("weighted", true);
  if (!visit.back.is_null()) json.set("back", visit.back);
  if (visit.groups.empty()) return json;
  Json groups = Json::array();
  for (const AddedGroup& group : visit.groups) groups.push(group_json(group));
  json.set("groups", std::move(groups));
  return json;
}

Json signing_json(const Signing& signing) {
  if (signing == Signing{}) return {};
  Json json = Json::object();
  if (signing.weight != 0) json.set("weight", signing.weight);
  set_person(json, "owner", signing.owner);
  if (!signing.helpers.empty()) json.set("helpers", persons_json(signing.helpers));
  if (signing.group != 0) json.set("group", signing.group);
  if (!signing.when.empty()) json.set("when", signing.when);
  set_person(json, "added_by", signing.added_by);
  if (signing.urged) json.set("urged", signing.urged->ns);
  if (!signing.signature.is_null()) json.set("signature", signing.signature);
  return json;
}

Result<Signing> signing_from_json(const Json& json) {
  Signing signing{.weight = json.int_or("weight", 0),
                  .owner = person_at(json, "owner"),
                  .helpers = TRY(persons_from_json(json["helpers"])),
                  .group = json.int_or("group", 0),
                  .when = json.text_or("when", ""),
                  .added_by = person_at(json, "added_by"),
                  .signature = json["signature"]};
  if (auto urged = json["urged"].as_int64()) signing.urged = Instant{*urged};
  return signing;
}

}  // namespace anlan::flow
