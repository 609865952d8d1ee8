// anlan diode-send: the sending side of a one-way link, until a signal comes.

#include <sys/stat.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <print>

#include "app/commands.h"
#include "app/until_signal.h"
#include "connect/connect.h"
#include "core/json.h"

namespace anlan::app {
namespace {

constexpr std::size_t kConfigBytesMax = 64 << 20;  // 200,000 tags

// It holds the key: open to its owner only.
Result<Json> config_of(const std::string& path) {
  struct stat about{};
  if (::stat(path.c_str(), &about) != 0) return refuse(ErrorCode::NotFound, path);
  if ((about.st_mode & 077) != 0) {
    return refuse(ErrorCode::Forbidden, path + " is open to others: chmod 600");
  }
  std::ifstream file(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  if (!file) return refuse(ErrorCode::NotFound, path);
  return parse_json(bytes, kConfigBytesMax);
}

}  // namespace

Exit diode_send(const Words& words) {
  if (words.plain.size() != 1) return std::unexpected(Misuse{Text::WrongWords, "diode-send"});
  Result<Json> config = config_of(words.plain.front());
  if (!config) return tell_failure(config.error());
  UntilSignal signal;
  auto tell = [] {
    std::println("{}", say(Text::DiodeReady, terminal_language(), {}));
    std::fflush(stdout);
  };
  Result<void> done = connect::run_diode_sender(
      *config, system_clock_of_machine(), [&] { return signal.has_come(); }, tell);
  return done ? 0 : tell_failure(done.error());
}

}  // namespace anlan::app
