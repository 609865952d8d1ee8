#pragma once
// The log in files: JSON lines, turned over by size. A disk that is full loses lines, never a
// request.

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"

namespace anlan::app {

class LogFile {
 public:
  struct Rules {
    std::string folder;
    std::size_t bytes_max = 8 << 20;  // of one file
    int files_max = 8;                // the newest among them
    Duration flush_every = Duration::seconds(1);
  };

  LogFile(Rules rules, Clock& steady) : rules_(std::move(rules)), steady_(steady) {}
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  // Any thread.
  void event(std::string_view line);    // on the disk at once
  void request(std::string_view line);  // with the next second
  std::string tail(std::size_t lines);  // of the files, oldest first

  static std::string tail_of(const std::string& folder, std::size_t lines);

 private:
  void add(std::string_view line, bool is_urgent);
  void flush();
  void turn_over();

  Rules rules_;
  Clock& steady_;
  std::mutex mutex_;
  std::string waiting_;
  Instant flushed_at_{};
  std::FILE* file_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace anlan::app
