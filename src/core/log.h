#pragma once
// One line of JSON per event on standard error. An error-level line in a test that did not expect
// it fails the test: sinks are replaceable for that.

#include <functional>
#include <string>
#include <string_view>

#include "core/json.h"

namespace anlan {

enum class LogLevel { Info, Warning, Error };
using LogSink = std::function<void(LogLevel, std::string_view line)>;

// `what` is a short stable English phrase; details go into `more`. Never put personal data there.
void log(LogLevel level, std::string_view what, Json more = {});
// Returns the sink before. Thread-safe; the sink is called under a lock.
LogSink set_log_sink(LogSink sink);

}  // namespace anlan
