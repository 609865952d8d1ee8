#pragma once
// An append-only log of frames in preallocated, recycled segment files. What append() has returned
// for survives kill -9 and power loss. Opening scans each segment to its first bad frame, tells
// every good frame and goes on behind the last one.
//
//   auto log = TRY(SegmentLog::open({.folder = folder, .forgotten = 41}, on_frame));
//   uint64_t number = TRY(log->append(kind, bytes));   // durable when it returns
//   TRY(log->forget_up_to(number));

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"

namespace anlan::history {

struct LogConfig {
  std::string folder;  // made if missing; one process has it at a time
  int64_t segment_bytes = 16 << 20;
  bool sync = true;  // false only in tests that do not crash
  // The owner needs no frame up to this number: none of them is told, later ones get higher
  // numbers even if the log was lost. Whoever keeps no such number is told forgotten frames again
  // as long as their segment is not reused.
  uint64_t forgotten = 0;
};

struct Frame {
  uint64_t number = 0;  // rises by one, over restarts too
  uint32_t kind = 0;    // the owner's own
  std::string_view bytes;
};

class SegmentLog {
 public:
  using OnFrame = std::function<Result<void>(const Frame&)>;
  // Tells every kept frame, oldest first, before it returns. StoreFailed (also where another
  // process has the folder), DiskFull.
  static Result<std::unique_ptr<SegmentLog>> open(const LogConfig& config, const OnFrame& on_frame);
  virtual ~SegmentLog() = default;

  // Any thread; durable when it returns, calls of several threads share one fdatasync.
  // LimitReached above segment_bytes / 4. After DiskFull or StoreFailed the frame is not in the
  // log, its number is given to another one, and later calls work again when the disk does.
  virtual Result<uint64_t> append(uint32_t kind, std::string_view bytes) = 0;
  // Frames up to this number are no longer needed: their segments are recycled.
  virtual Result<void> forget_up_to(uint64_t number) = 0;
  virtual uint64_t last_number() const = 0;
  virtual int64_t bytes_on_disk() const = 0;
};

}  // namespace anlan::history
