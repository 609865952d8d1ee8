#include "connect/outside.h"

#include <charconv>

#include "connect/browse.h"
#include "connect/publish.h"
#include "connect/source_secrets.h"
#include "core/log.h"

namespace anlan::connect {
namespace {

constexpr std::chrono::milliseconds kEvery{100};
constexpr int kConfigEvery = 20;     // rounds
constexpr int kClocksEvery = 3'000;  // rounds
constexpr std::size_t kMessagesPerRound = 100;
constexpr std::chrono::seconds kBrowseWaitMax{5};

void log_failure(std::string_view what, const Error& error) {
  log(LogLevel::Warning, what,
      Json::object({{"code", error_text(error.code).code}, {"detail", error.detail}}));
}

Json counters_json(const std::map<std::string, int64_t>& counters, int64_t& sum) {
  Json json = Json::object();
  for (const auto& [reason, count] : counters) {
    json.set(reason, count);
    sum += count;
  }
  return json;
}

}  // namespace

class Outside::EngineSink final : public Sink {
 public:
  explicit EngineSink(engine::Engine& engine) : engine_(engine) {}

  Result<void> samples(std::string_view, std::span<const history::Sample> samples) override {
    return engine_.sensing().samples(samples);
  }
  Result<void> historical(std::string_view, std::span<const history::Sample> samples) override {
    return engine_.sensing().historical(samples);
  }
  Result<void> sightings(std::string_view source,
                         std::span<const twin::Sighting> sightings) override {
    engine::DoubtCounts doubts = TRY(engine_.sensing().positions(sightings));
    std::lock_guard lock(mutex_);
    RowCounts& counts = doubts_[std::string(source)];
    for (const auto& [reason, count] : doubts) counts[reason] += count;
    return {};
  }
  Result<void> passes(std::string_view, std::span<const twin::GatePass> passes) override {
    return engine_.sensing().passes(passes);
  }
  Found find_tag(std::string_view source, std::string_view code, history::TagIndex& tag) override {
    auto plant = engine_.sensing().plant();
    const engine::TagInfo* found = plant->tag(code);
    if (found == nullptr || found->is_retired) return Found::No;
    if (found->source != source) return Found::OtherSource;
    tag = found->index;
    return Found::Yes;
  }
  // Of positions that were stored: how many say nothing of where somebody is, by reason.
  Json doubts(const std::string& source) {
    std::lock_guard lock(mutex_);
    auto found = doubts_.find(source);
    Json counts = Json::object({});
    if (found == doubts_.end()) return counts;
    for (const auto& [reason, count] : found->second) counts.set(reason, count);
    return counts;
  }

 private:
  engine::Engine& engine_;
  std::mutex mutex_;
  std::map<std::string, RowCounts> doubts_;  // by source
};

Outside::Outside(engine::Engine& engine, std::map<std::string, Elsewhere> elsewhere)
    : engine_(engine),
      elsewhere_(std::move(elsewhere)),
      sink_(std::make_unique<EngineSink>(engine)),
      sources_(*sink_, engine.config().store.clock) {}

Outside::~Outside() { stop(); }

Result<std::unique_ptr<Outside>> Outside::make(engine::Engine& engine,
                                               std::map<std::string, Elsewhere> elsewhere) {
  std::unique_ptr<Outside> outside(new Outside(engine, std::move(elsewhere)));
  const store::Config& store = engine.config().store;
  Outside* self = outside.get();
  outside->messenger_ = TRY(Messenger::make(
      {.vapid_key_file = store.folder + "/vapid.key", .clock = store.clock, .random = store.random},
      [self](const Receipt& receipt) { self->take_receipt(receipt); }));
  engine.responder().on_gate([self](std::string_view gate, bool is_open, std::string_view reason) {
    self->sources_.set_gate(gate, is_open, reason);
  });
  engine.responder().on_allowed([self](std::string_view gate, const Allowed& badges) {
    self->sources_.set_allowed(gate, badges);
  });
  return outside;
}

void Outside::start() {
  messenger_->start();
  thread_ = std::thread([this] { serve(); });
}

void Outside::stop() {
  {
    std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  sources_.stop();
  if (messenger_) messenger_->stop();
}

void Outside::send_elsewhere(Source& source) const {
  auto found = elsewhere_.find(source.code);
  if (found == elsewhere_.end()) return;
  source.host = found->second.host;
  source.port = found->second.port;
}

// What could not run is tried again: its secrets may have been put in place since.
void Outside::connect_sources() {
  auto plant = engine_.sensing().plant();
  bool is_changed = false;
  {
    std::lock_guard lock(mutex_);
    is_changed = plant != plant_ && (plant_ == nullptr || plant->sources() != plant_->sources());
    plant_ = plant;
  }
  if (!is_changed && !sources_.has_refused()) return;
  const store::Config& store = engine_.config().store;
  auto plan = plan_sources(plant->sources(), store.folder);
  for (PlannedSource& one : plan) {
    if (one.source) send_elsewhere(*one.source);
    if (is_changed && one.refusal) log_failure("a source is not read", *one.refusal);
  }
  sources_.apply(std::move(plan));
}

void Outside::serve() {
  for (int round = 0;; ++round) {
    if (round % kConfigEvery == 0) connect_sources();
    send_messages();
    // What could not be kept is told anew: who hears it twice does nothing.
    if (round % kClocksEvery == 0) clocks_.clear();
    tell_clocks();
    std::unique_lock lock(mutex_);
    if (wake_.wait_for(lock, kEvery, [this] { return is_stopping_; })) return;
  }
}

// Only what changed since it was told last; after a start everything that is sure.
void Outside::tell_clocks() {
  engine::NoteClocks what;
  for (const SourceState& state : sources_.states()) {
    if (!state.is_clock_wrong && !state.is_clock_sure) continue;
    auto [told, is_first] = clocks_.try_emplace(state.code, state.is_clock_wrong);
    if (!is_first && told->second == state.is_clock_wrong) continue;
    told->second = state.is_clock_wrong;
    what.clocks.push_back({state.code, state.is_clock_wrong, state.behind.value_or(Duration{})});
  }
  if (what.clocks.empty()) return;
  engine_.submit({.by = engine::timeout_subject(), .what = std::move(what)}, [](Result<Json> done) {
    if (!done) log_failure("a source's clock could not be told", done.error());
  });
}

void Outside::send_messages() {
  auto waiting = engine_.waiting_messages(kMessagesPerRound);
  if (!waiting) return log_failure("messages could not be read", waiting.error());
  for (const Json& row : waiting->as_array()) {
    std::string id = row.text_or("id", "");
    {
      std::lock_guard lock(mutex_);
      if (!under_way_.insert(id).second) continue;
    }
    Outgoing message{.id = id,
                     .endpoint = row.text_or("endpoint", ""),
                     .p256dh = row.text_or("p256dh", ""),
                     .auth = row.text_or("auth", ""),
                     .title = row.text_or("title", ""),
                     .text = row.text_or("text", ""),
                     .url = "/m/#/notices"};
    if (row.text_or("form", "") == "response") {
      message.url = "/m/#/response/" + row.text_or("record", "");
    }
    if (row.has("robot")) {
      std::size_t place = 0;
      std::string text = row.text_or("robot", "0");
      std::from_chars(text.data(), text.data() + text.size(), place);
      const auto& robots = engine_.config().robots;
      if (place >= robots.size()) {
        take_receipt({.id = id, .state = Receipt::State::Failed, .reason = "no robot"});
        continue;
      }
      message.channel = robots[place].channel == "dingtalk" ? Outgoing::Channel::DingTalk
                                                            : Outgoing::Channel::WeCom;
      message.endpoint = robots[place].url;
      message.secret = robots[place].secret;
    } else if (row.bool_or("gone", false)) {
      take_receipt({.id = id, .state = Receipt::State::Gone, .reason = "unsubscribed"});
      continue;
    }
    auto sent = messenger_->send(std::move(message));
    if (sent) continue;
    std::lock_guard lock(mutex_);
    under_way_.erase(id);  // the queue is full: again in the next round
  }
}

void Outside::take_receipt(const Receipt& receipt) {
  std::string state = receipt.state == Receipt::State::Sent     ? "sent"
                      : receipt.state == Receipt::State::Failed ? "failed"
                                                                : "gone";
  engine_.submit({.by = engine::system_subject(),
                  .what = engine::OutgoingReceipt{.id = receipt.id,
                                                  .state = state,
                                                  .reason = receipt.reason,
                                                  .http_status = receipt.http_status}},
                 [this, id = receipt.id](Result<Json>) {
                   std::lock_guard lock(mutex_);
                   under_way_.erase(id);
                 });
}

Json Outside::source_rows() {
  Json rows = Json::array();
  auto plant = engine_.sensing().plant();
  for (const SourceState& state : sources_.states()) {
    int64_t lost = 0;
    Json rejected = counters_json(state.rejected, lost);
    Json dropped = counters_json(state.dropped, lost);
    bool is_balanced = state.received == state.stored + state.duplicate + lost;
    Json last = state.last_at.ns == 0 ? Json() : Json(format_instant(state.last_at));
    Json refusal, residual;
    if (state.refusal) {
      refusal = Json::object({{"code", error_text(state.refusal->code).code},
                              {"field", state.refusal->field},
                              {"detail", state.refusal->detail}});
    }
    Json doubts = sink_->doubts(state.code);
    if (plant->plan().georeference() && state.protocol == "mqtt") {
      residual = Json(plant->plan().georeference()->residual_m());
    }
    Json behind = state.behind ? Json(state.behind->to_milliseconds()) : Json();
    rows.push(Json::object({{"code", state.code},
                            {"name", plant->source_names()[state.code]},
                            {"protocol", state.protocol},
                            {"is_up", state.is_up},
                            {"trouble", state.trouble},
                            {"last_at", std::move(last)},
                            {"received", state.received},
                            {"stored", state.stored},
                            {"duplicate", state.duplicate},
                            {"rejected", std::move(rejected)},
                            {"dropped", std::move(dropped)},
                            {"doubts", std::move(doubts)},
                            {"georeference_residual_m", std::move(residual)},
                            {"requests", state.requests},
                            {"failures", state.failures},
                            {"round_trip_ms", state.round_trip_ms},
                            {"detail", state.detail},
                            {"refusal", std::move(refusal)},
                            {"behind_ms", std::move(behind)},
                            {"is_clock_wrong", state.is_clock_wrong},
                            {"balances", is_balanced}}));
  }
  return rows;
}

Result<Json> Outside::browse(const std::string& code, const std::string& node, std::size_t from) {
  // One at a time; whoever clicks on while the page before is asked for waits for it.
  std::unique_lock one(browsing_, kBrowseWaitMax);
  if (!one.owns_lock()) return refuse(ErrorCode::Overloaded);
  auto plant = engine_.sensing().plant();
  for (const Json& row : plant->sources().as_array()) {
    if (row.text_or("code", "") != code) continue;
    Source source = TRY(parse_source(row));
    send_elsewhere(source);
    TRY(add_secrets(engine_.config().store.folder, source));
    std::map<std::string, std::string> known;
    for (const TagAddress& tag : source.tags) known[tag.path] = tag.code;
    bool is_heard = source.protocol == Source::Protocol::Sparkplug;
    Json page = is_heard ? browse_page(sources_.items(code, node), from)
                         : TRY(browse_source(source, node, from));
    Json nodes = page["rows"];
    for (Json& found : nodes.as_array()) {
      auto tag = known.find(found.text_or("path", ""));
      if (tag != known.end()) found.set("tag", tag->second);
    }
    page.set("rows", std::move(nodes));
    return page;
  }
  return refuse(ErrorCode::NotFound, code);
}

// The simulator listens on the broker of the positioning system.
Result<void> Outside::simulate(const Json& command) {
  auto plant = engine_.sensing().plant();
  for (const Json& row : plant->sources().as_array()) {
    if (row["protocol"] != Json("mqtt")) continue;
    Source source = TRY(parse_source(row));
    send_elsewhere(source);
    return publish_once(source.host, source.port, "anlan/sim/command", write_json(command));
  }
  return refuse(ErrorCode::NotFound, "no simulator here");
}

}  // namespace anlan::connect
