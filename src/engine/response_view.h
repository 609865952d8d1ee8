#pragma once
// One response as the console and the compliance report show it.

#include "ehs/ehs.h"
#include "engine/read.h"
#include "engine/sensing.h"

namespace anlan::engine {

bool is_response_over(std::string_view state);
// The record without what only deciders need, with the area's code and name.
Json response_head(const Json& record, const PlantModel& plant);

// When it was closed, stopped or called a false alarm; null while it is open.
Result<Json> ended_at(store::View& view, RecordId response);

class ResponseView {
 public:
  ResponseView(store::View& view, const Packs& packs, const PlantModel& plant, Sensing& sensing,
               Instant now, RecordId id, const Json& record)
      : view_(view),
        packs_(packs),
        plant_(plant),
        sensing_(sensing),
        now_(now),
        id_(id),
        record_(record),
        reader_(view, packs, now) {}

  Result<Json> steps();
  Result<Json> people();
  Result<Json> permits();
  Result<Json> gates();
  Result<Json> team();
  Result<Json> log();
  Result<Json> report();

 private:
  Result<Json> budgets();
  Result<int64_t> told_of(const std::string& permit, const std::vector<PersonId>& people);
  Result<Json> messages();
  Result<Json> message_of(const std::string& notice);
  Result<Json> leaves_of_steps();

  store::View& view_;
  const Packs& packs_;
  const PlantModel& plant_;
  Sensing& sensing_;
  Instant now_;
  RecordId id_;
  const Json& record_;
  Reader reader_;
};

}  // namespace anlan::engine
