#pragma once
// The responder leads what goes on in open responses: jobs that their flows asked for, the head
// count, ways out that change with the gas, rules of gates. It computes on snapshots and ends each
// piece of work in one command, so after a crash it goes on where the database stands.

#include <functional>
#include <map>
#include <string>

#include "ehs/ehs.h"
#include "engine/danger.h"
#include "engine/gates.h"

namespace anlan::engine {

class Engine;

class Responder {
 public:
  using OnGate = std::function<void(std::string_view gate, bool is_open, std::string_view reason)>;

  explicit Responder(Engine& engine) : engine_(engine) {}

  // Called by one thread, about ten times a second. Answers whether a response is open.
  bool turn(Instant now);
  // Told each rule once, and again what changed. Before the first turn.
  void on_gate(OnGate listener) { on_gate_ = std::move(listener); }
  // Badges that a gate lets in, nothing for everybody; told at first and when they change.
  using OnAllowed = std::function<void(std::string_view gate,
                                       const std::optional<std::vector<std::string>>& badges)>;
  void on_allowed(OnAllowed listener) { on_allowed_ = std::move(listener); }

 private:
  struct Memory {
    std::string signature;
    int64_t version = 0;
    Instant next_count{}, next_track{};
  };
  struct Work {
    std::string job{};  // that it ends; may be empty
    RecordId response{};
    Json record;
  };

  Result<void> run_jobs(Instant now);
  Result<void> run_job(const std::string& name, Work work, Instant now);
  Result<void> follow(const Json& record, Instant now);
  Result<void> locate(const Work& work, Instant now);
  Result<void> recount(const Work& work, Instant now);
  Result<void> route(const Work& work, Instant now);
  Result<void> watch_messages(const Work& work, Instant now);
  Result<void> keep_track(const Work& work, Instant now);
  Result<void> tell_gates();
  Result<void> tell_allowed(Instant now);
  std::vector<ehs::Traces> traces_of(store::View& view, const PlantModel& plant);

  Engine& engine_;
  OnGate on_gate_;
  OnAllowed on_allowed_;
  AllowedBadges allowed_;  // as it was told
  bool has_told_allowed_ = false;
  std::map<RecordId, Memory> memory_;
  std::map<std::string, bool> gates_;
};

}  // namespace anlan::engine
