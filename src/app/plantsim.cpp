// anlan plantsim: the demo plant as a program of its own, until a signal comes.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <print>

#include "app/commands.h"
#include "app/until_signal.h"
#include "connect/connect.h"
#include "twin/twin.h"

namespace anlan::app {
namespace {

constexpr std::string_view kUsualLeak = "GAS-2107";

std::expected<int64_t, Misuse> number_of(const Words& words, std::string_view name, int64_t other,
                                         int64_t most) {
  if (!words.has(name)) return other;
  std::string text = words.one(name, "");
  int64_t number = TRY(whole_number(text));
  if (number <= most) return number;
  return std::unexpected(Misuse{Text::BadNumber, text});
}

// "leak", "leak:NH3-6031", "seal_failure", "stuck:TI-2011", "link_loss:opcua", "gps_loss:V-0001": a
// command's words.
Json script_of(const Words& words) {
  std::string script = words.one("--script", "");
  if (script.empty()) return {};
  std::size_t colon = script.find(':');
  std::string name = script.substr(0, colon);
  std::string of = colon == std::string::npos ? "" : script.substr(colon + 1);
  if (name == "leak") return Json::object({{"leak", of.empty() ? std::string(kUsualLeak) : of}});
  return Json::object({{"fault", name}, {"tag", of}, {"wire", of}, {"badge", of}});
}

Result<std::string> text_of(const std::string& path) {
  if (path.empty()) return "";
  std::ifstream file(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  if (!file) return refuse(ErrorCode::NotFound, path);
  return bytes;
}

// The plan of the demo plant where nobody names another; without any, people walk straight lines.
Result<Json> plan_of(const Words& words) {
  std::string path = words.one("--plan", "packs/plant/plan/plant.geojson");
  if (!words.has("--plan") && !std::filesystem::exists(path)) return Json();
  std::ifstream file(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  if (!file) return refuse(ErrorCode::NotFound, path);
  return parse_json(bytes, twin::kPlanBytesMax);
}

// "B-0003=168,312": the badge stays there.
std::expected<std::pair<std::string, twin::Point>, Misuse> post_of(const std::string& word) {
  std::size_t equal = word.find('=');
  std::size_t comma = word.find(',');
  if (equal == std::string::npos || comma == std::string::npos || comma < equal) {
    return std::unexpected(Misuse{Text::WrongWords, "plantsim"});
  }
  auto x = TRY(whole_number(word.substr(equal + 1, comma - equal - 1)));
  auto y = TRY(whole_number(word.substr(comma + 1)));
  return std::pair(word.substr(0, equal),
                   twin::Point{static_cast<double>(x), static_cast<double>(y)});
}

}  // namespace

Exit plantsim(const Words& words) {
  if (!words.plain.empty()) return std::unexpected(Misuse{Text::WrongWords, "plantsim"});
  connect::SimConfig config{.clock = system_clock_of_machine()};
  config.modbus_port =
      static_cast<uint16_t>(TRY(number_of(words, "--modbus-port", config.modbus_port, 65535)));
  config.mqtt_port =
      static_cast<uint16_t>(TRY(number_of(words, "--mqtt-port", config.mqtt_port, 65535)));
  config.opcua_port = static_cast<uint16_t>(TRY(number_of(words, "--opcua-port", 14840, 65535)));
  config.people = static_cast<int>(TRY(number_of(words, "--people", config.people, 5000)));
  config.vehicles = static_cast<int>(TRY(number_of(words, "--vehicles", 6, 200)));
  config.seed = static_cast<uint64_t>(TRY(number_of(words, "--seed", 7, INT64_MAX)));
  config.script = script_of(words);
  Result<std::string> recording = text_of(words.one("--replay", ""));
  if (!recording) return tell_failure(recording.error());
  config.recording = *std::move(recording);
  config.replay_speed = static_cast<double>(TRY(number_of(words, "--replay-speed", 1, 1'000'000)));
  for (const std::string& word : words.all("--post")) {
    auto post = TRY(post_of(word));
    config.posts.insert(std::move(post));
  }
  Result<Json> plan = plan_of(words);
  if (!plan) return tell_failure(plan.error());
  config.plan = *std::move(plan);
  UntilSignal signal;
  auto tell = [&](uint16_t port) {
    std::println("{}", say(Text::PlantReady, terminal_language(),
                           {std::to_string(port), std::to_string(config.mqtt_port),
                            std::to_string(config.opcua_port)}));
    std::fflush(stdout);
  };
  Result<void> done = connect::run_plant_sim(config, [&] { return signal.has_come(); }, tell);
  return done ? 0 : tell_failure(done.error());
}

}  // namespace anlan::app
