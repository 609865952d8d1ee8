#include "app/log_file.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <vector>

namespace anlan::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kWaitingMax = 64 << 10;
constexpr std::size_t kTailBytesMax = 8 << 20;

// 0 is the one that is written.
std::string path_of(const std::string& folder, int number) {
  return folder + (number == 0 ? "/anlan.jsonl" : "/anlan." + std::to_string(number) + ".jsonl");
}

std::string end_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  auto size = static_cast<int64_t>(in.tellg());
  if (!in || size <= 0) return {};
  int64_t from = std::max<int64_t>(0, size - static_cast<int64_t>(kTailBytesMax));
  std::string bytes(static_cast<std::size_t>(size - from), '\0');
  in.seekg(from);
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return bytes;
}

}  // namespace

LogFile::~LogFile() {
  std::lock_guard lock(mutex_);
  flush();
  if (file_ != nullptr) std::fclose(file_);
}

void LogFile::event(std::string_view line) { add(line, true); }
void LogFile::request(std::string_view line) { add(line, false); }

void LogFile::add(std::string_view line, bool is_urgent) {
  std::lock_guard lock(mutex_);
  waiting_.append(line).push_back('\n');
  Instant now = steady_.now();
  bool is_due = waiting_.size() >= kWaitingMax || now - flushed_at_ >= rules_.flush_every;
  if (!is_urgent && !is_due) return;
  flushed_at_ = now;
  flush();
}

void LogFile::flush() {
  if (waiting_.empty()) return;
  if (file_ == nullptr || size_ >= rules_.bytes_max) turn_over();
  if (file_ != nullptr) {
    std::size_t written = std::fwrite(waiting_.data(), 1, waiting_.size(), file_);
    size_ += written;
  }
  waiting_.clear();
}

// Opens the newest file; one that is full moves down the row first, and the last one goes.
void LogFile::turn_over() {
  if (file_ != nullptr) std::fclose(file_);
  std::error_code ignored;
  fs::create_directories(rules_.folder, ignored);
  std::string path = path_of(rules_.folder, 0);
  auto there = fs::file_size(path, ignored);
  size_ = ignored ? 0 : static_cast<std::size_t>(there);
  if (size_ >= rules_.bytes_max) {
    for (int i = rules_.files_max - 1; i > 0; --i) {
      fs::rename(path_of(rules_.folder, i - 1), path_of(rules_.folder, i), ignored);
    }
    size_ = 0;
  }
  file_ = std::fopen(path.c_str(), "ae");
  if (file_ == nullptr) return;
  ::chmod(path.c_str(), 0640);
  // We buffer ourselves: what is written is handed to the kernel at once.
  std::setvbuf(file_, nullptr, _IONBF, 0);
}

std::string LogFile::tail(std::size_t lines) {
  {
    std::lock_guard lock(mutex_);
    flush();
  }
  return tail_of(rules_.folder, lines);
}

std::string LogFile::tail_of(const std::string& folder, std::size_t lines) {
  std::string text = end_of_file(path_of(folder, 1)) + end_of_file(path_of(folder, 0));
  std::size_t from = text.size();
  for (std::size_t seen = 0; from > 0; --from) {
    if (text[from - 1] == '\n' && seen++ == lines) break;
  }
  return text.substr(from);
}

}  // namespace anlan::app
