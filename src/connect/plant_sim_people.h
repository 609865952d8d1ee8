#pragma once
// People with badges: they walk between places of work over the plan's walking graph, through gates
// that may refuse them, and to the nearest muster point in an evacuation. Pure, seeded.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/random.h"
#include "twin/twin.h"

namespace anlan::connect {

class SimPeople {
 public:
  // Without a plan they walk straight lines in a plant of rectangles without gates. The plan
  // outlives it.
  SimPeople(int count, uint64_t seed, const twin::Plan* plan);

  // At most a second at a time. What the gates noticed meanwhile.
  std::vector<twin::GatePass> advance(double seconds, Instant now);
  // Where everybody is who still reports.
  std::vector<twin::Sighting> sightings(Instant now);

  void evacuate(bool is_evacuation);
  void set_gate(std::string_view gate, bool is_open);
  // Whom it lets in; nothing for everybody. Somebody else then tries it, so that it is seen to
  // refuse.
  void set_allowed(std::string_view gate, std::optional<std::set<std::string, std::less<>>> badges);
  void silence(std::string_view badge);
  // Stays at this place, as a guardian does, until an evacuation; comes back after it.
  void post(std::string_view badge, twin::Point at);
  bool is_evacuating() const { return is_evacuating_; }
  bool is_any_gate_shut() const { return !shut_.empty(); }
  // How many stand at a muster point.
  int mustered() const;

 private:
  struct Person {
    std::string badge;
    twin::Point at{};
    std::string zone{};
    std::vector<twin::Point> path{};  // what is left of it, backwards: the next point is last
    double speed_m_s = 1.2;
    double rest_s = 0;
    bool is_silent = false;
    bool is_leaving = false;
    std::optional<twin::Point> post{};
    std::string tries_gate{};  // has not noticed that it was shut
  };

  std::string zone_at(twin::Point at) const;
  twin::Point place_of_work();
  std::vector<twin::Point> way(twin::Point from, twin::Point to) const;
  std::vector<twin::Point> way_out(twin::Point from) const;
  void find_ways_out();
  bool is_let(const Person& person, const twin::Gate& gate) const;
  void walk(Person& person, double seconds);
  void decide(Person& person);
  // False: the gate did not let them in.
  bool cross(Person& person, const std::string& zone);
  const twin::Gate* gate_into(std::string_view zone) const;
  void note(const Person& person, const twin::Gate& gate, bool is_in, bool was_let);
  void send_one_to(const twin::Gate& gate);
  void turn_back(Person& person);
  void leave(Person& person);
  double part();  // [0, 1)

  const twin::Plan* plan_;
  SeededRandom random_;
  std::vector<Person> people_;
  std::vector<twin::Point> musters_;
  std::vector<uint32_t> next_out_;  // by node: the next node on the way to a muster point
  std::set<std::string, std::less<>> shut_;
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> allowed_;
  std::vector<twin::GatePass> passes_;
  Instant now_{};
  int ways_left_ = 0;  // new ways that this step may still look for
  bool is_evacuating_ = false;
};

}  // namespace anlan::connect
