// Who stands above whom: each unit may name its head.

#include <algorithm>

#include "access/people.h"
#include "access/tables.h"

namespace anlan::access {

Result<store::Change> set_head(const Desk& desk, std::string_view code,
                               std::optional<PersonId> head) {
  store::Rows rows = TRY(
      desk.view.query({"SELECT id, version FROM org_unit WHERE code = ?", {std::string(code)}}));
  if (rows.empty()) return refuse(ErrorCode::NotFound, "unit");
  if (head) {
    auto person = find_person(desk.view, *head);
    bool is_active = person && person->state == "active";
    if (!is_active) return refuse(ErrorCode::BadField, "nobody active", "person");
  }
  std::string id = rows[0].text("id");
  store::Change change = change_of(desk, "org.head", "org", id);
  store::Value value = head ? store::Value(head->text()) : store::Value();
  change.rows.push_back({.kind = store::RowChange::Kind::Update,
                         .table = "org_unit",
                         .key = {{"id", id}},
                         .cells = {{"head", value}},
                         .version = rows[0].int64("version")});
  change.events.push_back({"org", Json::object({{"id", id}})});
  return change;
}

Result<std::vector<Superior>> superiors(store::View& view, PersonId person) {
  auto self = find_person(view, person);
  std::vector<Superior> chain;
  if (!self && self.error().code == ErrorCode::NotFound) return chain;
  if (!self) return std::unexpected(self.error());
  auto units = TRY(known_units(view));
  // Parents come first in the list, so from its end upward is from the nearest unit outward.
  for (auto unit = units->rbegin(); unit != units->rend(); ++unit) {
    bool is_above = self->org_path.starts_with(unit->path) && unit->head && *unit->head != person;
    if (!is_above || std::ranges::contains(chain, *unit->head, &Superior::person)) continue;
    auto head = TRY(find_person(view, *unit->head));
    if (head.state == "active") chain.push_back({head.id, unit->kind});
  }
  return chain;
}

Result<std::vector<PersonId>> people_under(store::View& view, std::string_view org_path,
                                           std::size_t count) {
  std::string path(org_path);
  store::Rows rows =
      TRY(view.query({"SELECT id FROM person WHERE state = 'active'"
                      " AND substr(org_path, 1, length(CAST(? AS text))) = CAST(? AS text)"
                      " ORDER BY login LIMIT ?",
                      {path, path, static_cast<int64_t>(count)}}));
  std::vector<PersonId> people;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    people.push_back(TRY(PersonId::parse(rows[i].text("id"))));
  }
  return people;
}

}  // namespace anlan::access
