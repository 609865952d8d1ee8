// What a permission question costs: once for every request, so it must not be felt.

#include <algorithm>
#include <ctime>
#include <iostream>
#include <string>
#include <vector>

#include "access/access.h"

namespace anlan::access {
namespace {

constexpr int kFields = 30;
constexpr int kRounds = 20'000;

Json role_with_fields(std::string_view id, std::string_view mode) {
  Json fields = Json::object({{"*", "hidden"}});
  for (int i = 0; i < kFields; ++i) fields.set("field_" + std::to_string(i), mode);
  Json scope =
      parse_json(R"(["or",["under","org_path",{"var":"my_orgs"}],["eq","owner",{"var":"me"}]])")
          .value();
  Json right = Json::object({{"form", "hazard"}, {"actions", Json::array({"list", "read"})}});
  right.set("scope", scope).set("fields", fields);
  return Json::object({{"id", id},
                       {"name", Json::object({{"zh", id}, {"en", id}})},
                       {"rights", Json::array({right})}});
}

// Processor time, so that a busy machine does not count against us.
double ns_per_call(const Policy& policy, const Subject& subject) {
  std::size_t kept = 0;
  std::clock_t start = std::clock();
  for (int i = 0; i < kRounds; ++i) {
    kept += policy.may(subject, {.form = "hazard", .action = Action::List}).fields.named.size();
  }
  double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  return kept == 0 ? 0 : seconds * 1e9 / kRounds;
}

void measure(std::string_view variant, std::vector<Grant> grants) {
  std::vector<Json> roles{role_with_fields("worker", "read"), role_with_fields("leader", "write")};
  Policy policy = Policy::compile(roles).value();
  Subject subject{.org_path = "/AL/WS1/", .grants = std::move(grants)};
  subject.person.uuid.bytes[15] = 1;
  ns_per_call(policy, subject);
  std::vector<double> runs;
  for (int i = 0; i < 9; ++i) runs.push_back(ns_per_call(policy, subject));
  std::ranges::sort(runs);
  Json line = Json::object({{"bench", "access"},
                            {"metric", "may"},
                            {"variant", variant},
                            {"value", runs[runs.size() / 2] / 1000},
                            {"unit", "us"},
                            {"better", "lower"},
                            {"target", 2}});
  std::cout << write_json(line) << "\n";
}

}  // namespace
}  // namespace anlan::access

int main() {
  anlan::access::measure("1 role, 30 fields", {{"worker", "/AL/WS1/"}});
  anlan::access::measure("2 roles, 30 fields", {{"worker", "/"}, {"leader", "/AL/WS1/"}});
}
