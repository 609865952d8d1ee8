// The host's memory, message by message, without a broker and without waiting.

#include "connect/sparkplug_host.h"

#include <gtest/gtest.h>

#include <format>

#include "connect/mqtt_wire.h"

namespace anlan::connect {
namespace {

using Reasons = std::map<std::string, int64_t>;
using Quality = history::Quality;
using Type = SparkplugType;

const Instant kStart = *parse_instant("2026-11-22T08:00:00Z");
constexpr std::string_view kNode = "G/E";

class Host : public testing::Test {
 protected:
  using Rows = SparkplugHost::Rows;
  struct Value {
    uint64_t alias = 0;
    double value = 0;
    Duration ago{};
    bool is_historical = false;
    bool is_null = false;
    int quality = 192;
  };

  static TagAddress tag(history::TagIndex index, std::string path, double scale = 1) {
    return {.tag = index, .code = std::format("T-{}", index), .scale = scale, .path = path};
  }
  uint64_t ms() const { return static_cast<uint64_t>(now_.clock.to_milliseconds()); }
  void pass(Duration length) {
    now_.clock = now_.clock + length;
    now_.steady = now_.steady + length;
  }
  static SparkplugMetric bd_seq(uint64_t session) {
    return {.name = "bdSeq",
            .bits = session,
            .type = Type::Int64,
            .field = SparkplugMetric::Field::Long,
            .has_name = true};
  }
  SparkplugMetric named(std::string_view name, uint64_t alias, double value,
                        Type type = Type::Double) const {
    SparkplugMetric metric{.name = name,
                           .alias = alias,
                           .time_ms = ms(),
                           .type = type,
                           .has_name = true,
                           .has_alias = true,
                           .has_time = true};
    set_number(metric, value);
    return metric;
  }
  Rows say(std::string_view kind, std::optional<uint64_t> seq, std::vector<SparkplugMetric> metrics,
           std::string_view device = "") {
    std::string topic = std::format("spBv1.0/G/{}/E", kind);
    if (!device.empty()) topic += std::format("/{}", device);
    SparkplugPayload payload{
        .time_ms = sent_ms_ ? *sent_ms_ : ms(), .seq = seq, .metrics = std::move(metrics)};
    return host_.take(topic, write_sparkplug(payload), now_);
  }
  Rows birth(uint64_t seq = 0, uint64_t session = 0) {
    return say("NBIRTH", seq,
               {bd_seq(session), named("Node Control/Rebirth", 99, 0, Type::Boolean),
                named("Temp", 1, 20)});
  }
  Rows device_birth(uint64_t seq) { return say("DBIRTH", seq, {named("Flow/In", 2, 5)}, "D"); }
  Rows data(std::string_view kind, uint64_t seq, std::vector<Value> values,
            std::string_view device = "") {
    std::vector<SparkplugMetric> metrics;
    for (const Value& value : values) {
      SparkplugMetric metric{.alias = value.alias,
                             .time_ms = ms() - static_cast<uint64_t>(value.ago.to_milliseconds()),
                             .type = Type::Double,
                             .quality = value.quality,
                             .has_alias = true,
                             .has_time = true,
                             .is_historical = value.is_historical,
                             .is_null = value.is_null};
      if (!value.is_null) set_number(metric, value.value);
      metric.type = Type::Unknown;  // DATA leaves it out
      metrics.push_back(metric);
    }
    return say(kind, seq, std::move(metrics), device);
  }
  Rows node_data(uint64_t seq, double value) {
    pass(Duration::milliseconds(100));
    return data("NDATA", seq, {{.alias = 1, .value = value}});
  }
  void be_born() {
    birth();
    device_birth(1);
  }

  SparkplugHost host_{{tag(11, "G/E//Temp"), tag(12, "G/E/D//Flow/In", 10)}};
  SparkplugHost::Moment now_{kStart, Duration::seconds(1000)};
  std::optional<uint64_t> sent_ms_;  // instead of the time
};

TEST_F(Host, ReadsPaths) {
  auto path = parse_sparkplug_path("G/E/D//Flow/In//x");
  ASSERT_TRUE(path);
  EXPECT_EQ(path->node, "G/E");
  EXPECT_EQ(path->device, "D");
  EXPECT_EQ(path->metric, "Flow/In//x");
  for (const char* wrong : {"", "G/E", "G//x", "G/E//", "/E//x", "G/E/D/F//x", "G/+//x"}) {
    EXPECT_FALSE(parse_sparkplug_path(wrong)) << wrong;
  }
}

TEST_F(Host, BirthsSayWhatAliasesMean) {
  Rows rows = birth();
  ASSERT_EQ(rows.samples.size(), 1);
  EXPECT_EQ(rows.samples[0].tag, 11);
  EXPECT_EQ(rows.samples[0].value, 20);
  EXPECT_EQ(rows.samples[0].at, kStart);
  rows = device_birth(1);
  ASSERT_EQ(rows.samples.size(), 1);
  EXPECT_EQ(rows.samples[0].value, 50);
  pass(Duration::seconds(1));
  rows = data("DDATA", 2, {{.alias = 2, .value = 6, .ago = Duration::milliseconds(300)}}, "D");
  ASSERT_EQ(rows.samples.size(), 1);
  EXPECT_EQ(rows.samples[0], (history::Sample{.tag = 12,
                                              .at = now_.clock - Duration::milliseconds(300),
                                              .received = now_.clock,
                                              .value = 60}));
  EXPECT_TRUE(rows.rejected.empty());
  EXPECT_TRUE(host_.unborn().empty());
  EXPECT_EQ(host_.items().size(), 2);
}

TEST_F(Host, CountsWhatItCannotUse) {
  be_born();
  EXPECT_EQ(data("DDATA", 2, {{.alias = 1, .value = 6}}, "D").rejected,
            (Reasons{{"unknown_metric", 1}}))
      << "an alias of the node is none of the device";
  EXPECT_EQ(say("NDATA", 3, {named("Temp", 1, 6, Type::Float)}).rejected,
            (Reasons{{"bad_type", 1}}));
  EXPECT_EQ(say("DBIRTH", 4,
                {named("Flow/In", 2, 5), named("Flow/In", 3, 5), named("More", 1, 5),
                 named("Set", 4, 5, Type::DataSet), named("Word", 5, 5, Type::Unknown)},
                "D")
                .rejected,
            (Reasons{{"bad_name", 1}, {"bad_alias", 1}, {"unknown_tag", 1}, {"bad_type", 1}}));
  pass(Duration::seconds(1));
  EXPECT_EQ(data("NDATA", 5, {{.alias = 1, .ago = Duration::seconds(-6)}}).rejected,
            (Reasons{{"future", 1}}));
  EXPECT_EQ(say("NDATA", 256, {named("Temp", 1, 6)}).rejected, (Reasons{{"bad_seq", 1}}));
  EXPECT_EQ(say("NDATA", std::nullopt, {named("Temp", 1, 6)}).rejected, (Reasons{{"bad_seq", 1}}));
  EXPECT_EQ(host_.take("spBv1.0/G/NDATA/E", "\x08", now_).rejected, (Reasons{{"bad_payload", 1}}));
  EXPECT_EQ(host_.take("plant/values", "", now_).rejected, (Reasons{{"unknown_topic", 1}}));
}

TEST_F(Host, RefusesDataSetsAndTextsByReason) {
  SparkplugHost host({tag(1, "G/E//Set"), tag(2, "G/E//Word"), tag(3, "G/E//Tree")});
  SparkplugPayload payload{
      .time_ms = ms(),
      .seq = 0,
      .metrics = {named("Set", 1, 0, Type::DataSet), named("Word", 2, 0, Type::String),
                  named("Tree", 3, 0, Type::Template)}};
  EXPECT_EQ(host.take("spBv1.0/G/NBIRTH/E", write_sparkplug(payload), now_).rejected,
            (Reasons{{"data_set", 1}, {"text", 1}, {"template", 1}}));
}

TEST_F(Host, KeepsNullAndQualityApartFromValues) {
  be_born();
  pass(Duration::seconds(1));
  Rows rows = data("NDATA", 2, {{.alias = 1, .is_null = true}});
  ASSERT_EQ(rows.samples.size(), 1);
  EXPECT_EQ(rows.samples[0].quality, Quality::Bad);
  EXPECT_EQ(rows.samples[0].value, 20) << "the last one, which nobody may use";
  pass(Duration::seconds(1));
  EXPECT_EQ(data("NDATA", 3, {{.alias = 1, .quality = 500}}).samples.at(0).quality, Quality::Stale);
  pass(Duration::seconds(1));
  EXPECT_EQ(data("NDATA", 4, {{.alias = 1, .quality = 7}}).samples.at(0).quality,
            Quality::Uncertain);
}

TEST_F(Host, HistoricalValuesAreStoredOnly) {
  be_born();
  Duration hour = Duration::hours(1);
  Rows rows = data("NDATA", 2, {{.alias = 1, .value = 3, .ago = hour, .is_historical = true}});
  EXPECT_TRUE(rows.samples.empty());
  ASSERT_EQ(rows.historical.size(), 1);
  EXPECT_EQ(rows.historical[0].at, now_.clock - hour);
  EXPECT_EQ(rows.count(), 1);
}

TEST_F(Host, WaitsForAMessageThatComesLate) {
  be_born();
  EXPECT_EQ(node_data(3, 23).count(), 0);
  EXPECT_EQ(node_data(4, 24).count(), 0);
  Rows rows = node_data(2, 22);
  ASSERT_EQ(rows.samples.size(), 3) << "in their order";
  EXPECT_EQ(rows.samples[0].value, 22);
  EXPECT_EQ(rows.samples[2].value, 24);
  EXPECT_LT(rows.samples[2].received, now_.clock) << "received when it came, not when it was used";
  pass(kSparkplugReorder);
  EXPECT_TRUE(host_.turn(now_).rejected.empty());
  EXPECT_TRUE(host_.rebirths(now_).empty());
}

TEST_F(Host, AsksForARebirthWhereAMessageIsLost) {
  be_born();
  node_data(3, 23);
  EXPECT_TRUE(host_.turn(now_).rejected.empty());
  pass(kSparkplugReorder);
  EXPECT_EQ(host_.turn(now_).rejected, (Reasons{{"seq_gap", 1}}));
  EXPECT_EQ(host_.rebirths(now_), (std::vector<std::string>{std::string(kNode)}));
  EXPECT_EQ(host_.unborn(), (std::vector<std::string>{std::string(kNode)}));
  EXPECT_TRUE(host_.rebirths(now_).empty()) << "once in five seconds";
  EXPECT_EQ(node_data(4, 24).count(), 0) << "what it means is not sure any more";
  pass(kSparkplugSilence);
  Rows rows = host_.turn(now_);
  ASSERT_EQ(rows.samples.size(), 2);
  EXPECT_EQ(rows.samples[0].quality, Quality::Stale);
  EXPECT_EQ(rows.rejected, (Reasons{{"no_birth", 1}}));
  EXPECT_EQ(host_.rebirths(now_).size(), 1) << "and again";
  EXPECT_EQ(birth().samples.at(0).quality, Quality::Good);
  pass(Duration::minutes(5));
  EXPECT_TRUE(host_.rebirths(now_).empty());
}

TEST_F(Host, AsksLessAndLessOften) {
  host_.want_all(now_);
  int asked = 0;
  for (int i = 0; i < 600; ++i) {
    asked += static_cast<int>(host_.rebirths(now_).size());
    pass(Duration::seconds(1));
  }
  EXPECT_EQ(asked, 13) << "at 0, 5, 15, 35, 75, 135 ... 555 s";
}

TEST_F(Host, AsksFewAtOnce) {
  std::vector<TagAddress> tags;
  for (uint32_t i = 0; i < 25; ++i) tags.push_back(tag(i, std::format("G/E{}//x", i)));
  SparkplugHost host(tags);
  host.want_all(now_);
  EXPECT_EQ(host.rebirths(now_).size(), 10);
  EXPECT_EQ(host.rebirths(now_).size(), 0);
  pass(Duration::seconds(1));
  EXPECT_EQ(host.rebirths(now_).size(), 10);
  pass(Duration::seconds(1));
  EXPECT_EQ(host.rebirths(now_).size(), 5);
}

TEST_F(Host, ADeathMakesEverythingStale) {
  be_born();
  pass(Duration::seconds(3));
  Rows rows = say("NDEATH", std::nullopt, {bd_seq(0)});
  ASSERT_EQ(rows.samples.size(), 2);
  for (const history::Sample& sample : rows.samples) {
    EXPECT_EQ(sample.quality, Quality::Stale);
    EXPECT_EQ(sample.at, now_.clock) << "by our clock";
  }
  EXPECT_EQ(host_.unborn().size(), 1);
  EXPECT_TRUE(say("NDEATH", std::nullopt, {bd_seq(0)}).samples.empty()) << "once";
  pass(Duration::seconds(3));
  rows = birth(0, 1);
  ASSERT_EQ(rows.samples.size(), 1);
  EXPECT_EQ(rows.samples[0].quality, Quality::Good);
}

TEST_F(Host, AnOldDeathTouchesNobody) {
  birth(0, 4);
  birth(0, 5);
  Rows rows = say("NDEATH", std::nullopt, {bd_seq(4)});
  EXPECT_TRUE(rows.samples.empty());
  EXPECT_EQ(rows.rejected, (Reasons{{"old_death", 1}}));
  EXPECT_TRUE(host_.unborn().empty());
}

TEST_F(Host, ADeviceDiesAlone) {
  be_born();
  pass(Duration::seconds(1));
  Rows rows = say("DDEATH", 2, {}, "D");
  ASSERT_EQ(rows.samples.size(), 1);
  EXPECT_EQ(rows.samples[0].tag, 12);
  EXPECT_EQ(rows.samples[0].quality, Quality::Stale);
  EXPECT_EQ(data("DDATA", 3, {{.alias = 2, .value = 6}}, "D").rejected, (Reasons{{"no_birth", 1}}));
  EXPECT_EQ(node_data(4, 25).samples.size(), 1);
}

TEST_F(Host, AValueThatStandsAgainIsNewerThanItsSilence) {
  be_born();
  Instant old = now_.clock;
  pass(Duration::minutes(10));
  say("NDEATH", std::nullopt, {bd_seq(0)});
  pass(Duration::minutes(1));
  SparkplugMetric same = named("Temp", 1, 20);
  same.time_ms = static_cast<uint64_t>(old.to_milliseconds());  // it did not change since
  Rows rows = say("NBIRTH", 0, {bd_seq(1), same});
  ASSERT_EQ(rows.samples.size(), 1);
  EXPECT_EQ(rows.samples[0].at, now_.clock);
  EXPECT_EQ(rows.samples[0].quality, Quality::Good);
  EXPECT_EQ(say("NBIRTH", 0, {bd_seq(1), same}).samples.size(), 1) << "by its own time, late";
}

TEST_F(Host, ARebirthThatTellsNothingNewIsADuplicate) {
  be_born();
  Rows rows = birth();
  EXPECT_EQ(rows.duplicate, 1);
  EXPECT_EQ(rows.count(), 0);
}

TEST_F(Host, ANodeWithASlowClockIsStaleByItsOwnClock) {
  Duration slow = Duration::minutes(10);
  now_.clock = kStart - slow;
  std::vector<SparkplugMetric> metrics{bd_seq(0), named("Temp", 1, 20)};
  sent_ms_ = ms();
  now_.clock = kStart;
  say("NBIRTH", 0, metrics);
  pass(Duration::seconds(30));
  Rows rows = host_.lose_all(now_);
  ASSERT_EQ(rows.samples.size(), 1);
  EXPECT_EQ(rows.samples[0].at, now_.clock - slow);
  EXPECT_EQ(rows.samples[0].received, now_.clock);
}

TEST_F(Host, ANodeWhosePayloadIsFarAheadIsNotBelieved) {
  std::vector<SparkplugMetric> metrics{bd_seq(0), named("Temp", 1, 20)};
  sent_ms_ = ms() + 3'600'000;
  say("NBIRTH", 0, metrics);
  Rows rows = host_.lose_all(now_);
  ASSERT_EQ(rows.samples.size(), 1);
  EXPECT_LE(rows.samples[0].at, now_.clock + kFutureMax);
  rows = say("NBIRTH", 0, metrics);
  ASSERT_EQ(rows.samples.size(), 1);
  EXPECT_LE(rows.samples[0].at, now_.clock + kFutureMax + Duration::seconds(1));
}

TEST_F(Host, DevicesThatAreNotBornAgainGoStale) {
  be_born();
  pass(Duration::seconds(1));
  EXPECT_EQ(birth(5).samples.size(), 1);
  EXPECT_TRUE(host_.turn(now_).samples.empty());
  pass(kSparkplugSilence);
  Rows rows = host_.turn(now_);
  ASSERT_EQ(rows.samples.size(), 1);
  EXPECT_EQ(rows.samples[0].tag, 12);
}

TEST_F(Host, AMetricThatABirthNoLongerHasGoesStale) {
  be_born();
  pass(Duration::seconds(1));
  Rows rows = say("DBIRTH", 2, {named("Other", 7, 1)}, "D");
  ASSERT_EQ(rows.samples.size(), 1);
  EXPECT_EQ(rows.samples[0].tag, 12);
  EXPECT_EQ(rows.samples[0].quality, Quality::Stale);
}

TEST_F(Host, TakesADeviceThatComesBeforeItsNode) {
  pass(Duration::milliseconds(10));
  EXPECT_EQ(device_birth(1).count(), 0);
  EXPECT_EQ(host_.rebirths(now_).size(), 1);
  Rows rows = birth(0);
  EXPECT_EQ(rows.samples.size(), 2);
}

TEST_F(Host, ForgetsWhatWasSaidBeforeABirth) {
  be_born();
  node_data(3, 99);  // of the old session, waiting for 2
  pass(Duration::milliseconds(10));
  Rows rows = birth(0);
  EXPECT_EQ(rows.rejected, (Reasons{{"old_session", 1}}));
  sent_ms_ = ms() - 50;
  EXPECT_EQ(say("NDATA", 1, {named("Temp", 1, 98)}).rejected, (Reasons{{"old_session", 1}}));
  sent_ms_.reset();
  EXPECT_EQ(node_data(1, 26).samples.size(), 1) << "number 1 was not used up";
}

TEST_F(Host, ABirthThatADeathOvertookHasToBeProven) {
  be_born();
  pass(Duration::seconds(60));
  say("NDEATH", std::nullopt, {bd_seq(0)});
  pass(Duration::milliseconds(50));
  EXPECT_EQ(birth(0, 0).samples.size(), 1);
  EXPECT_EQ(host_.rebirths(now_).size(), 1);
  pass(kSparkplugSilence);
  Rows rows = host_.turn(now_);
  ASSERT_EQ(rows.samples.size(), 1) << "nobody answered: it was said before the death";
  EXPECT_EQ(rows.samples[0].quality, Quality::Stale);
  birth(0, 0);
  pass(kSparkplugSilence);
  EXPECT_TRUE(host_.turn(now_).samples.empty()) << "an answer is proof";
}

TEST_F(Host, AValueThatDoesNotChangeIsToldAgainWhileItsNodeLives) {
  be_born();
  Instant born = now_.clock;
  pass(kAffirmEvery);
  Rows rows = host_.turn(now_);
  ASSERT_EQ(rows.samples.size(), 2);
  EXPECT_EQ(rows.samples[0].value, 20);
  EXPECT_EQ(rows.samples[0].at, now_.clock - kAffirmLate);
  EXPECT_TRUE(host_.turn(now_).samples.empty()) << "once";
  // A change that was measured before we told the old value again is newer all the same.
  rows = data("NDATA", 2, {{.alias = 1, .value = 25, .ago = Duration::seconds(3)}});
  ASSERT_EQ(rows.samples.size(), 1);
  EXPECT_GT(rows.samples[0].at, now_.clock - kAffirmLate);
  SparkplugMetric same = named("Flow/In", 2, 5);
  same.time_ms = static_cast<uint64_t>(born.to_milliseconds());
  EXPECT_EQ(say("DBIRTH", 3, {same}, "D").duplicate, 1);
  say("NDEATH", std::nullopt, {bd_seq(0)});
  pass(kAffirmEvery);
  EXPECT_TRUE(host_.turn(now_).samples.empty());
}

// Not flagged as historical, but much older than the message that brings it.
TEST_F(Host, ABacklogIsKeptAndOnlyItsLastValueStands) {
  be_born();
  pass(Duration::minutes(10));
  host_.turn(now_);
  Rows rows = data("NDATA", 2,
                   {{.alias = 1, .value = 90, .ago = Duration::minutes(5)},
                    {.alias = 1, .value = 30, .ago = Duration::minutes(4)}});
  EXPECT_TRUE(rows.samples.empty());
  ASSERT_EQ(rows.historical.size(), 2);
  EXPECT_EQ(rows.historical[0].value, 90);
  pass(Duration::seconds(3));
  rows = host_.turn(now_);
  ASSERT_FALSE(rows.samples.empty());
  EXPECT_EQ(rows.samples[0].value, 30) << "nothing newer came: it is what stands";
  EXPECT_EQ(rows.samples[0].at, now_.clock - kAffirmLate);
  // An analyser that is always as late.
  pass(Duration::minutes(5));
  host_.turn(now_);
  data("NDATA", 3, {{.alias = 1, .value = 40, .ago = Duration::minutes(5)}});
  pass(Duration::seconds(3));
  rows = host_.turn(now_);
  ASSERT_FALSE(rows.samples.empty());
  EXPECT_EQ(rows.samples[0].value, 40);
}

// Its messages are as late as its values: that is its clock.
TEST_F(Host, AWrongClockMakesNoBacklog) {
  sent_ms_ = ms() - 600'000;
  say("NBIRTH", 0, {bd_seq(0), named("Temp", 1, 20)});
  Rows rows = data("NDATA", 1, {{.alias = 1, .value = 21, .ago = Duration::minutes(10)}});
  EXPECT_EQ(rows.samples.size(), 1);
  ASSERT_TRUE(rows.stamp);
  EXPECT_EQ(now_.clock - *rows.stamp, Duration::minutes(10));
}

TEST_F(Host, ALostBrokerMakesEverythingStale) {
  be_born();
  node_data(4, 1);
  pass(Duration::seconds(1));
  Rows rows = host_.lose_all(now_);
  EXPECT_EQ(rows.samples.size(), 2);
  EXPECT_EQ(rows.rejected, (Reasons{{"no_birth", 1}}));
  EXPECT_TRUE(host_.lose_all(now_).samples.empty());
}

TEST_F(Host, NumbersGoRound) {
  birth(255);
  for (int i = 0; i < 600; ++i) {
    EXPECT_EQ(node_data(static_cast<uint64_t>(i % 256), i).samples.size(), 1) << i;
  }
}

TEST_F(Host, TakesSparseAliasesToo) {
  uint64_t alias = UINT64_C(0xfedcba9876543210);
  say("NBIRTH", 0, {bd_seq(0), named("Temp", alias, 20)});
  pass(Duration::seconds(1));
  EXPECT_EQ(data("NDATA", 1, {{.alias = alias, .value = 21}}).samples.at(0).value, 21);
}

TEST_F(Host, HoldsOnlySoMuch) {
  be_born();
  Reasons refused;
  for (uint64_t i = 0; i < 127; ++i) {
    for (auto& [reason, count] : node_data(3 + i, 1).rejected) refused[reason] += count;
  }
  EXPECT_EQ(refused, Reasons{});
  EXPECT_EQ(node_data(3, 1).rejected, (Reasons{{"seq_gap", 1}})) << "a number that waits already";
  EXPECT_EQ(node_data(131, 1).rejected, (Reasons{{"old_seq", 1}}));
  for (uint32_t i = 0; i < kSparkplugNodesMax + 5; ++i) {
    SparkplugPayload payload{.time_ms = ms(), .seq = 0, .metrics = {named("x", 1, 1)}};
    Rows rows = host_.take(std::format("spBv1.0/G/NBIRTH/N{}", i), write_sparkplug(payload), now_);
    refused.merge(rows.rejected);
  }
  EXPECT_EQ(refused["too_many_nodes"], 1);
}

}  // namespace
}  // namespace anlan::connect
