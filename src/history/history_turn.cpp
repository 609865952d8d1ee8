// What a turn of RealHistory does: blocks, rollups, and the end of what is too old.

#include <limits>

#include "history/block_writer.h"
#include "history/real_history.h"

namespace anlan::history {
namespace {

constexpr std::size_t kBlocksPerTurnMax = 2000;  // 100,000 tags once a minute; about 0.1 s of work
// Old blocks are looked for at this many tags a turn: 100,000 tags in about half an hour.
constexpr std::size_t kOldTagsPerTurn = 50;
// Tags that a turn asks whether an hour of theirs is over, and hours it sums up: 100,000 tags have
// 28 hours a second to sum up.
constexpr std::size_t kRollTagsPerTurn = 5000;
constexpr std::size_t kRollsPerTurnMax = 150;

}  // namespace

Result<void> RealHistory::set_retention(TagIndex tag, const Retention& retention) {
  std::lock_guard lock(mutex_);
  if (tag >= tails_.size()) return refuse(ErrorCode::NotFound, "a tag without a number");
  const Retention& usual = config_.retention;
  bool is_usual = retention.samples == usual.samples && retention.minutes == usual.minutes &&
                  retention.hours == usual.hours;
  if (is_usual) retentions_.erase(tag);
  else retentions_[tag] = retention;
  return {};
}

// Under mutex_.
Retention RealHistory::retention_of(TagIndex tag) {
  auto found = retentions_.find(tag);
  return found == retentions_.end() ? config_.retention : found->second;
}

Result<void> RealHistory::turn() {
  std::lock_guard turn_lock(turn_mutex_);
  Pick pick;
  {
    std::lock_guard lock(mutex_);
    pick = tails_.pick(config_.clock.now(), applied_, kBlocksPerTurnMax);
  }
  rolled_.clear();
  written_.clear();
  auto written = write_blocks(pick);
  if (!written) writer_.file->roll_back();
  {
    std::lock_guard lock(mutex_);
    if (!written) {
      tails_.undo(pick);
      return std::unexpected(written.error());
    }
    tails_.finish(pick);
    totals_ = *written;
    note_rolled();
  }
  // Without a flush nothing has noted how far that is.
  return pick.flush.tags.empty() ? Result<void>{} : log_->forget_up_to(pick.forgotten);
}

// Under mutex_.
void RealHistory::note_rolled() {
  for (const Written& one : written_)
    plan_.note_written(one.tag, one.first_hour, one.late, config_.clock.now());
  for (const Rolled& one : rolled_) {
    if (one.is_next) plan_.note_next(one.tag, one.hour);
    else plan_.note_again(one.tag, one.hour);
  }
}

Result<Totals> RealHistory::write_blocks(const Pick& pick) {
  Totals totals = totals_;
  TRY(writer_.file->begin());
  if (writer_.file->is_doubtful()) totals = TRY(writer_.blocks->totals());
  BlockWriter blocks(*writer_.blocks, writer_.codec, totals);
  for (std::size_t i = 0; i < pick.samples.size(); ++i) {
    TagIndex tag = pick.flush.tags[i];
    std::vector<Sample> samples(pick.samples[i].begin(), pick.samples[i].end());
    put_in_order(samples);
    TRY(blocks.put(tag, samples));
    written_.push_back(
        {.tag = tag, .first_hour = hour_of(samples.front().at), .late = plan_.late(tag, samples)});
    for (int64_t hour : written_.back().late) TRY(writer_.rollups->note_changed(tag, hour));
  }
  TRY(drop_old(totals));
  TRY(roll_up(totals));
  bool is_idle = pick.flush.tags.empty() && totals == totals_;
  if (!is_idle) {
    TRY(writer_.blocks->note_flush(pick.flush, pick.forgotten));
    TRY(writer_.blocks->set_totals(totals));
  }
  TRY(writer_.file->commit());
  return totals;
}

Result<void> RealHistory::drop_old(Totals& totals) {
  Instant now = config_.clock.now();
  std::size_t tags = 0;
  std::vector<std::pair<TagIndex, Retention>> turns;
  {
    std::lock_guard lock(mutex_);
    tags = tails_.size();
    for (std::size_t i = 0; i < std::min(kOldTagsPerTurn, tags); ++i) {
      next_old_tag_ = (next_old_tag_ + 1) % tags;
      auto tag = static_cast<TagIndex>(next_old_tag_);
      turns.emplace_back(tag, retention_of(tag));
    }
  }
  for (const auto& [tag, retention] : turns) {
    // After a long standstill the sums come first.
    Instant before = std::min(now - retention.samples, plan_.rolled_to(tag));
    Totals gone = TRY(writer_.blocks->remove_before(tag, before));
    totals.blocks -= gone.blocks;
    totals.bytes -= gone.bytes;
    totals.samples -= gone.samples;
    int64_t day = day_of_hour(hour_of(now - retention.minutes));
    TRY(writer_.rollups->remove_before(tag, day, now - retention.hours));
  }
  return {};
}

Result<void> RealHistory::learn_begin(TagIndex tag) {
  constexpr Instant kNever{std::numeric_limits<int64_t>::min()};
  auto first = TRY(writer_.blocks->next_after(tag, kNever));
  std::lock_guard lock(mutex_);
  plan_.set_begin(tag, first ? std::optional(hour_of(*first)) : std::nullopt);
  return {};
}

Result<void> RealHistory::roll_up(Totals& totals) {
  Instant now = config_.clock.now();
  std::size_t tags = 0;
  {
    std::lock_guard lock(mutex_);
    tags = tails_.size();
  }
  Roller roller(*writer_.blocks, *writer_.rollups, writer_.codec, totals);
  for (std::size_t i = 0; i < std::min(kRollTagsPerTurn, tags); ++i) {
    if (rolled_.size() >= kRollsPerTurnMax) break;
    next_roll_tag_ = (next_roll_tag_ + 1) % tags;
    auto tag = static_cast<TagIndex>(next_roll_tag_);
    if (plan_.is_unknown(tag)) TRY(learn_begin(tag));
    TRY(roll_tag(roller, tag, now));
  }
  return {};
}

Result<void> RealHistory::roll_tag(Roller& roller, TagIndex tag, Instant now) {
  int64_t kept = 0;
  {
    std::lock_guard lock(mutex_);
    kept = hour_of(now - retention_of(tag).samples);
  }
  for (int64_t hour : plan_.changed_due(tag, now)) {
    // What no longer has its samples stays as it was summed up.
    if (hour > kept) TRY(roller.roll(tag, hour));
    TRY(writer_.rollups->forget_changed(tag, hour));
    rolled_.push_back({.tag = tag, .hour = hour});
  }
  auto next = plan_.next(tag);
  // After a long standstill a day at a time.
  for (int64_t i = 0; i < kHoursPerDay && next && RollPlan::is_due(tag, *next, now); ++i) {
    bool is_there = TRY(roller.roll(tag, *next));
    *next = is_there ? *next + 1 : TRY(after_empty(tag, *next, now));
    TRY(writer_.rollups->set_rolled(tag, *next));
    rolled_.push_back({.tag = tag, .hour = *next, .is_next = true});
  }
  return {};
}

// A tag that was silent for a year does not take a year of turns.
Result<int64_t> RealHistory::after_empty(TagIndex tag, int64_t hour, Instant now) {
  auto block = TRY(writer_.blocks->newest(tag, start_of_hour(hour)));
  if (block && block->last >= start_of_hour(hour + 1)) return hour + 1;
  auto next = TRY(writer_.blocks->next_after(tag, start_of_hour(hour)));
  int64_t most = hour_of(now);
  return std::max(hour + 1, next ? std::min(hour_of(*next), most) : most);
}

}  // namespace anlan::history
