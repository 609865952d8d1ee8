#pragma once
// anlan flow simulate: what a changed flow would have made of the cases of the past. Everything is
// played in transactions that are taken back, a short one for each case, so it may run beside a
// server.

#include <string>

#include "core/json.h"
#include "core/result.h"
#include "engine/packs.h"
#include "store/store.h"

namespace anlan::engine {

struct TrialWish {
  std::string xml;  // the changed model; its process id says whose cases are played
  Instant from{};   // cases that began at or after
  std::size_t count = 200;
};

// {"model","cases","same","elsewhere":[{"case","form","record","number","at","act","node",
// "outcome","acts","was":[...],"would":[...]}],"not_tried":[{"case","number","act"}]}; newest case
// first. BadModel as a deployment would refuse it; NotFound where no such flow was ever deployed.
// `packs` as load_packs gives them: forms and models of the database are read here.
Result<Json> try_flow(store::Database& database, Packs packs, const store::Config& config,
                      const TrialWish& wish);

}  // namespace anlan::engine
