#include "core/log.h"

#include <cstdio>
#include <mutex>

#include "core/time.h"

namespace anlan {
namespace {

struct Sink {
  std::mutex mutex;
  LogSink call = [](LogLevel, std::string_view line) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
  };
};

Sink& sink() {
  static Sink the_sink;  // the one global: a process has one standard error
  return the_sink;
}

std::string_view level_text(LogLevel level) {
  if (level == LogLevel::Error) return "error";
  return level == LogLevel::Warning ? "warning" : "info";
}

}  // namespace

void log(LogLevel level, std::string_view what, Json more) {
  Json line = Json::object({{"at", format_instant(system_clock_of_machine().now())},
                            {"level", level_text(level)},
                            {"what", what}});
  if (more.is_object()) {
    for (Json::Member& member : more.as_object()) line.set(member.first, std::move(member.second));
  }
  std::string text = write_json(line);
  std::lock_guard lock(sink().mutex);
  sink().call(level, text);
}

LogSink set_log_sink(LogSink next) {
  std::lock_guard lock(sink().mutex);
  std::swap(sink().call, next);
  return next;
}

}  // namespace anlan
