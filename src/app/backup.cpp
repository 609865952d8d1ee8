#include "app/backup.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "api/api.h"
#include "app/backup_files.h"
#include "core/text.h"
#include "store/store.h"

namespace anlan::app {
namespace {

namespace fs = std::filesystem;

// On disk. Never rename.
constexpr std::string_view kFormat = "anlan.backup/1";
constexpr std::string_view kManifest = "manifest.json";
constexpr std::string_view kDatabase = "database";
constexpr std::string_view kSecrets = "secrets.sealed";
constexpr std::string_view kPrefix = "anlan-";
constexpr std::string_view kPartial = ".partial";
constexpr std::size_t kManifestBytesMax = 512 << 20;  // two million attachments
constexpr std::size_t kSecretBytesMax = 8 << 20;

// "anlan-20260302T080000Z"
std::string name_at(Instant at) {
  std::string text = format_instant(at).substr(0, 19);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return std::string(kPrefix) + text + "Z";
}

bool is_backup_name(std::string_view name) {
  constexpr std::string_view kPattern = "anlan-00000000T000000Z";
  if (name.size() != kPattern.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    bool is_digit = name[i] >= '0' && name[i] <= '9';
    if (kPattern[i] == '0' ? !is_digit : name[i] != kPattern[i]) return false;
  }
  return true;
}

// Whole backups, oldest first.
std::vector<fs::path> backups_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    bool is_whole = is_backup_name(at->path().filename().string()) &&
                    fs::exists(at->path() / kManifest, ignored);
    if (is_whole) found.push_back(at->path());
  }
  std::ranges::sort(found);
  return found;
}

// Keys of ledger and TLS, of push, secrets of tokens and codes. What is neither this nor copied in
// its own way stays: heads are in the database, logs and half uploads are nobody's, and where
// people were is kept for half an hour and not for years.
bool is_secret(const std::string& path) {
  if (path.starts_with("keys/") || path.starts_with("tls/")) return true;
  return !path.contains('/') && (path.ends_with(".key") || path.ends_with(".secret"));
}

class Backup {
 public:
  Backup(const BackupWish& wish, fs::path folder) : wish_(wish), folder_(std::move(folder)) {}

  Result<BackupDone> run() {
    TRY(copy_log());
    TRY(copy_database());
    TRY(copy_blocks());
    TRY(copy_attachments());
    TRY(copy_secrets());
    TRY(write_manifest());
    TRY(sync_all(folder_));
    return done_;
  }

 private:
  void add(CopiedFile file, std::string path) {
    file.path = std::move(path);
    done_.bytes += file.bytes;
    ++done_.files;
    files_.push(json_of(file));
  }

  // Before the attachments: whatever its rows name was on the disk before them.
  Result<void> copy_database() {
    fs::path into = folder_ / kDatabase;
    std::error_code ignored;
    fs::create_directory(into, ignored);
    facts_ = TRY(store::copy_database(wish_.database, into.string()));
    done_.log_size = facts_.log_size;
    std::vector<std::string> made = TRY(files_under(into));
    for (const std::string& name : made) {
      CopiedFile file = TRY(hash_file(into / name));
      add(std::move(file), std::string(kDatabase) + "/" + name);
    }
    return {};
  }

  // Before the blocks, which may lie in the database: what leaves it meanwhile is in them already.
  Result<void> copy_log() {
    fs::path from = fs::path(wish_.data) / "history";
    std::error_code ignored;
    if (!fs::exists(from, ignored)) return {};
    std::vector<std::string> names = TRY(files_under(from));
    for (const std::string& name : names) {
      if (!name.ends_with(".log")) continue;
      Result<CopiedFile> file = copy_plain(from / name, folder_ / "history" / name);
      if (!file && file.error().code == ErrorCode::NotFound) continue;  // recycled
      if (!file) return std::unexpected(std::move(file).error());
      add(std::move(*file), "history/" + name);
    }
    return {};
  }

  Result<void> copy_blocks() {
    fs::path from = fs::path(wish_.data) / "history";
    std::error_code ignored;
    if (!fs::exists(from, ignored)) return {};
    std::vector<std::string> names = TRY(files_under(from));
    for (const std::string& name : names) {
      if (!name.ends_with(".db")) continue;
      fs::path into = folder_ / "history" / name;
      fs::create_directories(into.parent_path(), ignored);
      TRY(store::copy_sqlite_file((from / name).string(), into.string()));
      CopiedFile file = TRY(hash_file(into));
      add(std::move(file), "history/" + name);
    }
    return {};
  }

  Result<void> copy_attachments() {
    fs::path from = fs::path(wish_.data) / "blobs";
    std::error_code ignored;
    if (!fs::exists(from, ignored)) return {};
    std::vector<fs::path> earlier = backups_in(wish_.into);
    std::vector<std::string> names = TRY(files_under(from));
    for (const std::string& name : names) {
      std::string sha256 = fs::path(name).filename().string();
      if (sha256.size() != 64) continue;  // still coming in
      fs::path into = folder_ / "blobs" / name;
      if (!earlier.empty() && link(earlier.back() / "blobs" / name, into)) {
        auto bytes = static_cast<int64_t>(fs::file_size(into, ignored));
        add({.bytes = bytes, .sha256 = sha256}, "blobs/" + name);
        continue;
      }
      Result<CopiedFile> file = copy_plain(from / name, into);
      if (!file && file.error().code == ErrorCode::NotFound) continue;  // dropped meanwhile
      if (!file) return std::unexpected(std::move(file).error());
      if (file->sha256 != sha256) return refuse(ErrorCode::HashMismatch, "damaged: " + name);
      add(std::move(*file), "blobs/" + name);
    }
    return {};
  }

  // An attachment never changes: the last backup's file serves this one too.
  static bool link(const fs::path& from, const fs::path& into) {
    std::error_code error;
    if (!fs::is_regular_file(from, error)) return false;
    fs::create_directories(into.parent_path(), error);
    fs::create_hard_link(from, into, error);
    return !error;
  }

  // Keys of ledger, TLS and push, the secret of tokens: one sealed file.
  Result<void> copy_secrets() {
    if (wish_.passphrase.empty()) return {};
    Json secrets = Json::object();
    std::size_t bytes = 0;
    std::vector<std::string> names = TRY(files_under(wish_.data, Odd::Skip));
    for (const std::string& name : names) {
      if (!is_secret(name)) continue;
      std::string text = TRY(read_whole(fs::path(wish_.data) / name, kSecretBytesMax));
      bytes += text.size();
      if (bytes > kSecretBytesMax) return refuse(ErrorCode::TooLarge, "secrets, at " + name);
      secrets.set(name, to_hex(text));
    }
    std::string sealed = TRY(store::seal(write_json(secrets), wish_.passphrase, wish_.random));
    TRY(write_whole(folder_ / kSecrets, sealed));
    CopiedFile file = TRY(hash_file(folder_ / kSecrets));
    add(std::move(file), std::string(kSecrets));
    done_.has_secrets = true;
    return {};
  }

  Result<void> write_manifest() {
    Json manifest = Json::object(
        {{"format", kFormat},
         {"version", api::kVersion},
         {"made_at", format_instant(wish_.clock.now())},
         {"database", Json::object({{"kind", facts_.kind}, {"log_size", facts_.log_size}})},
         {"head", facts_.head},
         {"has_secrets", done_.has_secrets},
         {"files", std::move(files_)}});
    return write_whole(folder_ / kManifest, write_json_pretty(manifest) + "\n");
  }

  const BackupWish& wish_;
  fs::path folder_;
  store::DatabaseCopy facts_;
  Json files_ = Json::array();
  BackupDone done_;
};

// Only what carries our name and is whole counts; halves of earlier tries go, too.
void forget_old(const BackupWish& wish) {
  std::error_code ignored;
  std::vector<fs::path> halves;
  for (fs::directory_iterator at(wish.into, ignored), end; !ignored && at != end;
       at.increment(ignored)) {
    std::string name = at->path().filename().string();
    bool is_half =
        name.ends_with(kPartial) && is_backup_name(name.substr(0, name.size() - kPartial.size()));
    if (is_half) halves.push_back(at->path());
  }
  for (const fs::path& half : halves) fs::remove_all(half, ignored);
  std::vector<fs::path> whole = backups_in(wish.into);
  if (wish.keep == 0 || whole.size() <= wish.keep) return;
  for (std::size_t i = 0; i < whole.size() - wish.keep; ++i) fs::remove_all(whole[i], ignored);
}

Result<Json> read_manifest(const fs::path& from) {
  std::string text = TRY(read_whole(from / kManifest, kManifestBytesMax));
  Result<Json> manifest = parse_json(text, kManifestBytesMax);
  if (!manifest || !manifest->is_object() || !(*manifest)["files"].is_array()) {
    return refuse(ErrorCode::ProofInvalid, "the manifest is damaged");
  }
  if (manifest->text_or("format", "") != kFormat) {
    return refuse(ErrorCode::ProofInvalid, "not a backup of Anlan that this version reads");
  }
  return manifest;
}

// Every file that the manifest names is there as it was, and no other.
Result<void> check_files(const fs::path& from, const Json& manifest) {
  std::set<std::string> named{std::string(kManifest)};
  for (const Json& entry : manifest["files"].as_array()) {
    std::optional<CopiedFile> wanted = copied_of(entry);
    if (!wanted) return refuse(ErrorCode::ProofInvalid, "the manifest names an odd path");
    Result<CopiedFile> there = hash_file(from / wanted->path);
    bool is_same = there && there->bytes == wanted->bytes && there->sha256 == wanted->sha256;
    if (!is_same) return refuse(ErrorCode::ProofInvalid, "damaged or missing: " + wanted->path);
    named.insert(wanted->path);
  }
  std::vector<std::string> present = TRY(files_under(from));
  for (const std::string& path : present) {
    if (!named.contains(path))
      return refuse(ErrorCode::ProofInvalid, "not of this backup: " + path);
  }
  return {};
}

Result<void> must_be_empty(const std::string& folder) {
  std::error_code error;
  if (!fs::exists(folder, error) || fs::is_empty(folder, error)) return {};
  return refuse(ErrorCode::WrongState, folder + " is not empty");
}

Result<void> put_secrets(const RestoreWish& wish, const fs::path& into) {
  std::string sealed = TRY(read_whole(fs::path(wish.from) / kSecrets, 4 * kSecretBytesMax));
  std::string text = TRY(store::unseal(sealed, wish.passphrase));
  Json secrets = TRY(parse_json(text, 4 * kSecretBytesMax));
  for (const auto& [name, hex] : secrets.as_object()) {
    Json entry = Json::object({{"path", name}, {"bytes", 0}});
    if (!copied_of(entry)) return refuse(ErrorCode::ProofInvalid, "an odd path among the secrets");
    TRY(write_whole(into / name, from_hex(hex.as_text())));
  }
  return {};
}

Result<void> put_back(const RestoreWish& wish, const Json& manifest, const fs::path& into) {
  if (!wish.passphrase.empty()) TRY(put_secrets(wish, into));
  for (const Json& entry : manifest["files"].as_array()) {
    std::string path = entry.text_or("path", "");
    bool is_plain = path.starts_with("history/") || path.starts_with("blobs/");
    if (is_plain) TRY(copy_plain(fs::path(wish.from) / path, into / path));
  }
  bool is_sqlite = manifest["database"].text_or("kind", "") == "sqlite";
  std::string database = is_sqlite ? "sqlite:" + (into / "anlan.db").string() : wish.database;
  TRY(store::put_back_database(wish.from + "/" + std::string(kDatabase), database,
                               manifest["head"]));
  if (!wish.known_head.is_null()) TRY(store::check_database(database, wish.known_head));
  return sync_all(into);
}

}  // namespace

Result<BackupDone> make_backup(const BackupWish& wish) {
  std::error_code error;
  if (!fs::is_directory(wish.data, error)) return refuse(ErrorCode::NotFound, wish.data);
  fs::create_directories(wish.into, error);
  if (error) return refuse(ErrorCode::StoreFailed, "making " + wish.into + ": " + error.message());
  fs::path whole = fs::path(wish.into) / name_at(wish.clock.now());
  fs::path half = whole;
  half += kPartial;
  if (fs::exists(whole, error)) return refuse(ErrorCode::Duplicate, whole.string());
  fs::remove_all(half, error);
  // Personal data are in it: for its owner only.
  if (::mkdir(half.c_str(), 0700) != 0) return refuse(ErrorCode::StoreFailed, half.string());
  Result<BackupDone> done = Backup(wish, half).run();
  if (!done) {
    fs::remove_all(half, error);
    return done;
  }
  fs::rename(half, whole, error);
  if (error) return refuse(ErrorCode::StoreFailed, "naming " + whole.string());
  TRY(sync_all(whole));
  done->folder = whole.string();
  forget_old(wish);
  Json note = Json::object({{"at", format_instant(wish.clock.now())},
                            {"folder", done->folder},
                            {"log_size", done->log_size}});
  // Only a note for the status page: a full disk of the server does not spoil the backup.
  (void)write_whole(fs::path(wish.data) / "backup.json", write_json(note) + "\n");
  return done;
}

Result<RestoreDone> restore_backup(const RestoreWish& wish) {
  TRY(must_be_empty(wish.data));
  Json manifest = TRY(read_manifest(wish.from));
  std::string kind = manifest["database"].text_or("kind", "");
  bool fits = wish.database.starts_with(kind + ":");
  if (!fits) return refuse(ErrorCode::WrongState, "this backup is of " + kind);
  bool has_secrets = manifest.bool_or("has_secrets", false);
  if (!has_secrets && !wish.passphrase.empty()) {
    return refuse(ErrorCode::WrongState, "this backup holds no secrets");
  }
  TRY(check_files(wish.from, manifest));
  fs::path half = wish.data + std::string(kPartial);
  std::error_code error;
  fs::remove_all(half, error);
  fs::create_directories(half.parent_path(), error);
  if (::mkdir(half.c_str(), 0700) != 0) return refuse(ErrorCode::StoreFailed, half.string());
  Result<void> done = put_back(wish, manifest, half);
  if (!done) {
    fs::remove_all(half, error);
    return std::unexpected(std::move(done).error());
  }
  fs::remove(wish.data, error);  // an empty folder, or nothing
  fs::rename(half, wish.data, error);
  if (error) return refuse(ErrorCode::StoreFailed, "naming " + wish.data);
  return RestoreDone{.log_size = manifest["database"].int_or("log_size", 0),
                     .has_secrets = !wish.passphrase.empty()};
}

}  // namespace anlan::app
