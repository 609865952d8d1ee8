#pragma once
// The segment files of one log: found, made, recycled, removed. Knows which numbers stand in which
// file, but writes no frames. One thread at a time. Inside the room only.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "history/disk.h"
#include "history/segment_log.h"

namespace anlan::history {

struct Segment {
  File file;
  std::filesystem::path path;
  int64_t size = 0;  // preallocated
  int64_t used = 0;  // bytes of good frames
  uint64_t first = 0;
  uint64_t last = 0;  // 0: holds no frame yet
};

class SegmentFolder {
 public:
  // Tells the good frames above config.forgotten and leaves live() with the segments that hold them
  // and, last, the one to go on in; nothing but zeros stands behind its frames.
  static Result<SegmentFolder> open(const LogConfig& config, const SegmentLog::OnFrame& on_frame);

  Segment& current() { return live_.back(); }
  // Goes on in a recycled or new segment.
  Result<void> next();
  Result<void> forget_up_to(uint64_t number);
  uint64_t last_number() const { return last_number_; }
  void set_last_number(uint64_t number) { last_number_ = number; }
  int64_t bytes_on_disk() const;

 private:
  explicit SegmentFolder(const LogConfig& config) : config_(config) {}
  Result<void> lock();
  Result<std::vector<std::filesystem::path>> paths();
  Result<void> scan(const SegmentLog::OnFrame& on_frame);
  Result<void> clear_tail();
  Result<Segment> make();

  LogConfig config_;
  File lock_;
  std::vector<Segment> live_;  // in order of their numbers
  std::vector<Segment> free_;
  uint64_t last_number_ = 0;
  uint64_t next_file_ = 1;
};

}  // namespace anlan::history
