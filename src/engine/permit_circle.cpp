#include "engine/permit_circle.h"

#include <algorithm>

#include "access/access.h"
#include "flow/flow.h"

namespace anlan::engine {
namespace {

constexpr std::size_t kEntriesMax = 5'000;             // of one permit
constexpr std::string_view kControlRoom = "operator";  // the role of packs/plant that sits there

void add_named(std::vector<PersonId>& people, const Json& record, const char* field) {
  if (auto person = PersonId::parse(record.text_or(field, ""))) people.push_back(*person);
}

Result<void> add_inside(const PermitDesk& desk, const Json& permit, std::vector<PersonId>& people) {
  const records::Form* form = desk.packs.forms.find("permit_entry");
  if (form == nullptr) return {};
  Filter own{.kind = Filter::Kind::Eq, .field = "permit", .values = {permit["id"]}};
  std::vector<Json> rows = TRY(records::all_whole(desk.view, *form, own, kEntriesMax));
  for (const Json& row : rows) {
    if (row["out_at"].is_null()) add_named(people, row, "person");
  }
  return {};
}

}  // namespace

Result<std::vector<Json>> permits_next_to(const PermitDesk& desk, const Json& permit, Next next) {
  std::vector<Json> found;
  ehs::PermitPlace own = place_of(desk, permit);
  auto standing = TRY(permits_standing(desk));
  for (const Json& other : *standing) {
    bool is_meant = other["state"] == Json("active") ||
                    (next == Next::ActiveAndSuspended && other["state"] == Json("suspended"));
    if (!is_meant || other["id"] == permit["id"]) continue;
    auto limits = permit_limits_of(desk, other);
    double reach_m = limits ? number_in(**limits, "neighbour_m").value_or(0) : 0;
    double gap = ehs::gap_m(own, place_of(desk, other), desk.plant.plan());
    if (gap <= reach_m) found.push_back(other);
  }
  return found;
}

Result<std::vector<PersonId>> concerned_by_stop(const PermitDesk& desk, const Json& permit) {
  std::vector<PersonId> people = people_on(permit);
  for (const char* field : {"coordinator", "gives_disclosure", "approved_by", "created_by"}) {
    add_named(people, permit, field);
  }
  if (auto id = RecordId::parse(permit.text_or("id", ""))) {
    auto steps = TRY(flow::steps_taken(desk.view, desk.packs.library, "permit", *id));
    for (const flow::StepTaken& step : steps) {
      if (step.by) people.push_back(*step.by);
    }
  }
  TRY(add_inside(desk, permit, people));
  auto room = TRY(access::holders(desk.view, kControlRoom, permit.text_or("org_path", "/")));
  people.insert(people.end(), room.begin(), room.end());
  std::vector<Json> beside = TRY(permits_next_to(desk, permit, Next::ActiveAndSuspended));
  for (const Json& other : beside) {
    add_named(people, other, "leader");
  }
  std::ranges::sort(people);
  auto doubles = std::ranges::unique(people);
  people.erase(doubles.begin(), doubles.end());
  return people;
}

}  // namespace anlan::engine
