#pragma once
// The rows of an emergency response beside its record: steps stamped once on the server's clock,
// and everybody who must be accounted for. A decider: it answers Changes and never writes.

#include <optional>
#include <string>
#include <vector>

#include "core/actor.h"
#include "core/id.h"
#include "core/json.h"
#include "core/result.h"
#include "ehs/head_count.h"
#include "store/store.h"

namespace anlan::ehs {

std::vector<store::Migration> migrations();

struct ResponseDesk {
  store::View& view;
  Actor actor;
  Instant now;
};

struct Step {
  std::string step;
  Instant at{};
  Actor actor{};
  Json detail;
};

// Stamps the steps that are not stamped yet; `at` may lie before now (when it really happened). A
// Change without rows where all were. With the last of what `started` needs, stamps `started` too.
struct Mark {
  std::string step;
  Instant at{};
  Json detail{};
};
Result<store::Change> mark_steps(const ResponseDesk& desk, RecordId response,
                                 const std::vector<Mark>& marks);
Result<std::vector<Step>> steps_of(store::View& view, RecordId response);
// The steps that make a plan "started" (features.md row 156).
const std::vector<std::string>& start_steps();

struct PersonRow {
  RecordId badge{};
  Safety safety = Safety::Unknown;
  std::string why, source, zone;
  std::optional<Instant> seen{};
  std::optional<twin::Point> at{};
  std::optional<Safety> said{};
  std::optional<Instant> said_at{};
  bool is_signed_off = false;
  Json route{};          // null or {"haven","seconds","points","crosses_gas","version"}
  std::string notice{};  // id of the notice that told the newest route
  Instant changed{};
  int64_t version = 0;
};
Result<std::vector<PersonRow>> people_of(store::View& view, RecordId response);
Result<std::optional<PersonRow>> person_of(store::View& view, RecordId response, RecordId badge);
// {"safe","unsafe","unknown","total"}
Result<Json> counts_of(store::View& view, RecordId response);

store::RowChange insert_person(RecordId response, const PersonRow& person, Instant now);
// What the count says now, without what was said by people and without the route.
store::RowChange update_count(RecordId response, const PersonRow& before, const Counted& counted,
                              Instant now);
store::RowChange update_route(RecordId response, const PersonRow& before, const Json& route,
                              std::string_view notice, Instant now);
store::RowChange update_said(RecordId response, const PersonRow& before, Safety said,
                             bool is_signed_off, Instant now);

}  // namespace anlan::ehs
