// anlan proof and anlan verify: whoever has the data folder can ask without the server.

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <print>

#include "app/commands.h"
#include "app/consistency.h"
#include "engine/engine.h"

namespace anlan::app {
namespace {

namespace fs = std::filesystem;

Result<void> write_out(const Words& words, const Json& json) {
  std::string text = write_json_pretty(json);
  if (!words.has("--out")) {
    std::println("{}", text);
    return {};
  }
  std::string path = words.one("--out", "");
  std::ofstream out(path, std::ios::binary);
  out << text << "\n";
  if (!out.flush()) return refuse(ErrorCode::StoreFailed, "writing " + path);
  return {};
}

// Whoever has the folder has every field already.
Result<Json> record_proof(engine::Engine& engine, const Words& words) {
  auto view = TRY(engine.database().snapshot());
  return engine.database().ledger().proof(*view, words.plain[1], words.plain[2],
                                          [](std::string_view, std::string_view) { return true; });
}

Result<void> run_proof(const engine::Config& config, const Words& words,
                       const std::vector<int64_t>& numbers) {
  auto engine = TRY(engine::Engine::open(config));
  if (words.plain[0] == "record") return write_out(words, TRY(record_proof(*engine, words)));
  if (words.plain[0] == "head") return write_out(words, TRY(engine->ledger_head()));
  return write_out(words, TRY(engine->ledger_consistency(numbers[0], numbers[1])));
}

// A folder of its own that goes away with everything in it.
class ScratchFolder {
 public:
  static Result<ScratchFolder> create() {
    std::string path = (fs::temp_directory_path() / "anlan-verify-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) return refuse(ErrorCode::StoreFailed, path);
    return ScratchFolder(path);
  }
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::move(other.path_)) {
    other.path_.clear();
  }
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

Result<std::vector<std::string>> path_of(const Json& consistency) {
  std::vector<std::string> path;
  for (const Json& node : consistency["path"].as_array()) {
    path.push_back(from_hex(node.as_text()));
  }
  return path;
}

// The tree is built anew from the leaves; the newest signed head must lie on it.
Result<bool> tree_holds(const store::TreeHead& head, store::Database& replayed) {
  store::TreeHead whole = TRY(replayed.ledger().sign_head()).head;
  auto view = TRY(replayed.snapshot());
  if (head.size > whole.size) return false;
  std::vector<std::string> path;
  if (head.size < whole.size) {
    path = TRY(path_of(TRY(replayed.ledger().consistency(*view, head.size, whole.size))));
  }
  return is_consistent({head.size, head.root}, {whole.size, whole.root}, path);
}

Result<bool> tables_hold(store::View& view, store::Database& replayed) {
  auto other = TRY(replayed.snapshot());
  bool is_good = true;
  for (const std::string& table : TRY(store::logged_tables(view))) {
    bool is_equal =
        TRY(store::table_digest(view, table)) == TRY(store::table_digest(*other, table));
    is_good = is_good && is_equal;
    Text text = is_equal ? Text::VerifyTable : Text::VerifyTableDiffers;
    std::println("{}", say(text, terminal_language(), {table}));
  }
  return is_good;
}

// The tree alone, in one pass over its leaves.
Result<bool> leaves_hold(store::View& view, const store::TreeHead& head) {
  store::LeafCheck check = TRY(store::check_leaves(view, head));
  Text text = check.is_good() ? Text::VerifyLeaves : Text::VerifyLeavesBad;
  std::println("{}", say(text, terminal_language(), {std::to_string(check.leaves)}));
  return check.is_good();
}

Result<bool> run_verify(const engine::Config& config, bool is_quick) {
  std::string language = terminal_language();
  auto engine = TRY(engine::Engine::open(config));
  auto view = TRY(engine->database().snapshot());
  Result<store::TreeHead> head = engine->database().ledger().newest_head(*view);
  if (!head) {
    std::println("{}", say(Text::VerifyNothing, language));
    return false;
  }
  std::println("{}", say(Text::VerifyHead, language, {std::to_string(head->size)}));
  bool leaves_are_good = TRY(leaves_hold(*view, *head));
  if (is_quick || !leaves_are_good) return leaves_are_good;
  ScratchFolder scratch = TRY(ScratchFolder::create());
  store::Config other = config.store;
  other.database = "sqlite:" + scratch.path() + "/replay.db";
  other.folder = scratch.path();
  other.head_folders.clear();
  other.sync = false;
  auto replayed = TRY(engine::empty_copy(*view, other));
  TRY(store::replay(*view, *replayed));
  bool tree_is_good = TRY(tree_holds(*head, *replayed));
  if (tree_is_good) std::println("{}", say(Text::VerifyTree, language));
  return TRY(tables_hold(*view, *replayed)) && tree_is_good;
}

}  // namespace

Exit proof(const Words& words) {
  const std::vector<std::string>& plain = words.plain;
  bool is_record = plain.size() == 3 && plain[0] == "record";
  bool is_head = plain.size() == 1 && plain[0] == "head";
  bool is_consistency = plain.size() == 3 && plain[0] == "consistency";
  if (!is_record && !is_head && !is_consistency) {
    return std::unexpected(Misuse{Text::WrongWords, "proof"});
  }
  std::vector<int64_t> numbers;
  if (is_consistency) numbers = {TRY(whole_number(plain[1])), TRY(whole_number(plain[2]))};
  engine::Config config = TRY(engine_config(words));
  Result<void> done = run_proof(config, words, numbers);
  return done ? 0 : tell_failure(done.error());
}

Exit verify(const Words& words) {
  if (!words.plain.empty()) return std::unexpected(Misuse{Text::WrongWords, "verify"});
  engine::Config config = TRY(engine_config(words));
  Result<bool> is_good = run_verify(config, words.has("--leaves"));
  if (!is_good) return tell_failure(is_good.error());
  std::println("{}", say(*is_good ? Text::VerifyGood : Text::VerifyBad, terminal_language()));
  return *is_good ? 0 : 1;
}

}  // namespace anlan::app
