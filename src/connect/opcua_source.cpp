// The OPC UA driver: one thread, one session. Values come by subscription, each with the time of
// its source, the time of the server and a status code; what cannot be subscribed to is read.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <format>
#include <numeric>

#include "connect/driver.h"
#include "connect/knock.h"
#include "connect/mqtt_wire.h"
#include "connect/opcua_book.h"
#include "connect/opcua_link.h"

namespace anlan::connect {
namespace {

constexpr Duration kTurn = Duration::milliseconds(50);
constexpr Duration kOneMs = Duration::milliseconds(1);
// As for Sparkplug (sparkplug_host.h): what does not change is not sent, but it is known.
constexpr Duration kAffirmEvery = Duration::seconds(20), kAffirmLate = Duration::seconds(2);
// A late value that no other one follows for so long is not a backlog but what stands.
constexpr Duration kQuiet = Duration::seconds(2);
constexpr std::size_t kShownMost = 100;  // tags whose last value stands in `detail`
constexpr std::chrono::seconds kShowEvery{2};
constexpr Duration kSkewMin = Duration::seconds(2);  // less is the network

std::vector<OpcuaLink::Item> items_of(const Source& source) {
  std::vector<OpcuaLink::Item> items;
  for (const TagAddress& tag : source.tags) items.push_back({tag.path, tag.every});
  return items;
}

class OpcuaDriver final : public BaseDriver {
 public:
  OpcuaDriver(Source source, Sink& sink, Clock& clock)
      : BaseDriver(std::move(source), "opcua", sink, clock),
        states_(source_.tags.size()),
        link_(OpcuaLink::make(
            opcua_config(source_), items_of(source_), [this](auto values) { take(values); },
            [this] { gap_of_all(); })) {}
  ~OpcuaDriver() override { stop(); }

 private:
  struct TagState {
    Instant at{};
    double value = 0;
    history::Quality quality = history::Quality::Stale;
    bool is_known = false;
    bool is_affirmed = false;  // `at` is ours, not the source's
    bool is_late = false;      // told to the history only, so far
    Instant own_at{};          // as the source said it
    uint32_t status = 0;       // of the last value, as the server said it
    std::optional<Instant> server_time{};
    std::chrono::steady_clock::time_point told{};
  };

  std::string session() override {
    std::string trouble = knock(source_.host, source_.port, source_.time_out);
    if (!trouble.empty()) return "connect: " + trouble;
    trouble = link_->connect();
    if (!trouble.empty()) return trouble;
    link_works();
    tell_revised();
    while (trouble.empty() && !stop_.is_raised()) {
      trouble = link_->turn(kTurn);
      if (trouble.empty()) affirm();
      auto steady = std::chrono::steady_clock::now();
      if (!must_show_ || steady - shown_ < kShowEvery) continue;
      shown_ = steady;
      must_show_ = false;
      tell_revised();
    }
    return trouble;
  }
  void finished() override { link_->disconnect(); }

  void take(std::span<const OpcuaLink::Value> values) {
    Instant now = clock_.now();
    book_.heard(now);
    look_at_clock(now);
    Settled settled;
    std::vector<history::Sample> samples, kept;
    for (const OpcuaLink::Value& value : values) {
      TagState& state = states_[value.item];
      state.status = value.status;
      state.server_time = value.server_time;
      must_show_ = true;
      if (is_overflow(value.status)) mark_gap(value.item, now, kept);
      auto sample = sample_of(value, now, settled);
      if (!sample) continue;
      bool is_old = state.at == sample->at || (state.is_affirmed && sample->at <= state.at);
      bool is_same = state.is_known && is_old && state.value == sample->value &&
                     state.quality == sample->quality;
      if (is_same) {
        ++settled.duplicate;
        continue;
      }
      Instant own_at = value.source_time.value_or(sample->at);
      if (is_backlog(*sample)) {
        // Read again, or told again by a new session.
        bool is_repeated =
            state.is_known && state.own_at == sample->at && state.value == sample->value;
        if (is_repeated) ++settled.duplicate;
        else kept.push_back(*sample);
        if (!is_repeated || state.quality != sample->quality) take_late(state, *sample);
        continue;
      }
      if (state.is_affirmed && sample->at <= state.at) sample->at = state.at + kOneMs;
      state = {.at = sample->at,
               .value = sample->value,
               .quality = sample->quality,
               .is_known = true,
               .own_at = own_at,
               .status = value.status,
               .server_time = value.server_time,
               .told = std::chrono::steady_clock::now()};
      samples.push_back(*sample);
    }
    give(settled, samples, kept);
    book_.settle(settled);
  }

  void look_at_clock(Instant now) {
    if (auto theirs = link_->server_time()) book_.stamped(*theirs, now);
    // A clock that is ahead makes nothing old.
    behind_ = book_.behind().value_or(Duration{});
    if (behind_ < kSkewMin) behind_ = {};
  }

  // By the server's clock: one that is wrong makes no backlog.
  bool is_backlog(const history::Sample& sample) const {
    return is_late(sample.at + behind_, sample.received);
  }

  // Only the last of a backlog can be what stands, and only where nothing newer is known.
  static void take_late(TagState& state, const history::Sample& sample) {
    if (sample.at < state.own_at) return;
    state.at = std::max(state.at, sample.at);
    state.value = sample.value;
    state.quality = sample.quality;
    state.is_known = state.is_late = true;
    state.own_at = sample.at;
    auto longer = std::chrono::nanoseconds((kAffirmEvery - kQuiet).ns);
    state.told = std::chrono::steady_clock::now() - longer;
  }

  void affirm() {
    auto steady = std::chrono::steady_clock::now();
    if (steady - affirmed_ < std::chrono::seconds(1)) return;
    affirmed_ = steady;
    Instant now = clock_.now();
    std::vector<history::Sample> samples;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      TagState& state = states_[i];
      bool is_telling = state.quality <= history::Quality::Uncertain || state.is_late;
      bool is_due = state.is_known && is_telling &&
                    steady - state.told >= std::chrono::nanoseconds(kAffirmEvery.ns);
      if (!is_due) continue;
      state.at = std::max(now - kAffirmLate, state.at + kOneMs);
      state.is_affirmed = true;
      state.is_late = false;
      state.told = steady;
      samples.push_back({.tag = source_.tags[i].tag,
                         .at = state.at,
                         .received = now,
                         .value = state.value,
                         .quality = state.quality});
    }
    if (samples.empty()) return;
    Settled settled;
    book_stored(settled, samples.size(), sink_.samples(source_.code, samples));
    book_.settle(settled);
  }

  // Part 4, 7.11: the source's time where it tells one, else the server's, else ours.
  std::optional<history::Sample> sample_of(const OpcuaLink::Value& value, Instant now,
                                           Settled& settled) {
    const TagAddress& tag = source_.tags[value.item];
    const TagState& state = states_[value.item];
    history::Sample sample{.tag = tag.tag,
                           .at = value.source_time.value_or(value.server_time.value_or(now)),
                           .received = now,
                           .value = state.value,
                           .quality = opcua_quality(value.status)};
    if (sample.at > now + kFutureMax) {
      ++settled.rejected["future"];
      return std::nullopt;
    }
    double number = value.value ? *value.value * tag.scale + tag.offset : NAN;
    if (std::isfinite(number)) {
      sample.value = number;
    } else if (sample.quality != history::Quality::Bad) {
      ++settled.rejected["bad_value"];
      return std::nullopt;
    }
    // After a silence of the link the same value with its old time is known anew.
    bool was_stale = (state.quality == history::Quality::Stale || state.is_late) && state.is_known;
    if (is_backlog(sample)) return sample;
    if (was_stale && sample.at <= state.at) sample.at = std::max(state.at + kOneMs, now);
    return sample;
  }

  // From the last value on nothing is known until the next: a sample that is kept only.
  void mark_gap(std::size_t item, Instant now, std::vector<history::Sample>& gaps) {
    const TagState& state = states_[item];
    if (!state.is_known || state.quality == history::Quality::Stale) return;
    gaps.push_back({.tag = source_.tags[item].tag,
                    .at = state.at + kOneMs,
                    .received = now,
                    .value = state.value,
                    .quality = history::Quality::Stale});
  }

  void gap_of_all() {
    std::vector<history::Sample> gaps;
    Instant now = clock_.now();
    for (std::size_t i = 0; i < states_.size(); ++i) mark_gap(i, now, gaps);
    if (gaps.empty()) return;
    Settled settled;
    book_stored(settled, gaps.size(), sink_.historical(source_.code, gaps));
    book_.settle(settled);
  }

  // The gravest first: severity stands in the highest bits.
  Json last_values() const {
    std::vector<std::size_t> order(states_.size());
    std::ranges::iota(order, std::size_t{0});
    auto shown = order.begin() + static_cast<std::ptrdiff_t>(std::min(kShownMost, order.size()));
    std::ranges::partial_sort(order, shown, std::ranges::greater{},
                              [this](std::size_t i) { return states_[i].status >> 30; });
    Json rows = Json::array();
    for (auto at = order.begin(); at != shown; ++at) {
      const TagState& state = states_[*at];
      Json said = state.server_time ? Json(format_instant(*state.server_time)) : Json();
      rows.push(Json::object({{"tag", source_.tags[*at].code},
                              {"status", static_cast<int64_t>(state.status)},
                              {"server_at", std::move(said)}}));
    }
    return rows;
  }

  void tell_revised() {
    OpcuaLink::Revised revised = link_->revised();
    book_.detail(Json::object({{"taken_over", revised.is_taken_over},
                               {"publish_ms", revised.publish_ms},
                               {"keep_alive", static_cast<int64_t>(revised.keep_alive)},
                               {"lifetime", static_cast<int64_t>(revised.lifetime)},
                               {"subscribed", static_cast<int64_t>(revised.subscribed)},
                               {"polled", static_cast<int64_t>(revised.polled)},
                               {"refused", static_cast<int64_t>(revised.refused)},
                               {"sampling_ms_max", revised.sampling_ms_max},
                               {"queue_min", static_cast<int64_t>(revised.queue_min)},
                               {"values", last_values()}}));
    book_.note(revised.refused == 0
                   ? ""
                   : std::format("the server does not have {} of the nodes", revised.refused));
  }

  // Stale by our clock, but never older than the last value.
  void lost() override {
    book_.failed();
    std::vector<history::Sample> samples;
    Instant now = clock_.now();
    for (std::size_t i = 0; i < states_.size(); ++i) {
      TagState& state = states_[i];
      if (!state.is_known || state.quality == history::Quality::Stale) continue;
      state.quality = history::Quality::Stale;
      state.at = std::max(now, state.at + kOneMs);
      samples.push_back({.tag = source_.tags[i].tag,
                         .at = state.at,
                         .received = now,
                         .value = state.value,
                         .quality = history::Quality::Stale});
    }
    if (samples.empty()) return;
    Settled settled;
    book_stored(settled, samples.size(), sink_.samples(source_.code, samples));
    book_.settle(settled);
  }

  std::vector<TagState> states_;
  Duration behind_{};  // the server's clock, behind ours
  std::unique_ptr<OpcuaLink> link_;
  std::chrono::steady_clock::time_point affirmed_{}, shown_{};
  bool must_show_ = false;
};

}  // namespace

OpcuaLink::Config opcua_config(const Source& source) {
  return {.url = std::format("opc.tcp://{}:{}{}", source.host, source.port, source.url_path),
          .time_out = source.time_out,
          .is_secure = source.is_secure,
          .user = source.user,
          .password = source.password,
          .user_certificate = source.user_certificate,
          .user_key = source.user_key,
          .certificate = source.certificate,
          .key = source.key,
          .server_certificate = source.server_certificate,
          .application_uri = source.application_uri};
}

std::unique_ptr<Driver> make_opcua_driver(Source source, Sink& sink, Clock& clock) {
  return std::make_unique<OpcuaDriver>(std::move(source), sink, clock);
}

}  // namespace anlan::connect
