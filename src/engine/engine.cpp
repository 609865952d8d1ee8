#include "engine/engine.h"

#include <algorithm>
#include <future>

#include "core/check.h"
#include "core/log.h"
#include "engine/ahead.h"
#include "engine/contain.h"
#include "engine/execute.h"
#include "engine/group_run.h"
#include "engine/health.h"
#include "engine/schema_work.h"
#include "engine/uploads.h"

namespace anlan::engine {
namespace {

// Then commands get their turn again: one group, as theirs.
constexpr std::size_t kTimersPerTurn = limits::kCommandGroupMax;
constexpr Duration kTimerRetry = Duration::minutes(1);
constexpr Duration kCleaningEvery = Duration::minutes(10);
constexpr Duration kAnswerAgeMax = Duration::days(7);
constexpr Duration kTrackAgeMax = Duration::days(30);  // of people in a response: personal data
constexpr Duration kPartAgeMax = Duration::days(1);    // an upload that nobody goes on with
constexpr int64_t kCleanedAtOnce = 1000;
constexpr Duration kSensingEvery = Duration::milliseconds(250);
constexpr Duration kResponderEvery = Duration::milliseconds(100);
constexpr Duration kResponderIdle = Duration::milliseconds(150);
constexpr Duration kIdleMax = Duration::seconds(1);  // so that heads and new timers are seen

Json log_error(const Error& error) {
  return Json::object(
      {{"code", error_text(error.code).code}, {"detail", error.detail}, {"field", error.field}});
}

// `anlan keys` and the like commit beside us: what is remembered may be older then.
void look_for_others(store::Database& database, Health& health) {
  auto others = store::notice_others(database);
  if (!others) health.note(others.error());
}

}  // namespace

Engine::Engine(const Config& config)
    : config_(config),
      health_(std::make_unique<Health>(config.store.clock, config.steady)),
      uploads_(std::make_unique<Uploads>()),
      schema_work_(std::make_unique<SchemaWork>(*this)),
      ids_(config.store.clock, config.store.random) {}

Engine::~Engine() { stop(); }

Result<std::unique_ptr<Engine>> Engine::open(const Config& config) {
  std::unique_ptr<Engine> engine(new Engine(config));
  engine->packs_ = TRY(load_packs(config.pack_folders));
  engine->sole_ = TRY(store::SoleServer::take(config.store.database, config.patience));
  engine->database_ = TRY(store::Database::open(config.store));
  TRY(engine->deploy());
  engine->sensing_ = TRY(Sensing::open(*engine));
  engine->responder_ = std::make_unique<Responder>(*engine);
  engine->told_ = TRY(engine->last_event());
  TRY(engine->refresh_demo());
  return engine;
}

void Engine::start() {
  CHECK(!writer_.joinable(), "the writer runs once");
  schema_work_->has_threads(true);
  writer_ = std::thread([this] { serve(); });
  // Each has a thread: no slow disk and no plant that is read anew delays a delay or a permit.
  for (auto act : {&Sensing::turn, &Sensing::follow_plant, &Sensing::write_blocks}) {
    sensing_threads_.emplace_back([this, act] {
      while (!pause(kSensingEvery)) (*sensing_.*act)(config_.store.clock.now());
    });
  }
  responder_thread_ = std::thread([this] {
    Duration wait = kResponderEvery;
    while (!pause(wait)) {
      bool is_open = responder_->turn(config_.store.clock.now());
      wait = is_open ? kResponderEvery : kResponderIdle;
    }
  });
}

// True when the engine stops.
bool Engine::pause(Duration wait) {
  std::unique_lock lock(mutex_);
  return watchers_wake_.wait_for(lock, std::chrono::nanoseconds(wait.ns),
                                 [this] { return are_watchers_stopping_; });
}

void Engine::watch() {
  CHECK(!writer_.joinable(), "a started engine watches by itself");
  sensing_->follow_plant(config_.store.clock.now());
  sensing_->turn(config_.store.clock.now());
  sensing_->write_blocks(config_.store.clock.now());
  responder_->turn(config_.store.clock.now());
  while (has_waiting()) turn();
}

bool Engine::has_waiting() {
  std::lock_guard lock(mutex_);
  return !queue_.empty();
}

void Engine::stop() {
  {
    std::lock_guard lock(mutex_);
    are_watchers_stopping_ = true;
  }
  watchers_wake_.notify_all();
  // The writer still answers them.
  for (std::thread& thread : sensing_threads_) thread.join();
  sensing_threads_.clear();
  if (responder_thread_.joinable()) responder_thread_.join();
  {
    std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  if (writer_.joinable()) writer_.join();
  schema_work_->has_threads(false);
}

void Engine::submit(Command command, Done done) {
  // Whoever looks with another's eyes writes nothing, by whatever road.
  if (command.by.is_viewed()) return done(refuse(ErrorCode::Forbidden, "looking only"));
  if (auto admitted = health_->admit(command); !admitted) {
    ++health_->counts.refused;
    return done(std::unexpected(std::move(admitted).error()));
  }
  {
    std::lock_guard lock(mutex_);
    if (!is_stopping_ && queue_.size() < limits::kCommandQueueMax) {
      queue_.push_back({std::move(command), std::move(done)});
      wake_.notify_one();
      return;
    }
  }
  done(refuse(ErrorCode::Overloaded, "the command queue is full"));
}

Result<Json> Engine::run(Command command) {
  auto answer = std::make_shared<std::promise<Result<Json>>>();  // shared: std::function copies it
  auto waiting = answer->get_future();
  submit(std::move(command),
         [answer](Result<Json> result) { answer->set_value(std::move(result)); });
  while (!writer_.joinable() &&
         waiting.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    turn();
  }
  return waiting.get();
}

void Engine::serve() {
  while (true) {
    auto next = turn();
    std::unique_lock lock(mutex_);
    if (!queue_.empty()) continue;
    if (is_stopping_) return;
    Duration wait = kIdleMax;
    if (next) wait = std::clamp(*next - config_.store.clock.now(), Duration{}, kIdleMax);
    wake_.wait_for(lock, std::chrono::nanoseconds(wait.ns),
                   [this] { return is_stopping_ || !queue_.empty(); });
  }
}

std::optional<Instant> Engine::turn() {
  std::deque<Waiting> group;
  {
    std::lock_guard lock(mutex_);
    while (!queue_.empty() && group.size() < limits::kCommandGroupMax) {
      group.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
  }
  Instant now = config_.store.clock.now();
  bool is_well = this->is_well(now);
  bool is_idle = group.empty();
  if (!is_idle) run_group(std::move(group));
  if (!is_well) return std::nullopt;
  if (is_idle) look_for_others(*database_, *health_);
  run_timers(now);
  run_starts(now);
  bool has_signals = run_signals(now);
  sign_head(now);
  drop_what_is_old(now);
  std::optional<Instant> schema = schema_work_->turn(now);
  tell_events();

  auto view = snapshot();
  if (!view) {
    health_->note(view.error());
    return std::nullopt;
  }
  if (has_signals) return now;
  auto next = flow::next_timer(**view);
  auto start = flow::next_start(**view);
  if (!next) health_->note(next.error());
  if (!next || !start) return schema;
  if (*start && (!*next || **start < **next)) next = start;
  if (!*next) return schema;
  if (schema && *schema < **next) return schema;
  // A timer that failed waits for its retry; nobody spins on it.
  bool has_failed = !failed_timers_.empty() || !failed_starts_.empty();
  if (**next <= now && has_failed) return now + kIdleMax;
  return *next;
}

void Engine::run_group(std::deque<Waiting> group) {
  // Accepted while all was well, and the trouble came first.
  std::erase_if(group, [this](Waiting& waiting) {
    auto admitted = health_->admit(waiting.command);
    if (!admitted) waiting.done(std::unexpected(std::move(admitted).error()));
    return !admitted;
  });
  if (group.empty()) return;
  Instant now = config_.store.clock.now();
  auto plant = sensing_->plant();
  std::vector<const Command*> commands;
  for (const Waiting& waiting : group) commands.push_back(&waiting.command);
  Execution::Around around{.packs = packs_,
                           .config = config_,
                           .blobs = database_->blobs(),
                           .ids = ids_,
                           .now = now,
                           .plant = plant,
                           .sensing = sensing_.get()};
  GroupRun run(around, std::move(commands));
  auto committed = commit_group(run.works());
  if (!committed) log(LogLevel::Error, "commit failed", log_error(committed.error()));
  Containing with{around, *health_, [this](auto works) { return commit_group(works); }};
  for (std::size_t i = 0; i < group.size(); ++i) {
    auto answer = run.answer(i, committed);
    if (committed && !answer) answer = contain(with, group[i].command, std::move(answer));
    group[i].done(std::move(answer));
  }
}

void Engine::run_timers(Instant now) {
  auto view = snapshot();
  if (!view) return;
  auto due = flow::due_timers(**view, now, kTimersPerTurn);
  if (!due || due->empty()) return;
  view->reset();
  std::erase_if(*due, [&](const flow::DueTimer& timer) {
    auto failed = failed_timers_.find(timer.id);
    return failed != failed_timers_.end() && failed->second > now;
  });
  if (due->empty()) return;
  auto plant = sensing_->plant();
  AheadWish wish;
  for (const flow::DueTimer& timer : *due) wish.timers.push_back(timer.id);
  std::vector<store::Work> works;
  for (const flow::DueTimer& timer : *due) {
    works.push_back([&](store::Transaction& transaction) -> Result<void> {
      if (&timer == &due->front()) TRY(read_ahead(transaction, packs_, wish));
      Execution execution({packs_, config_, database_->blobs(), ids_, now, plant}, transaction);
      return execution.fire_timer(timer);
    });
  }
  auto committed = commit_group(works);
  if (!committed) {
    log(LogLevel::Error, "timers could not be committed", log_error(committed.error()));
    return;
  }
  for (std::size_t i = 0; i < due->size(); ++i) {
    const auto& fired = (*committed)[i];
    failed_timers_.erase((*due)[i].id);
    if (fired) ++health_->counts.timers;
    // WrongState: an earlier timer of this group cancelled it.
    if (fired || fired.error().code == ErrorCode::WrongState) continue;
    Json more = log_error(fired.error());
    more.set("timer", (*due)[i].id.text());
    log(LogLevel::Error, "a timer could not be fired", std::move(more));
    failed_timers_[(*due)[i].id] = now + kTimerRetry;
  }
}

void Engine::run_starts(Instant now) {
  auto view = snapshot();
  if (!view) return;
  auto due = flow::due_starts(**view, now, kTimersPerTurn);
  view->reset();
  if (!due) return;
  auto plant = sensing_->plant();
  for (const flow::DueStart& start : *due) {
    auto failed = failed_starts_.find(start.id);
    if (failed != failed_starts_.end() && failed->second > now) continue;
    std::vector<store::Work> works = {[&](store::Transaction& transaction) -> Result<void> {
      Execution execution({packs_, config_, database_->blobs(), ids_, now, plant}, transaction);
      return execution.begin_flow(start.id);
    }};
    auto committed = commit_group(works);
    failed_starts_.erase(start.id);
    if (committed && committed->front()) continue;
    Json more = log_error(committed ? committed->front().error() : committed.error());
    more.set("start", start.id);
    log(LogLevel::Error, "a flow could not begin", std::move(more));
    failed_starts_[start.id] = now + kTimerRetry;
  }
}

bool Engine::run_signals(Instant now) {
  auto view = snapshot();
  if (!view) return false;
  auto posts = flow::posts_open(**view, 1);
  view->reset();
  if (!posts || posts->empty()) return false;
  auto plant = sensing_->plant();
  std::vector<store::Work> works = {[&](store::Transaction& transaction) -> Result<void> {
    Execution execution({packs_, config_, database_->blobs(), ids_, now, plant}, transaction);
    return execution.go_on_with(posts->front());
  }};
  auto committed = commit_group(works);
  bool is_done = committed && committed->front();
  if (!is_done) {
    log(LogLevel::Error, "a signal could not be spread",
        log_error(committed ? committed->front().error() : committed.error()));
  }
  return is_done;
}

void Engine::sign_head(Instant now) {
  if (now < next_head_) return;
  next_head_ = now + config_.head_every;
  auto head = database_->ledger().sign_head();
  if (!head) {
    health_->note(head.error());
    log(LogLevel::Error, "the ledger head could not be signed", log_error(head.error()));
    return;
  }
  for (const std::string& folder : head->failed_folders) {
    log(LogLevel::Warning, "a ledger head could not leave the machine",
        Json::object({{"folder", folder}}));
  }
}

// A client repeats a request within hours; its answer is kept a week.
void Engine::drop_what_is_old(Instant now) {
  if (now < next_cleaning_) return;
  next_cleaning_ = now + kCleaningEvery;
  drop_old({.table = "command_answer",
            .act = "command.forget",
            .key = {"asker", "key"},
            .before = now - kAnswerAgeMax},
           now);
  drop_old({.table = "response_track",
            .act = "track.forget",
            .key = {"response", "badge", "at"},
            .before = now - kTrackAgeMax},
           now);
  auto swept = database_->blobs().sweep_parts(now - kPartAgeMax);
  if (!swept) log(LogLevel::Warning, "old parts of uploads stay", log_error(swept.error()));
}

// Rows of a private table, by their column `at`; at most some at once, the rest next time.
void Engine::drop_old(const OldRows& rows, Instant now) {
  auto view = snapshot();
  if (!view) return;
  std::string columns;
  for (std::string_view column : rows.key) {
    columns += (columns.empty() ? "" : ", ") + std::string(column);
  }
  auto old = (*view)->query({"SELECT " + columns + " FROM " + std::string(rows.table) +
                                 " WHERE at < ? ORDER BY at LIMIT ?",
                             {rows.before.ns, kCleanedAtOnce}});
  view->reset();
  if (!old || old->empty()) return;
  if (static_cast<int64_t>(old->size()) == kCleanedAtOnce) next_cleaning_ = now;
  store::Change change{.act = std::string(rows.act), .at = now, .is_housekeeping = true};
  for (const auto& cells : old->cells()) {
    std::vector<store::Cell> key;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      key.push_back({std::string(rows.key[i]), cells[i]});
    }
    change.rows.push_back({.kind = store::RowChange::Kind::Delete,
                           .table = std::string(rows.table),
                           .key = std::move(key),
                           .is_private = true});
  }
  auto done = commit_change(change);
  if (!done) log(LogLevel::Warning, "old rows stay", log_error(done.error()));
}

void Engine::tell_events() {
  auto last = last_event();
  if (!last || *last == told_) return;
  told_ = *last;
  if (listener_) listener_(told_);
}

Json Engine::schema_progress() { return schema_work_->progress(); }

void Engine::on_events(std::function<void(int64_t)> listener) { listener_ = std::move(listener); }

}  // namespace anlan::engine
