#include "app/app.h"

#include <algorithm>
#include <cstdio>
#include <print>

#include "api/api.h"
#include "app/commands.h"

namespace anlan::app {
namespace {

constexpr OptionKind kServeOptions[] = {
    {"--port"},
    {"--http-port"},
    {"--data"},
    {"--database"},
    {"--empty", false},
    {"--bench", false},
    {"--http", false},
    {"--web"},
    {"--packs", true, true},
    {"--head-folder", true, true},
    {"--host", true, true},
    {"--source", true, true},
    {"--robot", true, true},
    {"--second-factor", true, true},
    {"--oidc"},
    {"--personal-views", false},
};
constexpr OptionKind kPlantOptions[] = {
    {"--modbus-port"}, {"--mqtt-port"}, {"--opcua-port"}, {"--people"},           {"--seed"},
    {"--vehicles"},    {"--plan"},      {"--script"},     {"--post", true, true}, {"--replay"},
    {"--replay-speed"}};
constexpr OptionKind kWatchOptions[] = {
    {"--url"}, {"--ca", true, true}, {"--sound", true, true}, {"--every"}, {"--after"}};
constexpr OptionKind kBackupOptions[] = {
    {"--data"}, {"--database"}, {"--packs"}, {"--keep"}, {"--passphrase-file"}};
constexpr OptionKind kRestoreOptions[] = {
    {"--data"}, {"--database"}, {"--packs"}, {"--head"}, {"--passphrase-file"}};
constexpr OptionKind kTckOptions[] = {{"--csv"}};
constexpr OptionKind kFlowOptions[] = {
    {"--data"}, {"--database"}, {"--packs", true, true}, {"--from"}, {"--count"}};
constexpr OptionKind kKeyOptions[] = {{"--data"}, {"--database"}, {"--packs"}, {"--reason"}};
constexpr OptionKind kVerifyOptions[] = {
    {"--data"}, {"--database"}, {"--packs"}, {"--leaves", false}};
constexpr OptionKind kSchemaOptions[] = {{"--data"}, {"--database"}, {"--packs"}};
constexpr OptionKind kBiOptions[] = {{"--role"}};
constexpr OptionKind kDataOptions[] = {{"--data"}, {"--database"}, {"--packs"}, {"--out"}};

struct Command {
  std::string_view name;
  std::string_view words;
  Text help;
  Exit (*run)(const Words&);
  std::span<const OptionKind> options;
};

Exit version(const Words& words) {
  if (!words.plain.empty()) return std::unexpected(Misuse{Text::WrongWords, "version"});
  std::println("anlan {}", api::kVersion);
  return 0;
}

Exit help(const Words&);

constexpr Command kCommands[] = {
    {"serve",
     "[--port N] [--http-port N] [--data DIR] [--database sqlite|postgres:CONNINFO] [--empty]\n"
     "                       [--http] [--bench] [--web DIR] [--packs DIR]... [--head-folder "
     "DIR]... "
     "[--host NAME]...\n"
     "                       [--source CODE=HOST:PORT]... [--robot wecom=URL|dingtalk=URL#SECRET]"
     "...\n"
     "                       [--second-factor ROLE]... [--oidc FILE]",
     Text::ServeHelp, &serve, kServeOptions},
    {"plantsim",
     "[--modbus-port N] [--mqtt-port N] [--opcua-port N] [--people N] [--seed N]\n"
     "                       [--plan FILE] [--script leak|leak:DETECTOR|FAULT[:TAG]]\n"
     "                       [--vehicles 6] [--replay TABLE] [--replay-speed N]",
     Text::PlantHelp, &plantsim, kPlantOptions},
    {"diode-send", "CONFIG.json", Text::DiodeHelp, &diode_send, {}},
    {"watchdog",
     "[--url https://127.0.0.1:8443] [--ca FILE]... [--every 2] [--after 8]\n"
     "                       [--sound PROGRAM [--sound WORD]...]",
     Text::WatchHelp, &watchdog, kWatchOptions},
    {"dmn-tck", "FOLDER [--csv FILE]", Text::TckHelp, &dmn_tck, kTckOptions},
    {"flow",
     "lint FILE.bpmn | simulate FILE.bpmn [--from 2026-01-31] [--count 200] [--data DIR] "
     "[--database ...]",
     Text::FlowHelp, &flow, kFlowOptions},
    {"proof", "record FORM ID | head | consistency FROM TO  [--data DIR] [--out FILE]",
     Text::ProofHelp, &proof, kDataOptions},
    {"verify", "[--data DIR] [--database ...] [--packs DIR] [--leaves]", Text::VerifyHelp, &verify,
     kVerifyOptions},
    {"backup", "FOLDER [--data DIR] [--database ...] [--keep N] [--passphrase-file FILE]",
     Text::BackupHelp, &backup, kBackupOptions},
    {"restore", "BACKUP --data DIR [--database ...] [--passphrase-file FILE] [--head FILE]",
     Text::RestoreHelp, &restore, kRestoreOptions},
    {"keys", "list | rotate | lost --reason TEXT  [--data DIR] [--database ...]", Text::KeysHelp,
     &keys, kKeyOptions},
    {"diagnostics", "FILE.zip [--data DIR] [--packs DIR]", Text::DiagnosticsHelp, &diagnostics,
     kDataOptions},
    {"schema",
     "list | promote FORM FIELD | refused FORM FIELD | clear FORM COLUMN  [--data DIR]\n"
     "                       [--database ...]",
     Text::SchemaHelp, &schema, kSchemaOptions},
    {"bi", "[--role NAME]", Text::BiHelp, &bi, kBiOptions},
    {"policy", "diff OLD NEW (folders of packs)", Text::PolicyHelp, &policy, {}},
    {"version", "", Text::VersionHelp, &version, {}},
    {"help", "", Text::HelpHelp, &help, {}},
};

void print_help(std::FILE* to) {
  std::string language = terminal_language();
  std::println(to, "{}\n", say(Text::Usage, language));
  for (const Command& command : kCommands) {
    std::println(to, "  {:<11} {}\n              {}", command.name, say(command.help, language),
                 command.words);
  }
}

Exit help(const Words&) {
  print_help(stdout);
  return 0;
}

int misused(const Misuse& misuse) {
  std::println(stderr, "anlan: {}\n",
               say(misuse.text, terminal_language(), {misuse.first, misuse.second}));
  print_help(stderr);
  return 2;
}

}  // namespace

std::expected<int64_t, Misuse> whole_number(const std::string& text) {
  std::optional<int64_t> value = Json(Json::Number{text}).as_int64();
  if (!value || *value < 0) return std::unexpected(Misuse{Text::BadNumber, text});
  return *value;
}

int tell_failure(const Error& error) {
  const ErrorText& text = error_text(error.code);
  bool is_chinese = terminal_language() == "zh";
  std::println(
      stderr, "anlan: {}",
      say(Text::Failed, terminal_language(), {is_chinese ? text.zh : text.en, error.detail}));
  return 1;
}

std::expected<engine::Config, Misuse> engine_config(const Words& words) {
  std::string folder = words.one("--data", "data");
  std::string database = words.one("--database", "sqlite");
  if (database == "sqlite") database = "sqlite:" + folder + "/anlan.db";
  else if (!database.starts_with("postgres:")) {
    return std::unexpected(Misuse{Text::BadDatabase, database});
  }
  std::vector<std::string> packs = words.all("--packs");
  if (packs.empty()) packs.emplace_back("packs");
  return engine::Config{.store = {.database = database,
                                  .folder = folder,
                                  .head_folders = words.all("--head-folder"),
                                  .plant = "anlan",
                                  .clock = system_clock_of_machine(),
                                  .random = random_of_machine()},
                        .pack_folders = std::move(packs)};
}

int run_words(const std::vector<std::string>& words) {
  if (words.empty()) return misused({.text = Text::NoCommand});
  std::string name = words.front() == "--help" || words.front() == "-h" ? "help" : words.front();
  if (name == "--version") name = "version";
  auto command = std::ranges::find(kCommands, name, &Command::name);
  if (command == std::end(kCommands)) return misused({Text::UnknownCommand, name});
  auto read = read_words(name, std::span(words).subspan(1), command->options);
  Exit exit = read ? command->run(*read) : std::unexpected(read.error());
  return exit ? *exit : misused(exit.error());
}

}  // namespace anlan::app
