// The engine's part in its health: every commit is a witness, and in trouble the writer tries by
// itself whether it is over.

#include <filesystem>

#include "core/log.h"
#include "engine/engine.h"
#include "engine/health.h"

namespace anlan::engine {
namespace {

// A try as large as an ordinary group, so that what is told to be over is over.
constexpr std::size_t kProbeBytes = 64 << 10;
// Less is no disk to go on with: the write-ahead log alone grows to some megabytes.
constexpr uintmax_t kFreeBytesMin = 8 << 20;

bool has_room(const std::string& folder) {
  std::error_code error;
  auto space = std::filesystem::space(folder, error);
  return error || space.available >= kFreeBytesMin;
}

// A row that nobody reads, kept out of the ledger; cleaning takes it away after a week.
Result<store::Change> probe_of(store::View& view, Instant now) {
  auto there = TRY(view.query({"SELECT at FROM command_answer WHERE asker = 'probe'"}));
  store::RowChange row{
      .table = "command_answer",
      .key = {{"asker", "probe"}, {"key", "probe"}},
      .cells = {{"fingerprint", ""}, {"answer", std::string(kProbeBytes, 'x')}, {"at", now.ns}},
      .is_private = true};
  if (!there.empty()) row.kind = store::RowChange::Kind::Update;
  return store::Change{.act = "store.probe", .at = now, .rows = {row}, .is_housekeeping = true};
}

}  // namespace

std::size_t Engine::queue_size() {
  std::lock_guard lock(mutex_);
  return queue_.size();
}

Result<std::vector<Result<void>>> Engine::commit_group(std::span<const store::Work> works) {
  Instant begun = health_->steady();
  auto committed = database_->commit_group(works);
  if (!committed) {
    health_->note(committed.error());
    return std::unexpected(Health::told(std::move(committed).error()));
  }
  ++health_->counts.groups;
  health_->counts.commands += static_cast<int64_t>(works.size());
  health_->counts.last_commit_us = (health_->steady() - begun).ns / 1000;
  return committed;
}

// Whether timers may fire and heads be signed.
bool Engine::is_well(Instant now) {
  health_->look();
  if (health_->is_store_failing()) {
    auto probe = [&]() -> Result<void> {
      if (!has_room(config_.store.folder)) return refuse(ErrorCode::DiskFull, "no room yet");
      auto view = TRY(snapshot());
      store::Change change = TRY(probe_of(*view, now));
      view.reset();
      return commit_change(change);
    };
    auto tried = probe();
    if (!tried) {
      health_->note(tried.error());
      return false;
    }
    health_->note_success();
  }
  follow_step(now);
  health_->judge();
  return health_->trouble() == Trouble::None;
}

// A clock that was set must neither end sessions nor make what is done every some seconds wait for
// an hour.
void Engine::follow_step(Instant now) {
  Duration step = health_->open_step();
  if (step == Duration{}) return;
  next_head_ = {};
  next_cleaning_ = {};
  failed_timers_.clear();
  auto follow = [&]() -> Result<void> {
    auto view = TRY(snapshot());
    auto change = TRY(access::follow_clock(*view, step, now));
    view.reset();
    return change ? commit_change(*change) : Result<void>{};
  };
  auto done = follow();
  if (done) return health_->followed(step);
  log(LogLevel::Warning, "sessions could not follow the clock yet",
      Json::object({{"why", done.error().detail}}));
}

}  // namespace anlan::engine
