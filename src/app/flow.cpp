// anlan flow lint FILE: the same findings as a deployment and the designer.
// anlan flow simulate FILE: what the changed flow would have made of past cases, as JSON; how many
// went elsewhere on standard error.

#include <cstdio>
#include <filesystem>
#include <print>

#include "app/backup_files.h"
#include "app/commands.h"
#include "core/limits.h"
#include "engine/flow_trial.h"
#include "flow/findings.h"

namespace anlan::app {
namespace {

constexpr int kElsewhere = 1;  // the exit code: a script sees it

Result<int> lint(const std::string& file) {
  std::string xml = TRY(read_whole(file, limits::kXmlBytesMax));
  std::vector<flow::ToldFinding> findings = flow::lint_told(xml);
  std::string lang = terminal_language();
  for (const flow::ToldFinding& finding : findings) {
    std::println("{}: {}", finding.element_id, finding.text.in(lang));
  }
  if (findings.empty()) std::println("{}", say(Text::FlowFine, lang));
  return findings.empty() ? 0 : 1;
}

Result<int> simulate(const engine::Config& config, const Words& words, std::size_t count) {
  std::error_code error;
  if (!std::filesystem::is_directory(config.store.folder, error)) {
    return refuse(ErrorCode::NotFound, config.store.folder);
  }
  engine::TrialWish wish{.xml = TRY(read_whole(words.plain[1], limits::kXmlBytesMax)),
                         .count = count};
  if (words.has("--from")) {
    wish.from = TRY(parse_instant(words.one("--from", "") + "T00:00:00" + config.time_zone_offset));
  }
  auto packs = TRY(engine::load_packs(config.pack_folders));
  auto database = TRY(store::Database::open(config.store));
  Json answer = TRY(engine::try_flow(*database, std::move(packs), config.store, wish));
  std::println("{}", write_json_pretty(answer));
  std::size_t elsewhere = answer["elsewhere"].as_array().size();
  std::println(stderr, "{}",
               say(Text::FlowTried, terminal_language(),
                   {std::to_string(answer.int_or("cases", 0)), std::to_string(elsewhere),
                    std::to_string(answer["not_tried"].as_array().size())}));
  return elsewhere == 0 ? 0 : kElsewhere;
}

int ended(const Result<int>& done) { return done ? *done : tell_failure(done.error()); }

}  // namespace

Exit flow(const Words& words) {
  std::string what = words.plain.size() == 2 ? words.plain[0] : "";
  if (what == "lint") return ended(lint(words.plain[1]));
  if (what != "simulate") return std::unexpected(Misuse{Text::WrongWords, "flow"});
  int64_t count = TRY(whole_number(words.one("--count", "200")));
  engine::Config config = TRY(engine_config(words));
  return ended(simulate(config, words, static_cast<std::size_t>(count)));
}

}  // namespace anlan::app
