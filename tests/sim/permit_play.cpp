#include "tests/sim/permit_play.h"

#include <algorithm>
#include <cstdlib>

#include "core/hash.h"
#include "core/text.h"

namespace anlan::test {
namespace {

constexpr Duration kLongestStep = Duration::seconds(90);
constexpr Duration kQuietStep = Duration::minutes(10);
constexpr Duration kLongestRest = Duration::days(10);  // after the last application

// RFC 9162, clause 2.1.1, over the leaves themselves.
std::string root_of(const std::vector<std::string>& hashes, std::size_t from, std::size_t to) {
  if (to - from == 1) return hashes[from];
  std::size_t half = 1;
  while (half * 2 < to - from) half *= 2;
  return sha256('\x01' + root_of(hashes, from, from + half) + root_of(hashes, from + half, to));
}

}  // namespace

std::size_t number_from_environment(const char* name, std::size_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoul(text);
}

Result<std::unique_ptr<Play>> Play::create(uint64_t seed) {
  std::unique_ptr<Play> play(new Play());
  play->plant_ = TRY(Plant::create({.seed = seed}));
  play->world_.emplace(*play->plant_, seed);
  play->oracle_.emplace(*play->world_);
  play->crew_.emplace(*play->world_, *play->oracle_);
  TRY(play->world_->settle());
  play->began_ = play->world_->now();
  play->plant_->engine().responder().on_allowed(
      [of = play.get()](std::string_view gate,
                        const std::optional<std::vector<std::string>>& badges) {
        if (badges) of->allowed_.insert_or_assign(std::string(gate), *badges);
        else of->allowed_.erase(std::string(gate));
      });
  return play;
}

void Play::step(std::size_t permits) {
  ++steps_;
  plant_->wait(step_length());
  world_->move(world_->now());
  world_->feed(world_->now());
  oracle_->see();
  plant_->engine().turn();
  plant_->engine().watch();
  crew_->refresh_all();
  oracle_->look(crew_->live());
  judge_gates();
  crew_->clear_over();
  world_->tend_alarms();
  end_responses();
  crew_->apply_due(permits);
  crew_->act_due();
  bool is_last = crew_->applied() >= permits && !last_application_;
  if (is_last) last_application_ = world_->now();
}

void Play::judge_gates() {
  auto model = plant_->engine().sensing().plant();
  for (const twin::Gate& gate : model->plan().gates()) {
    auto told = allowed_.find(gate.code);
    if (told != allowed_.end()) oracle_->judge_gate(gate.zone, told->second, crew_->live());
  }
}

// Mostly about a minute; now and then a second; long where nothing happens.
Duration Play::step_length() {
  if (world_->chance(20)) return world_->between(1, 12);
  Duration least = world_->between(25, kLongestStep.to_seconds());
  if (crew_->has_active()) return least;
  return std::clamp(crew_->next_due() - world_->now(), least, kQuietStep);
}

bool Play::is_over(std::size_t permits) const {
  if (crew_->over() >= permits && crew_->live().empty()) return true;
  return last_application_ && plant_->clock().now() - *last_application_ > kLongestRest;
}

void Play::close() {
  for (const auto& job : crew_->live()) oracle_->judge_end(*job);
}

// The duty officer ends what a level-2 alarm began.
void Play::end_responses() {
  if (world_->now() < next_duty_) return;
  next_duty_ = world_->now() + Duration::minutes(10);
  auto duty = plant_->as("safety1");
  auto view = plant_->engine().database().snapshot();
  if (!duty || !view) return;
  auto tasks = (*view)->query(
      {"SELECT id FROM flow_task WHERE state IN ('open', 'claimed') AND node = 'command'"});
  view->reset();
  for (std::size_t i = 0; tasks && i < tasks->size(); ++i) {
    (void)plant_->run(*duty,
                      engine::CompleteTask{.task = TaskId::parse((*tasks)[i].text("id")).value(),
                                           .outcome = "stop",
                                           .comment = "解除",
                                           .fields = Json::object()});
  }
}

std::string Play::check_ledger() {
  plant_->clock().advance(Duration::minutes(1));
  plant_->engine().turn();
  auto head = plant_->engine().ledger_head();
  auto view = plant_->engine().database().snapshot();
  if (!head || !view) return "no head";
  auto size = static_cast<std::size_t>(head->int_or("size", 0));
  std::vector<std::string> hashes;
  hashes.reserve(size);
  constexpr std::size_t kPage = 10'000;
  while (hashes.size() < size) {
    auto from = static_cast<int64_t>(hashes.size());
    auto rows =
        (*view)->query({"SELECT leaf FROM ledger_leaf WHERE leaf_index >= ?"
                        " ORDER BY leaf_index LIMIT ?",
                        {from, static_cast<int64_t>(std::min(kPage, size - hashes.size()))}});
    if (!rows || rows->empty()) return "a leaf is missing";
    for (std::size_t i = 0; i < rows->size(); ++i) {
      hashes.push_back(sha256('\x00' + (*rows)[i].text("leaf")));
    }
  }
  if (hashes.empty()) return "no leaves";
  std::string root = to_hex(root_of(hashes, 0, hashes.size()));
  return root == head->text_or("root", "") ? "" : "the leaves are not those of the signed root";
}

Json Play::report() const {
  Json counts = Json::object(), looks = Json::object();
  for (const auto& [what, count] : crew_->counts()) counts.set(what, count);
  for (const auto& [rule, count] : oracle_->looks()) looks.set(rule, count);
  return Json::object({{"applied", static_cast<int64_t>(crew_->applied())},
                       {"steps", steps_},
                       {"hours", (plant_->clock().now() - began_).to_seconds() / 3600},
                       {"counts", std::move(counts)},
                       {"looks", std::move(looks)}});
}

}  // namespace anlan::test
