// anlan backup, restore, keys, diagnostics: what whoever runs the machine does to it.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <print>

#include "api/api.h"
#include "app/backup.h"
#include "app/backup_files.h"
#include "app/commands.h"
#include "app/log_file.h"
#include "core/text.h"
#include "core/zip.h"

namespace anlan::app {
namespace {

constexpr std::size_t kPassphraseBytesMax = 1'000;
constexpr std::size_t kPassphraseCharsMin = 12;
constexpr std::size_t kHeadBytesMax = 64 << 10;
constexpr std::size_t kLogLines = 2'000;

void tell(Text text, std::initializer_list<std::string_view> places) {
  std::println("{}", say(text, terminal_language(), places));
}

Result<std::string> passphrase_of(const Words& words) {
  if (!words.has("--passphrase-file")) return std::string();
  std::string text = TRY(read_whole(words.one("--passphrase-file", ""), kPassphraseBytesMax));
  std::string passphrase(trim(text));
  if (count_chars(passphrase) >= kPassphraseCharsMin) return passphrase;
  return refuse(ErrorCode::WeakPassword, "a passphrase has at least 12 characters");
}

Result<void> run_backup(const engine::Config& config, const Words& words, std::size_t keep) {
  std::string passphrase = TRY(passphrase_of(words));
  BackupWish wish{.data = config.store.folder,
                  .database = config.store.database,
                  .into = words.plain[0],
                  .passphrase = std::move(passphrase),
                  .keep = keep,
                  .clock = config.store.clock,
                  .random = config.store.random};
  BackupDone done = TRY(make_backup(wish));
  tell(Text::BackupDone, {done.folder, std::to_string(done.log_size), std::to_string(done.files),
                          std::to_string(done.bytes)});
  if (!done.has_secrets)
    std::println(stderr, "{}", say(Text::BackupNoSecrets, terminal_language()));
  return {};
}

Result<void> run_restore(const engine::Config& config, const Words& words) {
  std::string passphrase = TRY(passphrase_of(words));
  RestoreWish wish{.from = words.plain[0],
                   .data = config.store.folder,
                   .database = config.store.database,
                   .passphrase = std::move(passphrase)};
  if (words.has("--head")) {
    std::string text = TRY(read_whole(words.one("--head", ""), kHeadBytesMax));
    wish.known_head = TRY(parse_json(text));
  }
  RestoreDone done = TRY(restore_backup(wish));
  tell(Text::RestoreDone, {wish.data, std::to_string(done.log_size)});
  if (!done.has_secrets)
    std::println(stderr, "{}", say(Text::RestoreNoSecrets, terminal_language()));
  return {};
}

Result<void> show_keys(store::Database& database) {
  auto view = TRY(database.snapshot());
  Json keys = TRY(database.ledger().keys(*view));
  for (const Json& key : keys.as_array()) {
    tell(Text::KeyLine, {key.text_or("id", ""), key.text_or("created_at", ""),
                         key.text_or("retired_at", "-"), key.text_or("gap", "")});
  }
  return {};
}

Result<void> run_keys(const engine::Config& config, const Words& words) {
  std::error_code error;
  if (!std::filesystem::is_directory(config.store.folder, error)) {
    return refuse(ErrorCode::NotFound, config.store.folder);
  }
  auto database = TRY(store::Database::open(config.store));
  if (words.plain[0] == "rotate") TRY(database->ledger().rotate_key());
  if (words.plain[0] == "lost") {
    TRY(database->ledger().lose_key(words.one("--reason", "")));
    std::println(stderr, "{}", say(Text::KeyLost, terminal_language()));
  }
  // The first head of a new key is kept from its first moment.
  if (words.plain[0] != "list") TRY(database->ledger().sign_head());
  return show_keys(*database);
}

// Without a server: what the folder tells. With one, GET /api/diagnostics.zip knows more.
Result<void> run_diagnostics(const engine::Config& config, const std::string& file) {
  auto packs = TRY(engine::load_packs(config.pack_folders));
  Json ids = Json::array();
  for (const std::string& id : packs.ids) ids.push(id);
  bool is_sqlite = config.store.database.starts_with("sqlite:");
  Json about = Json::object({{"version", api::kVersion},
                             {"made_at", format_instant(config.store.clock.now())},
                             {"database", is_sqlite ? "sqlite" : "postgres"},
                             {"packs", std::move(ids)},
                             {"time", engine::time_source()}});
  std::string log = LogFile::tail_of(config.store.folder + "/log", kLogLines);
  std::string zip = zip_of({{"about.json", write_json_pretty(about) + "\n"}, {"log.jsonl", log}});
  return write_whole(file, zip);
}

int ended(const Result<void>& done) { return done ? 0 : tell_failure(done.error()); }

}  // namespace

Exit backup(const Words& words) {
  if (words.plain.size() != 1) return std::unexpected(Misuse{Text::WrongWords, "backup"});
  int64_t keep = TRY(whole_number(words.one("--keep", "0")));
  engine::Config config = TRY(engine_config(words));
  return ended(run_backup(config, words, static_cast<std::size_t>(keep)));
}

Exit restore(const Words& words) {
  bool is_good = words.plain.size() == 1 && words.has("--data");
  if (!is_good) return std::unexpected(Misuse{Text::WrongWords, "restore"});
  engine::Config config = TRY(engine_config(words));
  return ended(run_restore(config, words));
}

Exit keys(const Words& words) {
  std::string what = words.plain.size() == 1 ? words.plain[0] : "";
  bool is_good = what == "list" || what == "rotate" || (what == "lost" && words.has("--reason"));
  if (!is_good) return std::unexpected(Misuse{Text::WrongWords, "keys"});
  engine::Config config = TRY(engine_config(words));
  return ended(run_keys(config, words));
}

Exit diagnostics(const Words& words) {
  if (words.plain.size() != 1) return std::unexpected(Misuse{Text::WrongWords, "diagnostics"});
  engine::Config config = TRY(engine_config(words));
  return ended(run_diagnostics(config, words.plain[0]));
}

}  // namespace anlan::app
