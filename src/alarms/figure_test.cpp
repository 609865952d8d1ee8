// The figure of ISA-18.2: which event leads from which letter to which, and that nothing else does.

#include <algorithm>
#include <map>
#include <set>

#include "alarms/test_world.h"

namespace anlan::alarms {
namespace {

ON_BOTH_DATABASES(AlarmsTest);

// Each event under a short name; shelving is timed here.
Event event_of(World& world, const std::string& name) {
  if (name == "raise") return world.raised();
  if (name == "clear") return world.cleared();
  if (name == "ack") {
    std::string last = world.state().occurrence;
    return Acknowledge{.occurrence = last.empty() ? "none" : last, .comment = ""};
  }
  if (name == "reset") return Reset{};
  if (name == "shelve") return ShelveIt{.length = Duration::hours(1), .reason = "检修"};
  if (name == "one_shot") return ShelveIt{.length = {}, .reason = "检修"};
  if (name == "unshelve") return Unshelve{};
  if (name == "suppress") return Suppress{"停车"};
  if (name == "unsuppress") return Unsuppress{"停车"};
  if (name == "out") return TakeOut{"校验"};
  return PutBack{};
}

constexpr const char* kEvents[] = {"raise",    "clear",    "ack",        "reset", "shelve",
                                   "unshelve", "suppress", "unsuppress", "out",   "back"};

void go(World& world, const std::string& way) {
  for (std::string_view name : split(way, ' ')) {
    if (!name.empty()) need(world.act(event_of(world, std::string(name))));
  }
}

struct Walk {
  std::string way;  // from A
  char letter;
  // The letter after each event, in the order of kEvents. "-": nothing changes and nothing is
  // journaled; "!": refused with WrongState; "*" behind a letter: annunciated anew.
  std::string after;
};

const Walk kPlain[] = {
    {"", 'A', "B* - ! ! G ! H - I !"},
    {"raise", 'B', "- D C ! G ! H - I !"},
    {"raise ack", 'C', "- A ! ! G ! H - I !"},
    {"raise clear", 'D', "B* - A ! G ! H - I !"},
    {"shelve", 'G', "G - ! ! ! A H - I !"},
    {"raise shelve", 'G', "- G ! ! ! B* H - I !"},
    {"raise ack shelve", 'G', "- G ! ! ! B* H - I !"},
    {"raise shelve clear", 'G', "G - ! ! ! A H - I !"},
    {"one_shot raise", 'G', "- A ! ! ! B* H - I !"},
    {"suppress", 'H', "H - ! ! ! ! - A I !"},
    {"raise suppress", 'H', "- H ! ! ! ! - B* I !"},
    {"out", 'I', "I - ! ! ! ! I - ! A"},
    {"raise out", 'I', "- I ! ! ! ! I - ! B*"},
    {"raise shelve suppress", 'H', "- H ! ! ! H - G I !"},
    {"raise shelve suppress out", 'I', "- I ! ! ! I - I ! H"},
};
const Walk kLatching[] = {
    {"raise clear", 'E', "B* - F ! G ! H - I !"},
    {"raise ack clear", 'F', "B* - ! A G ! H - I !"},
    {"raise clear ack", 'F', "B* - ! A G ! H - I !"},
    {"raise", 'B', "- E C ! G ! H - I !"},
    {"raise ack", 'C', "- F ! ! G ! H - I !"},
    {"raise clear shelve", 'G', "G - ! ! ! A H - I !"},
    {"raise clear ack out", 'I', "I - ! ! ! ! I - ! A"},
    {"shelve raise clear", 'G', "G - ! ! ! A H - I !"},
};

std::string what_follows(World& world, const std::string& name) {
  State before = world.state();
  Result<Decision> decision = world.act(event_of(world, name));
  if (!decision) {
    EXPECT_EQ(decision.error().code, ErrorCode::WrongState) << name;
    EXPECT_EQ(world.state(), before);
    return "!";
  }
  EXPECT_EQ(world.state(), decision->state) << name;
  if (decision->change.rows.empty()) {
    EXPECT_EQ(decision->state, before);
    EXPECT_TRUE(decision->change.events.empty());
    return "-";
  }
  EXPECT_EQ(decision->is_new_annunciation, decision->state.occurrence != before.occurrence);
  EXPECT_EQ(decision->state.count, before.count + (decision->is_new_annunciation ? 1 : 0));
  EXPECT_EQ(world.last_entry().text_or("letter_before", ""), std::string(1, before.letter()));
  return std::string(1, decision->state.letter()) + (decision->is_new_annunciation ? "*" : "");
}

TEST_P(AlarmsTest, WalksEveryTransitionOfTheFigureAndRefusesTheOthers) {
  auto check = [&](const Walk& walk, bool is_latching) {
    std::vector<std::string_view> after = split(walk.after, ' ');
    for (std::size_t i = 0; i < std::size(kEvents); ++i) {
      world_->one = world_->make("GAS");
      world_->one.is_latching = is_latching;
      go(*world_, walk.way);
      ASSERT_EQ(world_->state().letter(), walk.letter) << walk.way;
      EXPECT_EQ(what_follows(*world_, kEvents[i]), after[i]) << walk.way << " > " << kEvents[i];
    }
  };
  for (const Walk& walk : kPlain) check(walk, false);
  for (const Walk& walk : kLatching) check(walk, true);
}

// The figure once more, as letters only. Under a mask (shelf, suppression, out of service) only
// the condition is followed; where the last mask goes, the letter is B or A.
class Figure {
 public:
  explicit Figure(bool is_latching) : is_latching_(is_latching) {}

  char letter() const {
    if (masks_.contains("out")) return 'I';
    if (masks_.contains("停车") || masks_.contains("联锁")) return 'H';
    return masks_.contains("shelf") ? 'G' : letter_;
  }
  bool raise() {
    if (is_active_) return false;
    is_active_ = true;
    if (!masks_.empty()) return false;
    letter_ = 'B';
    return true;
  }
  void clear() {
    if (!is_active_) return;
    is_active_ = false;
    if (masks_.empty()) {
      static const std::map<char, char> kPlainTo{{'B', 'D'}, {'C', 'A'}};
      static const std::map<char, char> kLatchingTo{{'B', 'E'}, {'C', 'F'}};
      letter_ = (is_latching_ ? kLatchingTo : kPlainTo).at(letter_);
    } else if (is_one_shot_) {
      unmask("shelf");
    }
  }
  bool acknowledge() {
    static const std::map<char, char> kTo{{'B', 'C'}, {'D', 'A'}, {'E', 'F'}};
    if (!masks_.empty() || !kTo.contains(letter_)) return false;
    letter_ = kTo.at(letter_);
    return true;
  }
  bool reset() {
    if (letter() != 'F') return false;
    letter_ = 'A';
    return true;
  }
  bool shelve(bool is_one_shot) {
    if (!masks_.empty()) return false;
    is_one_shot_ = is_one_shot;
    return mask("shelf");
  }
  bool mask(const std::string& name) { return masks_.insert(name).second; }
  // Whether it was annunciated anew by it.
  bool unmask(const std::string& name) {
    if (masks_.erase(name) == 0) return false;
    if (name == "shelf") is_one_shot_ = false;
    if (!masks_.empty()) return false;
    letter_ = is_active_ ? 'B' : 'A';
    return is_active_;
  }
  bool has(const std::string& name) const { return masks_.contains(name); }

 private:
  bool is_latching_;
  bool is_active_ = false;
  bool is_one_shot_ = false;
  char letter_ = 'A';
  std::set<std::string> masks_;
};

struct Expected {
  Event event;
  bool is_allowed = true;
  bool is_new = false;
};

Expected random_event(World& world, Figure& figure) {
  std::string reason = world.random.below(2) == 0 ? "停车" : "联锁";
  switch (world.random.below(14)) {
    case 0:
    case 1: return {.event = world.raised(), .is_new = figure.raise()};
    case 2:
    case 3: figure.clear(); return {.event = world.cleared()};
    case 4:
    case 5: {
      Acknowledge event{.occurrence = world.state().occurrence, .comment = ""};
      if (event.occurrence.empty()) return {.event = Unsuppress{"nothing"}};
      return {.event = event, .is_allowed = figure.acknowledge()};
    }
    case 6: return {.event = Reset{}, .is_allowed = figure.reset()};
    case 7:
      return {.event = ShelveIt{Duration::hours(1), "检修", {}},
              .is_allowed = figure.shelve(false)};
    case 8: return {.event = ShelveIt{{}, "检修", {}}, .is_allowed = figure.shelve(true)};
    case 9: {
      bool is_allowed = figure.has("shelf");
      return {Unshelve{}, is_allowed, figure.unmask("shelf")};
    }
    case 10: figure.mask(reason); return {.event = Suppress{reason}};
    case 11: return {.event = Unsuppress{reason}, .is_new = figure.unmask(reason)};
    case 12: return {.event = TakeOut{"校验"}, .is_allowed = figure.mask("out")};
    default: {
      bool is_allowed = figure.has("out");
      return {PutBack{}, is_allowed, figure.unmask("out")};
    }
  }
}

TEST_P(AlarmsTest, RandomEventsFollowTheFigureAndReplayAlike) {
  std::string letters;
  for (int run = 0; run < 8; ++run) {
    world_->one = world_->make("GAS-" + std::to_string(run));
    world_->one.is_latching = run % 2 == 1;
    Figure figure(world_->one.is_latching);
    for (int i = 0; i < 120; ++i) {
      SCOPED_TRACE(std::to_string(run) + " " + std::to_string(i));
      world_->clock.advance(Duration::seconds(1));
      Expected expected = random_event(*world_, figure);
      Result<Decision> decision = world_->act(expected.event);
      ASSERT_EQ(decision.has_value(), expected.is_allowed);
      ASSERT_EQ(world_->state().letter(), figure.letter());
      if (decision) {
        ASSERT_EQ(decision->is_new_annunciation, expected.is_new);
      }
      letters += figure.letter();
    }
  }
  for (char letter : std::string("ABCDEFGHI")) EXPECT_TRUE(letters.contains(letter)) << letter;
  auto copy = world_->fresh_database("copy.db");
  auto from = world_->view();
  ASSERT_TRUE(store::replay(*from, *copy));
  auto replayed = need(copy->snapshot());
  for (const char* table : {"alarm_state", "alarm_branch", "alarm_journal"}) {
    EXPECT_EQ(need(store::table_digest(*from, table)), need(store::table_digest(*replayed, table)));
  }
}

}  // namespace
}  // namespace anlan::alarms
