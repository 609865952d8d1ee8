// What permission and masks add to a page of 25 rows: the question of rights, which members are
// shown, and each row's mask by its state. The rows themselves are no part of it.

#include <algorithm>
#include <ctime>
#include <iostream>
#include <string>
#include <vector>

#include "records/records.h"
#include "records/row.h"

namespace anlan::records {
namespace {

constexpr int kFields = 50;
constexpr int kStates = 5;
constexpr int kRows = 25;
constexpr int kRounds = 5'000;

Json text() { return Json::object({{"zh", "z"}, {"en", "e"}}); }

Form form_with_states() {
  Json states = Json::object();
  for (int i = 0; i < kStates; ++i) states.set("s" + std::to_string(i), text());
  Json fields = Json::object();
  for (int i = 0; i < kFields; ++i) {
    fields.set("field_" + std::to_string(i), Json::object({{"x-kind", "text"}, {"title", text()}}));
  }
  Json data = Json::object({{"type", "object"}, {"properties", fields}});
  Json source = Json::object({{"format", "anlan.form/1"}, {"id", "hazard"}, {"version", 1}});
  source.set("title", text()).set("states", states).set("data", data);
  source.set("locked_states", Json::array({"s4"}));
  return parse_form(source).value();
}

Json role(std::string_view id, std::string_view state) {
  Json fields = Json::object();
  for (int i = 0; i < kFields; i += 2) fields.set("field_" + std::to_string(i), "read");
  Json mine = Json::array({"eq", "created_by", Json::object({{"var", "me"}})});
  Json place = Json::array({"under", "org_path", Json::object({{"var", "my_orgs"}})});
  Json scope = Json::array({"or", place, mine});
  Json always = Json::object({{"form", "hazard"}, {"actions", Json::array({"list"})}});
  always.set("scope", scope).set("fields", fields);
  Json there = Json::object({{"form", "hazard"}, {"actions", Json::array({"list"})}});
  there.set("states", Json::array({std::string(state)})).set("scope", scope);
  there.set("fields", Json::object({{"*", "masked"}, {"field_3", "write"}}));
  Json out = Json::object({{"id", id}, {"name", text()}});
  return std::move(out.set("rights", Json::array({always, there})));
}

// Processor time, so that a busy machine does not count against us.
double us_per_page(const access::Policy& policy, const access::Subject& subject, const Form& form) {
  std::size_t shown_count = 0;
  std::clock_t start = std::clock();
  for (int round = 0; round < kRounds; ++round) {
    auto verdict = policy.may(subject, {.form = "hazard", .action = access::Action::List});
    std::vector<Shown> shown = shown_members(form, verdict.fields);
    RowMasks masks(verdict.fields, shown);
    for (int row = 0; row < kRows; ++row) {
      const RowMasks::Mask& mask = masks.of(form.states[static_cast<std::size_t>(row % 5)].first);
      for (const RowMasks::Cell& cell : mask) shown_count += cell.is_hidden ? 0 : 1;
    }
  }
  double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  return shown_count == 0 ? 0 : seconds * 1e6 / kRounds;
}

void measure() {
  Form form = form_with_states();
  access::FormFrame frame = frame_of(form);
  std::vector<Json> roles{role("worker", "s1"), role("leader", "s2")};
  access::Policy policy = access::Policy::compile(roles, std::span(&frame, 1)).value();
  access::Subject subject{.org_path = "/AL/WS1/",
                          .grants = {{"worker", "/"}, {"leader", "/AL/WS1/"}}};
  subject.person.uuid.bytes[15] = 1;
  us_per_page(policy, subject, form);
  std::vector<double> runs;
  for (int i = 0; i < 9; ++i) runs.push_back(us_per_page(policy, subject, form));
  std::ranges::sort(runs);
  Json line = Json::object({{"bench", "mask"},
                            {"metric", "page"},
                            {"variant", "25 rows in 5 states, 50 fields, 2 roles"},
                            {"value", runs[runs.size() / 2]},
                            {"unit", "us"},
                            {"better", "lower"},
                            {"target", 50}});
  std::cout << write_json(line) << "\n";
}

}  // namespace
}  // namespace anlan::records

int main() { anlan::records::measure(); }
