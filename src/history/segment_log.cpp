#include "history/segment_log.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <span>
#include <vector>

#include "history/crc32c.h"
#include "history/log_frame.h"
#include "history/segment_folder.h"

namespace anlan::history {
namespace {

// One caller in append(); lives on the caller's stack until it is done.
struct Waiter {
  uint32_t kind = 0;
  std::string_view bytes;
  uint32_t crc = 0;
  bool is_done = false;
  Result<uint64_t> answer = uint64_t{0};
};

// Whoever comes while nobody writes takes everything that waits, writes and syncs it for all.
class GroupLog final : public SegmentLog {
 public:
  GroupLog(const LogConfig& config, SegmentFolder folder)
      : config_(config), folder_(std::move(folder)), last_number_(folder_.last_number()) {}

  Result<uint64_t> append(uint32_t kind, std::string_view bytes) override {
    if (static_cast<int64_t>(bytes.size()) > config_.segment_bytes / 4)
      return refuse(ErrorCode::LimitReached, "a frame of " + std::to_string(bytes.size()));
    Waiter me{.kind = kind, .bytes = bytes, .crc = crc32c(bytes)};
    std::unique_lock lock(mutex_);
    waiting_.push_back(&me);
    while (!me.is_done) {
      if (is_writing_) {
        changed_.wait(lock);
      } else {
        write_waiting(lock);
      }
    }
    return std::move(me.answer);
  }

  Result<void> forget_up_to(uint64_t number) override {
    std::lock_guard lock(files_);
    return folder_.forget_up_to(number);
  }

  uint64_t last_number() const override { return last_number_; }

  int64_t bytes_on_disk() const override {
    std::lock_guard lock(files_);
    return folder_.bytes_on_disk();
  }

 private:
  void write_waiting(std::unique_lock<std::mutex>& lock) {
    is_writing_ = true;
    std::vector<Waiter*> group = std::move(waiting_);
    waiting_.clear();
    lock.unlock();
    for (std::span<Waiter*> rest = group; !rest.empty();) {
      std::lock_guard files(files_);
      auto written = write_some(rest);
      if (!written) {
        for (Waiter* waiter : rest) waiter->answer = std::unexpected(written.error());
      }
      rest = written ? rest.subspan(*written) : std::span<Waiter*>{};
    }
    lock.lock();
    for (Waiter* waiter : group) waiter->is_done = true;
    is_writing_ = false;
    changed_.notify_all();
  }

  // Writes as many as one segment takes and answers how many, all of them durable.
  Result<std::size_t> write_some(std::span<Waiter*> group) {
    auto first_bytes = static_cast<int64_t>(kFrameHeaderBytes + group[0]->bytes.size());
    // A segment that was made under another setting may be smaller than one frame.
    while (folder_.current().used + first_bytes > folder_.current().size) {
      TRY(clear_failed());
      TRY(folder_.next());
    }
    Segment& segment = folder_.current();
    buffer_.clear();
    uint64_t number = folder_.last_number();
    std::size_t count = 0;
    for (Waiter* waiter : group) {
      auto bytes = static_cast<int64_t>(buffer_.size() + kFrameHeaderBytes + waiter->bytes.size());
      if (segment.used + bytes > segment.size) break;
      waiter->answer = ++number;
      put_frame(buffer_, {number, waiter->kind, waiter->bytes}, waiter->crc);
      ++count;
    }
    TRY(clear_failed());
    failed_bytes_ = static_cast<int64_t>(buffer_.size());
    TRY(write_at(segment.file, buffer_, segment.used, segment.path));
    if (config_.sync) TRY(sync_data(segment.file, segment.path));
    failed_bytes_ = 0;
    segment.used += static_cast<int64_t>(buffer_.size());
    if (segment.last == 0) segment.first = folder_.last_number() + 1;
    segment.last = number;
    folder_.set_last_number(number);
    last_number_ = number;
    return count;
  }

  // What a failed write left must not follow a frame that is written in its place: its caller was
  // told that it is not there.
  Result<void> clear_failed() {
    if (failed_bytes_ == 0) return {};
    Segment& segment = folder_.current();
    std::string zeros(static_cast<std::size_t>(failed_bytes_), '\0');
    TRY(write_at(segment.file, zeros, segment.used, segment.path));
    if (config_.sync) TRY(sync_data(segment.file, segment.path));
    failed_bytes_ = 0;
    return {};
  }

  const LogConfig config_;
  std::mutex mutex_;  // over the waiters
  std::condition_variable changed_;
  std::vector<Waiter*> waiting_;  // as many as there are threads
  bool is_writing_ = false;

  mutable std::mutex files_;  // over what follows; the one who writes takes it inside mutex_'s turn
  SegmentFolder folder_;
  std::string buffer_;
  int64_t failed_bytes_ = 0;  // behind current().used, of a write that failed
  std::atomic<uint64_t> last_number_;
};

}  // namespace

Result<std::unique_ptr<SegmentLog>> SegmentLog::open(const LogConfig& config,
                                                     const OnFrame& on_frame) {
  auto folder = TRY(SegmentFolder::open(config, on_frame));
  return std::make_unique<GroupLog>(config, std::move(folder));
}

}  // namespace anlan::history
