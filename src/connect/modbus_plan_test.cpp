#include "connect/modbus_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "connect/register_value.h"
#include "core/random.h"

namespace anlan::connect {
namespace {

TagAddress holding(uint16_t address, ValueType type = ValueType::UInt16, int every_ms = 1000) {
  return {.table = Table::Holding,
          .address = address,
          .type = type,
          .every = Duration::milliseconds(every_ms)};
}

uint32_t end_of(const TagAddress& tag) {
  return tag.address + (is_bit_table(tag.table) ? 1u : register_count(tag.type));
}

TEST(PollPlan, MergesNeighboursOverSmallGaps) {
  PollPlan plan({holding(10), holding(0, ValueType::Float32), holding(2), holding(40)}, 8);
  ASSERT_EQ(plan.requests().size(), 2);
  EXPECT_EQ(plan.requests()[0].address, 0);
  EXPECT_EQ(plan.requests()[0].count, 11);
  EXPECT_EQ(plan.requests()[0].tags, (std::vector<uint32_t>{1, 2, 0}));
  EXPECT_EQ(plan.requests()[1].address, 40);
}

TEST(PollPlan, KeepsTablesAndPeriodsApart) {
  TagAddress input = holding(1);
  input.table = Table::Input;
  PollPlan plan({holding(0), input, holding(2, ValueType::UInt16, 250)}, 16);
  EXPECT_EQ(plan.requests().size(), 3);
}

TEST(PollPlan, SpreadsTheRequestsOfAPeriod) {
  PollPlan plan({holding(0), holding(200), holding(400), holding(600)}, 4);
  std::set<int64_t> phases;
  for (const PollRequest& request : plan.requests()) {
    phases.insert(request.phase.to_milliseconds());
  }
  EXPECT_EQ(phases, (std::set<int64_t>{0, 250, 500, 750}));
}

TEST(PollPlan, StaysWithinTheLimitsOfTheProtocol) {
  std::vector<TagAddress> tags;
  for (uint16_t i = 0; i < 300; ++i)
    tags.push_back(holding(static_cast<uint16_t>(2 * i), ValueType::Float32));
  for (uint32_t i = 0; i < 5000; ++i) {
    tags.push_back(
        {.table = Table::Coil, .address = static_cast<uint16_t>(i), .type = ValueType::Bool});
  }
  PollPlan plan(tags, 16);
  std::size_t seen = 0;
  for (const PollRequest& request : plan.requests()) {
    EXPECT_LE(request.count, request.table == Table::Coil ? kModbusBitsMax : kModbusRegistersMax);
    seen += request.tags.size();
  }
  EXPECT_EQ(seen, tags.size());
  EXPECT_EQ(plan.requests().size(), 3 + 5);
}

TEST(PollPlan, KeepsAValueInOneRequest) {
  std::vector<TagAddress> tags;
  for (uint16_t at = 0; at < 500; at = static_cast<uint16_t>(at + 3))
    tags.push_back(holding(at, ValueType::Float32));
  PollPlan plan(tags, 16);
  for (const PollRequest& request : plan.requests()) {
    for (uint32_t tag : request.tags) {
      EXPECT_GE(tags[tag].address, request.address);
      EXPECT_LE(end_of(tags[tag]), request.address + request.count);
    }
  }
}

TEST(PollPlan, ReachesTheLastAddress) {
  PollPlan plan({holding(65535), holding(65533)}, 16);
  ASSERT_EQ(plan.requests().size(), 1);
  EXPECT_EQ(plan.requests()[0].count, 3);
}

TEST(PollPlan, OfNothingIsEmpty) { EXPECT_TRUE(PollPlan({}, 16).requests().empty()); }

TEST(PollPlan, SplitsAtTheWidestGapFirst) {
  PollPlan plan({holding(0), holding(1), holding(5), holding(6), holding(8)}, 16);
  ASSERT_EQ(plan.requests().size(), 1);
  EXPECT_EQ(plan.learn_illegal(0), 1);
  EXPECT_EQ(plan.requests()[0].count, 2);
  EXPECT_EQ(plan.requests()[1].address, 5);
}

TEST(PollPlan, AsksARefusedTagOnceAMinute) {
  PollPlan plan({holding(3)}, 16);
  EXPECT_EQ(plan.learn_illegal(0), 0);
  EXPECT_TRUE(plan.requests()[0].is_refused);
  EXPECT_EQ(plan.requests()[0].every, Duration::seconds(60));
  plan.learn_legal(0);
  EXPECT_FALSE(plan.requests()[0].is_refused);
  EXPECT_EQ(plan.requests()[0].every, Duration::seconds(1));
}

// Any device with any holes: the plan ends with every tag that the device has being read, every
// other one refused, and never asks more than a few times for each hole.
TEST(PollPlan, LearnsAnyDevice) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    SeededRandom random(seed);
    std::set<uint32_t> holes;
    for (int i = 0; i < 12; ++i) holes.insert(static_cast<uint32_t>(random.below(300)));
    std::vector<TagAddress> tags;
    for (int i = 0; i < 60; ++i) {
      auto type = static_cast<ValueType>(1 + random.below(6));
      tags.push_back(holding(static_cast<uint16_t>(random.below(290)), type));
    }
    auto has_all = [&](uint32_t from, uint32_t end) {
      auto hole = holes.lower_bound(from);
      return hole == holes.end() || *hole >= end;
    };
    PollPlan plan(tags, static_cast<int>(random.below(20)));
    int refusals = 0;
    for (std::size_t at = 0; at < plan.requests().size();) {
      const PollRequest& request = plan.requests()[at];
      if (request.is_refused || has_all(request.address, request.address + request.count)) ++at;
      else plan.learn_illegal(at), ++refusals;
    }
    std::set<uint32_t> seen;
    for (const PollRequest& request : plan.requests()) {
      for (uint32_t tag : request.tags) {
        EXPECT_TRUE(seen.insert(tag).second);
        EXPECT_EQ(request.is_refused, !has_all(tags[tag].address, end_of(tags[tag])));
      }
    }
    EXPECT_EQ(seen.size(), tags.size());
    EXPECT_LE(refusals, 120);
  }
}

}  // namespace
}  // namespace anlan::connect
