// One-way links: frames and their numbers, sender and receiver over UDP and by files.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "connect/diode_sender.h"
#include "connect/diode_wire.h"
#include "connect/plant_sim.h"
#include "connect/test_plant_world.h"

namespace anlan::connect {
namespace {

namespace fs = std::filesystem;
using Quality = history::Quality;
using Verdict = DiodeBook::Verdict;

const std::string kKey(kDiodeKeyBytes, '\x07');

TEST(DiodeWire, ReadsWhatItWroteAndNothingThatWasTouched) {
  DiodeFrame frame{.session = 9,
                   .number = 3,
                   .sent = kTestStart,
                   .rows = {{.tag = "TI-1", .at = kTestStart, .value = -2.5},
                            {.tag = "X",
                             .at = kTestStart,
                             .value = 1,
                             .quality = Quality::Bad,
                             .is_historical = true}}};
  std::string bytes = write_diode(frame, kKey);
  EXPECT_EQ(read_diode(bytes, kKey), frame);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string touched = bytes;
    touched[i] = static_cast<char>(touched[i] ^ 1);
    EXPECT_FALSE(read_diode(touched, kKey)) << i;
    EXPECT_FALSE(read_diode(bytes.substr(0, i), kKey)) << i;
  }
  EXPECT_STREQ(read_diode(bytes, std::string(kDiodeKeyBytes, 'x')).error(), "bad_signature");
  EXPECT_STREQ(read_diode(sign_diode("ALD1", kKey), kKey).error(), "bad_frame");
  EXPECT_STREQ(read_diode(std::string(kDiodeBytesMax + 1, 'A'), kKey).error(), "too_large");
}

TEST(DiodeBook, CountsGapsAndKnowsWhatCameTwiceOrLate) {
  DiodeBook book;
  EXPECT_EQ(book.take(5, 10), Verdict::New);
  EXPECT_EQ(book.missing(), 0) << "what was sent before we listened";
  EXPECT_EQ(book.take(5, 14), Verdict::New);
  EXPECT_EQ(book.missing(), 3);
  EXPECT_EQ(book.take(5, 12), Verdict::New);
  EXPECT_EQ(book.missing(), 2);
  EXPECT_EQ(book.late(), 1);
  EXPECT_EQ(book.take(5, 12), Verdict::Duplicate);
  EXPECT_EQ(book.take(5, 14), Verdict::Duplicate);
  EXPECT_EQ(book.take(4, 99), Verdict::Old) << "a session that ended, played again";
  EXPECT_EQ(book.take(6, 3), Verdict::New) << "the sender began anew";
  EXPECT_EQ(book.missing(), 4);
  EXPECT_EQ(book.take(6, 1), Verdict::New);
  EXPECT_EQ(book.take(6, 1'000'000), Verdict::New);
  EXPECT_EQ(book.take(6, 3), Verdict::Old) << "too far behind to be known";
  EXPECT_EQ(book.take(6, 0), Verdict::Old);
  EXPECT_EQ(book.take(7, UINT64_MAX), Verdict::New);
  EXPECT_EQ(book.take(8, UINT64_MAX), Verdict::New);
  EXPECT_EQ(book.missing(), INT64_MAX) << "bounded";
}

class Diode : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "anlan-diode-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override {
    if (sources_) {
      sources_->stop();
      EXPECT_TRUE(balances(state()));
    }
    fs::remove_all(folder_);
  }
  void listen(bool is_folder) {
    auto sources = Sources::make({{.code = "S-ONE",
                                   .protocol = Source::Protocol::Diode,
                                   .port = port_,
                                   .is_folder = is_folder,
                                   .diode_key = kKey,
                                   .folder = folder_.string()}},
                                 sink_, clock_);
    ASSERT_TRUE(sources);
    sources_ = *std::move(sources);
    sources_->start();
  }
  DiodeTarget target(bool is_folder) const {
    if (is_folder) return {.folder = inbox().string(), .key = kKey};
    return {.host = "127.0.0.1", .port = port_, .key = kKey};
  }
  fs::path inbox() const { return folder_ / "diode" / "S-ONE"; }
  SourceState state() { return sources_->states()[0]; }
  // A datagram that no sender of ours would send.
  void say(const DiodeFrame& frame) {
    int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{.sin_family = AF_INET, .sin_port = htons(port_)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string bytes = write_diode(frame, kKey);
    ::sendto(socket, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&address),
             sizeof address);
    ::close(socket);
  }
  DiodeFrame frame(uint64_t number, std::string tag = "KNOWN") {
    return {.session = 1,
            .number = number,
            .sent = clock_.now(),
            .rows = {{.tag = std::move(tag), .at = clock_.now(), .value = 1}}};
  }

  RunningClock clock_;
  MemorySink sink_;
  fs::path folder_;
  uint16_t port_ = free_port();
  std::unique_ptr<Sources> sources_;
};

TEST_F(Diode, CountsWhatIsMissingDoubleForeignAndTooOld) {
  listen(false);
  ASSERT_TRUE(eventually([&] {
    say(frame(1));
    return state().is_up;
  }));
  say(frame(5));
  say(frame(5));
  EXPECT_TRUE(eventually([&] { return state().duplicate > 0; }));
  EXPECT_TRUE(eventually([&] { return state().trouble == "3 frames are missing"; }));
  say(frame(6, "NOBODY"));
  DiodeFrame old = frame(7);
  old.sent = clock_.now() - Duration::seconds(3600);
  say(old);
  DiodeFrame ahead = frame(8);
  ahead.rows[0].at = clock_.now() + Duration::seconds(60);
  say(ahead);
  EXPECT_TRUE(eventually([&] {
    SourceState now = state();
    return now.rejected["unknown_tag"] == 1 && now.rejected["old_frame"] == 1 &&
           now.rejected["future"] == 1;
  }));
  EXPECT_EQ(sink_.last(7)->value, 1);
}

TEST_F(Diode, SilenceIsStaleAndTheNextFrameIsTaken) {
  listen(false);
  ASSERT_TRUE(eventually([&] {
    say(frame(1));
    return state().is_up;
  }));
  EXPECT_TRUE(sink_.wait_quality(7, Quality::Stale));
  EXPECT_TRUE(eventually([&] { return state().trouble == "nothing comes"; }));
  int64_t stale_at = sink_.last(7)->at.ns;
  say(frame(2));
  EXPECT_TRUE(sink_.wait_quality(7, Quality::Good, stale_at));
  EXPECT_TRUE(eventually([&] { return state().is_up; }));
}

TEST_F(Diode, TheSenderCarriesValuesOverUdpAndTellsThatItLives) {
  listen(false);
  auto sender = DiodeSender::make(target(false), {"KNOWN"}, clock_);
  ASSERT_TRUE(sender) << sender.error().detail;
  std::vector<history::Sample> many(500, {.at = clock_.now(), .value = 42});
  for (int i = 0; i < 500; ++i) many[static_cast<std::size_t>(i)].value = i;
  // The receiver may bind a moment after us: what the copies do not save is missing.
  ASSERT_TRUE(eventually([&] {
    (*sender)->turn();
    return state().is_up;
  }));
  ASSERT_TRUE((*sender)->samples("S", many));
  EXPECT_TRUE(sink_.wait([&] { return sink_.all_samples.size() >= 500; }));
  EXPECT_GT((*sender)->sent(), 8) << "a datagram is never taken apart";
  EXPECT_TRUE(eventually([&] {
    (*sender)->turn();
    return state().detail.int_or("frames", 0) == (*sender)->sent();
  })) << "every frame, once: the copies are known";
  EXPECT_EQ(state().detail["missing"], Json(0));
  EXPECT_FALSE((*sender)->sightings("S", {}));
}

TEST_F(Diode, FilesAreTakenInOrderAndGoOnceTheyAreStored) {
  auto sender = DiodeSender::make(target(true), {"KNOWN"}, clock_);
  ASSERT_TRUE(sender) << sender.error().detail;
  Instant old = clock_.now() - Duration::days(2);
  std::vector<history::Sample> first{{.at = old, .value = 1}},
      next{{.at = clock_.now(), .value = 2}};
  ASSERT_TRUE((*sender)->samples("S", first));
  ASSERT_TRUE((*sender)->samples("S", next));
  std::ofstream(inbox() / "0-junk.ald") << "junk";
  sink_.set_refusing(true);
  listen(true);
  EXPECT_TRUE(eventually([&] { return state().rejected["bad_frame"] == 1; }));
  EXPECT_FALSE(fs::is_empty(inbox())) << "not stored yet";
  sink_.set_refusing(false);
  EXPECT_TRUE(sink_.wait([&] { return sink_.all_samples.size() == 1; }));
  EXPECT_TRUE(sink_.wait([&] { return sink_.all_historical.size() == 1; }));
  EXPECT_TRUE(eventually([&] { return fs::is_empty(inbox()); }));
  EXPECT_EQ(sink_.last(7)->value, 2);
}

TEST_F(Diode, TheProgramCarriesAPlantAcross) {
  auto plant = PlantSim::start({.modbus_port = 0, .mqtt_port = 0, .people = 0, .clock = clock_});
  ASSERT_TRUE(plant);
  Json config = *parse_json(R"({"sources":[{"code":"S-PLC1","protocol":"modbus","tags":[
      {"code":"KNOWN","table":"input","address":55,"type":"int16","scale":0.1,"every_ms":100}]}],
      "key":"0707070707070707070707070707070707070707070707070707070707070707"})");
  Json row = config["sources"].as_array()[0];
  row.set("port", static_cast<int64_t>((*plant)->modbus_port()));
  config.set("sources", Json::array({row})).set("udp", "127.0.0.1:" + std::to_string(port_));
  listen(false);
  auto done = run_diode_sender(config, clock_, [&] {
    auto sample = sink_.last(7);
    return sample && sample->quality == Quality::Good;
  });
  EXPECT_TRUE(done) << done.error().detail;
  EXPECT_NEAR(sink_.last(7)->value, 48, 5) << "the bearing of the pump";
  config.set("key", "00");
  EXPECT_EQ(run_diode_sender(config, clock_, [] { return true; }).error().field, "key");
}

}  // namespace
}  // namespace anlan::connect
