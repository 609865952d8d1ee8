#include "history/segment_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <format>

#include "core/log.h"
#include "history/log_frame.h"

namespace anlan::history {
namespace {

constexpr std::size_t kFreeSegmentsMax = 2;  // more are given back to the disk
constexpr std::string_view kPrefix = "segment-";
constexpr std::string_view kSuffix = ".log";

// The number in a file's name, 0 for other files.
uint64_t file_number(const std::filesystem::path& path) {
  std::string name = path.filename().string();
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return 0;
  uint64_t number = 0;
  const char* end = name.data() + name.size() - kSuffix.size();
  auto read = std::from_chars(name.data() + kPrefix.size(), end, number);
  return read.ptr == end && read.ec == std::errc{} ? number : 0;
}

// Calls `tell` with each frame from the beginning to the first one that is bad or does not follow;
// an old frame of a recycled segment never follows. Answers where it stopped.
template <class Tell>
Result<std::size_t> walk(std::string_view bytes, Tell tell) {
  std::size_t offset = 0;
  uint64_t before = 0;
  while (auto frame = read_frame(bytes.substr(offset))) {
    if (before != 0 && frame->number != before + 1) break;
    before = frame->number;
    TRY(tell(*frame));
    offset += kFrameHeaderBytes + frame->bytes.size();
  }
  return offset;
}

}  // namespace

Result<SegmentFolder> SegmentFolder::open(const LogConfig& config,
                                          const SegmentLog::OnFrame& on_frame) {
  SegmentFolder folder(config);
  std::error_code error;
  std::filesystem::create_directories(config.folder, error);
  if (error) return disk_failed("making the folder", config.folder, error.value());
  TRY(folder.lock());
  TRY(folder.scan(on_frame));
  if (folder.live_.empty() || folder.live_.back().last != folder.last_number_) {
    TRY(folder.next());
  } else {
    TRY(folder.clear_tail());
  }
  return folder;
}

Result<void> SegmentFolder::lock() {
  lock_ = File(::open(config_.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (lock_.fd() < 0) return disk_failed("opening", config_.folder, errno);
  if (::flock(lock_.fd(), LOCK_EX | LOCK_NB) == 0) return {};
  return refuse(ErrorCode::StoreFailed, "another process has the log " + config_.folder);
}

Result<std::vector<std::filesystem::path>> SegmentFolder::paths() {
  std::vector<std::filesystem::path> paths;
  std::error_code error;
  std::filesystem::directory_iterator entry(config_.folder, error);
  while (!error && entry != std::filesystem::directory_iterator()) {
    if (file_number(entry->path()) != 0) paths.push_back(entry->path());
    entry.increment(error);
  }
  if (error) return disk_failed("listing", config_.folder, error.value());
  return paths;
}

Result<void> SegmentFolder::scan(const SegmentLog::OnFrame& on_frame) {
  last_number_ = config_.forgotten;
  auto found = TRY(paths());
  for (const auto& path : found) {
    next_file_ = std::max(next_file_, file_number(path) + 1);
    Segment segment{.file = File(::open(path.c_str(), O_RDWR | O_CLOEXEC)), .path = path};
    if (segment.file.fd() < 0) return disk_failed("opening", path, errno);
    std::string bytes = TRY(read_all(segment.file, path));
    segment.size = static_cast<int64_t>(bytes.size());
    auto end = walk(bytes, [&](const Frame& frame) -> Result<void> {
      if (segment.last == 0) segment.first = frame.number;
      segment.last = frame.number;
      return {};
    });
    segment.used = static_cast<int64_t>(*end);
    live_.push_back(std::move(segment));
  }
  std::ranges::sort(live_, {}, &Segment::first);
  // Nothing stands in them that anybody needs, and nothing may be found in them later.
  for (const Segment& segment : live_) {
    bool is_needed = segment.last > config_.forgotten;
    if (!is_needed && ::unlink(segment.path.c_str()) != 0)
      return disk_failed("removing", segment.path, errno);
  }
  std::erase_if(live_, [&](const Segment& s) { return s.last <= config_.forgotten; });
  for (const Segment& segment : live_) {
    if (segment.first > last_number_ + 1 && last_number_ != 0) {
      log(LogLevel::Error, "the segment log has a gap",
          Json::object({{"after", static_cast<int64_t>(last_number_)},
                        {"next", static_cast<int64_t>(segment.first)}}));
    }
    std::string bytes = TRY(read_all(segment.file, segment.path));
    TRY(walk(bytes, [&](const Frame& frame) -> Result<void> {
      if (frame.number <= last_number_) return {};
      last_number_ = frame.number;
      return on_frame(frame);
    }));
  }
  return config_.sync ? sync_folder(config_.folder) : Result<void>{};
}

// What a crash left half written must not follow a frame that is written in its place.
Result<void> SegmentFolder::clear_tail() {
  Segment& segment = current();
  std::string zeros(static_cast<std::size_t>(segment.size - segment.used), '\0');
  TRY(write_at(segment.file, zeros, segment.used, segment.path));
  return config_.sync ? sync_data(segment.file, segment.path) : Result<void>{};
}

Result<Segment> SegmentFolder::make() {
  std::filesystem::path path = std::filesystem::path(config_.folder) /
                               std::format("{}{:08}{}", kPrefix, next_file_, kSuffix);
  Segment segment{.file = File(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644)),
                  .path = path,
                  .size = config_.segment_bytes};
  if (segment.file.fd() < 0) return disk_failed("making", path, errno);
  int reason = ::posix_fallocate(segment.file.fd(), 0, segment.size);
  if (reason == 0 && config_.sync && ::fsync(segment.file.fd()) != 0) reason = errno;
  auto is_kept = config_.sync && reason == 0 ? sync_folder(config_.folder) : Result<void>{};
  if (reason == 0 && is_kept) {
    ++next_file_;
    return segment;
  }
  ::unlink(path.c_str());
  if (!is_kept) return std::unexpected(is_kept.error());
  return disk_failed("allocating", path, reason);
}

Result<void> SegmentFolder::next() {
  if (free_.empty()) {
    Segment made = TRY(make());
    free_.push_back(std::move(made));
  }
  live_.push_back(std::move(free_.front()));
  free_.erase(free_.begin());
  current().used = 0;
  current().first = current().last = 0;
  return {};
}

Result<void> SegmentFolder::forget_up_to(uint64_t number) {
  // Oldest first, so that what is told again to an owner without a mark has no gap.
  while (live_.size() > 1 && live_.front().last <= number) {
    free_.push_back(std::move(live_.front()));
    live_.erase(live_.begin());
  }
  while (free_.size() > kFreeSegmentsMax) {
    if (::unlink(free_.front().path.c_str()) != 0)
      return disk_failed("removing", free_.front().path, errno);
    free_.erase(free_.begin());
  }
  return {};
}

int64_t SegmentFolder::bytes_on_disk() const {
  int64_t bytes = 0;
  for (const Segment& segment : live_) bytes += segment.size;
  for (const Segment& segment : free_) bytes += segment.size;
  return bytes;
}

}  // namespace anlan::history
