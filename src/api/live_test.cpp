#include "api/live.h"

#include <cstring>
#include <format>

#include "api/api_fixture.h"
#include "core/log.h"

namespace anlan::api {
namespace {

// What one client got, kept beyond the socket's life.
struct Inbox {
  std::vector<Json> messages;
  int close_code = 0;
  std::vector<std::string> frames{};
  int pings = 0;
};

class FakeSocket final : public LiveSocket {
 public:
  explicit FakeSocket(Inbox& inbox) : inbox_(inbox) {}
  void send(std::string text) override { inbox_.messages.push_back(parse_json(text).value()); }
  void send_values(std::string bytes) override { inbox_.frames.push_back(std::move(bytes)); }
  void ping() override { ++inbox_.pings; }
  void close(int code, std::string_view) override { inbox_.close_code = code; }

 private:
  Inbox& inbox_;
};

class LiveTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    log_in("admin");
    live_ = std::make_unique<Live>(*engine_);
  }
  Live::SocketId open(Inbox& inbox, const std::string& token) {
    auto by = engine_->authenticate(token);
    EXPECT_TRUE(by);
    auto id =
        live_->open({.by = *by, .token = token, .socket = std::make_unique<FakeSocket>(inbox)});
    EXPECT_TRUE(id);
    return id.value_or(0);
  }
  void say(Live::SocketId id, const Json& message) {
    live_->message(id, write_json(message));
    live_->turn();
  }
  Json hello(int64_t from = 0, int64_t credit = 262'144) {
    return Json::object({{"type", "hello"},
                         {"from", from},
                         {"topics", Json::array({"area", "hazard", "task", "notice"})},
                         {"credit", credit}});
  }
  static Json ack(int64_t seq) { return Json::object({{"type", "ack"}, {"seq", seq}}); }

  // Touches one area, so that an event about it comes.
  void change_area(int times = 1) {
    for (int i = 0; i < times; ++i) {
      Json area = body_of(ask(get("/api/records/area", "limit=1&sort=code")))["rows"].as_array()[0];
      Request request =
          post("/api/records/area/" + area.text_or("id", ""),
               Json::object({{"version", area["version"]},
                             {"fields", Json::object({{"name_en", "A" + std::to_string(i)}})}}));
      request.method = Method::Patch;
      Answer answer = ask(request);
      ASSERT_EQ(answer.status, 200) << answer.body;
    }
  }

  std::unique_ptr<Live> live_;
};

// Numbers of events and skips rise without a hole that no skip covers.
void expect_gap_free(const Inbox& inbox, int64_t from) {
  int64_t place = from;
  for (const Json& message : inbox.messages) {
    std::string type = message.text_or("type", "");
    int64_t seq = message.int_or("seq", 0);
    if (type != "event" && type != "skip") continue;
    EXPECT_TRUE(type == "skip" ? seq > place : seq == place + 1) << seq << " after " << place;
    place = seq;
  }
}

TEST_F(LiveTest, AHelloIsWelcomedWithTheNewestNumber) {
  Inbox inbox;
  say(open(inbox, session_), hello());
  ASSERT_EQ(inbox.messages.size(), 1u);
  EXPECT_EQ(inbox.messages[0].text_or("type", ""), "welcome");
  EXPECT_EQ(inbox.messages[0].int_or("seq", -1), engine_->last_event().value());
}

TEST_F(LiveTest, AsManyTagsAsAScreenShowsAreWatchedInOneMessage) {
  engine_->watch();
  Inbox inbox;
  auto id = open(inbox, session_);
  say(id, hello());
  Json tags = Json::array();
  for (int i = 0; i < 1'999; ++i) tags.push(std::format("NO-SUCH-TAG-OF-A-LARGE-PLANT-{:06}", i));
  tags.push("GAS-2107");
  say(id, Json::object({{"type", "watch"}, {"tags", std::move(tags)}}));
  ASSERT_EQ(inbox.messages.size(), 2u);
  EXPECT_EQ(inbox.messages[1]["tags"].as_array().size(), 1u);
}

// Engine looks once, so that it knows the tags of the seed.
TEST_F(LiveTest, ValuesOfWatchedTagsComeAsColumnsAndOnlyWhenTheyChanged) {
  engine_->watch();
  Inbox inbox;
  auto id = open(inbox, session_);
  say(id, hello());
  say(id, Json::object({{"type", "watch"}, {"tags", Json::array({"GAS-2107", "NO-SUCH"})}}));
  ASSERT_EQ(inbox.messages.size(), 2u);
  ASSERT_EQ(inbox.messages[1]["tags"].as_array().size(), 1u);
  auto tag = engine_->sensing().find_tag("GAS-2107").value();
  EXPECT_EQ(inbox.messages[1]["tags"].as_array()[0].int_or("index", -1), tag);
  Instant now = clock_.now();
  history::Sample sample{.tag = tag, .at = now, .received = now, .value = 12.5};
  ASSERT_TRUE(engine_->sensing().samples({&sample, 1}));
  clock_.advance(Duration::milliseconds(300));
  live_->turn();
  ASSERT_EQ(inbox.frames.size(), 1u);
  const std::string& frame = inbox.frames[0];
  ASSERT_EQ(frame.size(), 16u + 4 + 8 + 4 + 1);
  uint32_t count = 0, index = 0;
  double value = 0;
  int32_t age = 0;
  std::memcpy(&count, frame.data() + 4, 4);
  std::memcpy(&index, frame.data() + 16, 4);
  std::memcpy(&value, frame.data() + 20, 8);
  std::memcpy(&age, frame.data() + 28, 4);
  EXPECT_EQ(count, 1u);
  EXPECT_EQ(index, tag);
  EXPECT_EQ(value, 12.5);
  EXPECT_EQ(age, -300);
  clock_.advance(Duration::milliseconds(300));
  live_->turn();
  EXPECT_EQ(inbox.frames.size(), 1u);
}

// A slow page in a flood: of each alarm it gets the last state, and no alarm is left out.
TEST_F(LiveTest, AlarmsOfABlockedClientAreTheLastOfEach) {
  engine_->watch();
  Inbox inbox;
  auto id = open(inbox, session_);
  Json greeting = hello(0, 1);  // the least credit there is: 4 KB
  greeting.set("topics", Json::array({"alarm"}));
  say(id, greeting);
  auto ring = [&](std::string_view code, double value) {
    auto tag = engine_->sensing().find_tag(code).value();
    clock_.advance(Duration::seconds(1));
    Instant now = clock_.now();
    history::Sample sample{.tag = tag, .at = now, .received = now, .value = value};
    EXPECT_TRUE(engine_->sensing().samples({&sample, 1}));
    engine_->turn();
  };
  for (int i = 0; i < 20; ++i) ring("GAS-2101", i % 2 == 0 ? 30 : 1);
  live_->turn();
  std::size_t before = inbox.messages.size();
  for (int i = 0; i < 20; ++i) ring("GAS-2101", i % 2 == 0 ? 30 : 1);
  ring("GAS-2102", 30);
  int64_t seen = inbox.messages.back().int_or("seq", 0);
  for (int i = 0; i < 5; ++i) {
    say(id, ack(seen));
    live_->news();
    live_->turn();
    seen = std::max(seen, inbox.messages.back().int_or("seq", 0));
  }
  std::map<std::string, int> told;
  for (std::size_t i = before; i < inbox.messages.size(); ++i) {
    const Json& message = inbox.messages[i];
    if (message.text_or("type", "") == "event") ++told[message["payload"].text_or("code", "")];
  }
  EXPECT_EQ(told["GAS-2101.H"], 1);
  EXPECT_EQ(told["GAS-2102.H"], 1);
}

TEST_F(LiveTest, ChangesArriveInOrderWithoutGaps) {
  Inbox inbox;
  say(open(inbox, session_), hello());
  int64_t before = inbox.messages[0].int_or("seq", 0);
  change_area(3);
  live_->news();
  live_->turn();
  expect_gap_free(inbox, before);
  EXPECT_EQ(inbox.messages.back().int_or("seq", 0), engine_->last_event().value());
  EXPECT_GT(engine_->last_event().value(), before);
}

TEST_F(LiveTest, AReconnectResumesWhereItWas) {
  int64_t before = engine_->last_event().value();
  ASSERT_GT(before, 0) << "the seed made events";
  change_area(2);
  Inbox inbox;
  say(open(inbox, session_), hello(before));
  EXPECT_EQ(inbox.messages[0].text_or("type", ""), "welcome");
  EXPECT_EQ(inbox.messages[0].int_or("seq", 0), before);
  expect_gap_free(inbox, before);
  EXPECT_EQ(inbox.messages.back().int_or("seq", 0), engine_->last_event().value());
}

TEST_F(LiveTest, ANumberOfTheFutureMeansLoadingAnew) {
  Inbox inbox;
  say(open(inbox, session_), hello(1'000'000));
  EXPECT_EQ(inbox.messages[0].text_or("type", ""), "reset");
  EXPECT_EQ(inbox.messages[0].int_or("seq", -1), engine_->last_event().value());
}

TEST_F(LiveTest, WithoutAcknowledgementsTheStreamStandsStillThenCloses) {
  Inbox inbox;
  Live::SocketId id = open(inbox, session_);
  say(id, hello(0, 1));  // the least credit there is: 4 KB
  change_area(60);
  live_->turn();
  std::size_t bytes = 0;
  for (const Json& message : inbox.messages) bytes += write_json(message).size();
  EXPECT_LT(bytes, 5'000u);
  int64_t told = inbox.messages.back().int_or("seq", 0);
  EXPECT_LT(told, engine_->last_event().value());
  clock_.advance(Duration::seconds(31));
  live_->turn();
  EXPECT_EQ(inbox.close_code, 1013);
  EXPECT_EQ(live_->size(), 0u);
}

TEST_F(LiveTest, WhoCatchesUpGetsTheNewestStateOfEachRecordOnly) {
  Inbox inbox;
  Live::SocketId id = open(inbox, session_);
  say(id, hello(0, 1));
  change_area(60);
  live_->turn();
  int64_t told = inbox.messages.back().int_or("seq", 0);
  inbox.messages.clear();
  say(id, ack(told));
  expect_gap_free(inbox, told);
  std::size_t events = 0;
  for (const Json& message : inbox.messages) events += message.text_or("type", "") == "event";
  EXPECT_EQ(events, 1u);
  EXPECT_EQ(inbox.messages.back().int_or("seq", 0), engine_->last_event().value());
  clock_.advance(Duration::seconds(31));
  live_->turn();
  EXPECT_EQ(inbox.close_code, 0);
}

TEST_F(LiveTest, TopicsThatWereNotAskedForAreSkipped) {
  Inbox inbox;
  Live::SocketId id = open(inbox, session_);
  say(id, Json::object({{"type", "hello"}, {"topics", Json::array({"notice"})}}));
  change_area();
  live_->turn();
  EXPECT_EQ(inbox.messages.back().text_or("type", ""), "skip");
  EXPECT_EQ(inbox.messages.back().int_or("seq", 0), engine_->last_event().value());
}

TEST_F(LiveTest, NonsenseAndSilenceAreClosed) {
  struct Case {
    std::string text;
    int code;
  };
  for (const Case& one :
       {Case{"{", 1003}, Case{"[]", 1003}, Case{R"({"type":"ack","seq":1})", 1008},
        Case{R"({"type":"hello"})", 1003}, Case{R"({"type":"hello","topics":[1]})", 1003},
        Case{std::string(5'000, ' '), 1003}}) {
    Inbox inbox;
    Live::SocketId id = open(inbox, session_);
    live_->message(id, one.text);
    live_->turn();
    EXPECT_EQ(inbox.close_code, one.code) << one.text.substr(0, 40);
  }
  Inbox silent;
  open(silent, session_);
  live_->turn();
  clock_.advance(Duration::seconds(11));
  live_->turn();
  EXPECT_EQ(silent.close_code, 1008);
}

TEST_F(LiveTest, AnEndedSessionClosesItsStream) {
  Inbox inbox;
  Live::SocketId id = open(inbox, session_);
  say(id, hello());
  ask(post("/api/logout", Json()));
  clock_.advance(Duration::seconds(61));
  live_->alive(id);
  live_->turn();
  EXPECT_EQ(inbox.close_code, 1008);
}

TEST_F(LiveTest, ADeadPeerIsGivenUp) {
  Inbox inbox;
  say(open(inbox, session_), hello());
  clock_.advance(Duration::seconds(91));
  live_->turn();
  EXPECT_EQ(inbox.close_code, 1001);
}

TEST_F(LiveTest, SocketsAreCountedAndTheirMessagesBounded) {
  Inbox inbox;
  Live::SocketId id = open(inbox, session_);
  live_->turn();
  EXPECT_EQ(live_->size(), 1u);
  for (int i = 0; i < 10'000; ++i) live_->message(id, R"({"type":"ack","seq":1})");
  live_->turn();
  EXPECT_NE(inbox.close_code, 0);
  live_->closed(id);
  live_->turn();
  EXPECT_EQ(live_->size(), 0u);
  Inbox last;
  open(last, session_);
  live_->turn();
  live_->stop();
  EXPECT_EQ(last.close_code, 1001);
}

// As a page does that was told of thousands of alarms in one go.
TEST_F(LiveTest, AThousandAcknowledgementsAreNoFlood) {
  Inbox inbox;
  Live::SocketId id = open(inbox, session_);
  say(id, hello());
  change_area(3);
  live_->turn();
  int64_t last = inbox.messages.back().int_or("seq", 0);
  for (int64_t seq = last - 1'000; seq <= last; ++seq) live_->message(id, write_json(ack(seq)));
  live_->turn();
  EXPECT_EQ(inbox.close_code, 0);
  EXPECT_EQ(live_->bytes(), 0u) << "the newest was heard";
  for (int i = 0; i < 1'000; ++i) live_->message(id, R"({"type":"watch","tags":[]})");
  live_->turn();
  EXPECT_NE(inbox.close_code, 0) << "other messages are counted";
}

TEST_F(LiveTest, TroubleIsToldAtOnceAndWhenItIsOver) {
  auto before = set_log_sink([](LogLevel, std::string_view) {});
  Inbox early, late;
  auto id = open(early, session_);
  say(id, hello());
  engine_->health().note({.code = ErrorCode::DiskFull});
  live_->turn();
  ASSERT_FALSE(early.messages.empty());
  EXPECT_EQ(early.messages.back(), Json::object({{"type", "trouble"}, {"code", "disk_full"}}));
  // Who comes later is told after the welcome.
  auto second = open(late, session_);
  say(second, hello());
  ASSERT_EQ(late.messages.size(), 2U);
  EXPECT_EQ(late.messages[0].text_or("type", ""), "welcome");
  EXPECT_EQ(late.messages[1].text_or("code", ""), "disk_full");
  engine_->health().note_success();
  live_->turn();
  EXPECT_EQ(early.messages.back(), Json::object({{"type", "trouble"}, {"code", ""}}));
  EXPECT_EQ(late.messages.back(), early.messages.back());
  set_log_sink(std::move(before));
}

}  // namespace
}  // namespace anlan::api
