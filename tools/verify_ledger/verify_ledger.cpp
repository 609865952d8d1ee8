// verify_ledger checks a proof file of Anlan without Anlan: it shares no code with the program that
// wrote the file and can be read in an hour. What it checks, in this order:
//   1. the fields that are shown, and the hashes of those that are not, give the change's root;
//   2. that root stands in the leaf, and the leaf is about the subject that the file names;
//   3. the leaf and its path give the root of the signed tree head (RFC 9162);
//   4. the head is signed by the key that it names (Ed25519);
//   5. with --head: the tree of a head that was kept elsewhere and this one are one growing tree,
//      and their keys hand over to one another. Without that, whoever holds the key and the
//      database could have made another history: only an external head says which one is old.
//   6. with --files: the attached files have the hashes that the leaf names.
// It cannot show that the file leaves out no act: a tree proves what is in it, not what is not.
// Exit: 0 everything checked holds, 1 something does not hold, 2 it could not be checked.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>

#include "checks.h"

namespace {

constexpr int64_t kFileBytesMax = int64_t{256} << 20;

// clang-format off
struct Text { const char* zh; const char* en; };
constexpr Text kFields{"字段哈希与变更根一致", "fields match the root of the change"};
constexpr Text kSubject{"叶子属于本对象且序号相符", "leaf is about this subject and has its number"};
constexpr Text kInclusion{"叶子在已签名的树中", "leaf is in the signed tree"};
constexpr Text kSignature{"树头签名有效", "tree head is signed"};
constexpr Text kEndorsement{"密钥交接链完整", "keys hand over to one another"};
constexpr Text kGap{"密钥缺口:旧密钥未为新密钥作保,须另行核实新密钥后用 --trust 确认",
                    "GAP: no older key vouches for this one; ask elsewhere, then --trust it"};
constexpr Text kGrowth{"旧树是新树的开头", "the older tree is the beginning of the newer one"};
constexpr Text kAttachment{"附件哈希相符", "attached file has the hash of the leaf"};
constexpr Text kAct{"操作", "act"};
constexpr Text kShown{"公开字段/隐藏字段", "fields shown/hidden"};
constexpr Text kPending{"尚未进入签名树头的操作数", "acts that no signed head covers yet"};
constexpr Text kNoExternal{"未提供外部树头:只证明自身一致", "no --head: this file only agrees with itself"};
constexpr Text kNoPath{"缺少两个树头之间的一致性路径", "the path between the two heads is missing"};
constexpr Text kValid{"结论:存证有效", "RESULT: the proof holds"};
constexpr Text kInvalid{"结论:存证无效", "RESULT: the proof does NOT hold"};
constexpr Text kUnreadable{"无法读取", "cannot be read"};
constexpr const char* kUsage =
    "verify_ledger proof FILE [--head HEAD] [--consistency FILE] [--files DIR]\n"
    "                   [--trust KEY] [--lang zh|en]\n"
    "verify_ledger consistency FILE --from HEAD --to HEAD [--trust KEY] [--lang zh|en]\n";
// clang-format on

struct Report {
  bool is_chinese = true;
  std::string trusted{};  // keys of --trust
  bool is_valid = true;

  const char* say(const Text& text) const { return is_chinese ? text.zh : text.en; }
  void check(bool holds, const Text& text, const std::string& about) {
    is_valid = is_valid && holds;
    std::printf("%s  %s: %s\n", holds ? "[ok]  " : "[FAIL]", about.c_str(), say(text));
  }
  void note(const Text& text, const std::string& about = {}) const {
    std::printf("        %s %s\n", say(text), about.c_str());
  }
  int end() const {
    return std::printf("%s\n", say(is_valid ? kValid : kInvalid)), is_valid ? 0 : 1;
  }
  int unreadable(const std::string& path) const {
    return std::printf("%s: %s\n", path.c_str(), say(kUnreadable)), 2;
  }
};

using Document = std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)>;

std::optional<std::string> read_file(const std::filesystem::path& path) {
  std::error_code error;
  auto size = std::filesystem::file_size(path, error);
  std::ifstream in(path, std::ios::binary);
  if (error || !in || size > kFileBytesMax) return {};
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Document read_json(const std::string& path) {
  auto text = read_file(path);
  return {text ? yyjson_read(text->data(), text->size(), 0) : nullptr, &yyjson_doc_free};
}

yyjson_val* root_of(const Document& document) { return yyjson_doc_get_root(document.get()); }
std::string text_of(yyjson_val* value) {
  return yyjson_is_str(value) ? std::string(yyjson_get_str(value), yyjson_get_len(value)) : "";
}

std::string text_of(yyjson_val* object, const char* name) {
  return text_of(yyjson_obj_get(object, name));
}

int64_t number_of(yyjson_val* object, const char* name) {
  yyjson_val* value = yyjson_obj_get(object, name);
  return yyjson_is_int(value) ? yyjson_get_sint(value) : -1;
}

std::vector<yyjson_val*> items_of(yyjson_val* object, const char* name) {
  std::vector<yyjson_val*> items;
  std::size_t i = 0, count = 0;
  yyjson_val* item = nullptr;
  yyjson_arr_foreach(yyjson_obj_get(object, name), i, count, item) items.push_back(item);
  return items;
}

std::vector<std::string> hashes_of(yyjson_val* object, const char* name) {
  std::vector<std::string> hashes;
  for (yyjson_val* item : items_of(object, name)) hashes.push_back(from_hex(text_of(item)));
  return hashes;
}

std::string with_length(std::string_view bytes) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(bytes.size() >> shift);
  return out.append(bytes);
}

bool is_hidden(yyjson_val* field) { return yyjson_obj_get(field, "hash") != nullptr; }
// Section "Field" of docs/formats/ledger.md.
std::string field_hash(yyjson_val* field) {
  // A hidden field shows nothing else: a value beside its hash would be read, but not checked.
  if (is_hidden(field)) return yyjson_obj_size(field) == 1 ? from_hex(text_of(field, "hash")) : "";
  auto value = canonical(yyjson_obj_get(field, "value"));
  std::string salt = from_hex(text_of(field, "salt"));
  if (!value || salt.size() != 16) return {};
  return sha256(std::string("anlan.field/1") + '\0' + salt + with_length(text_of(field, "name")) +
                with_length(*value));
}

// A key's id is computed, never believed.
using Keys = std::map<std::string, yyjson_val*>;
Keys keys_of(yyjson_val* document) {
  Keys keys;
  for (yyjson_val* item : items_of(document, "keys")) {
    keys[to_hex(sha256(from_hex(text_of(item, "public_key")))).substr(0, 16)] = item;
  }
  return keys;
}

// Is the message signed by the key of this id?
bool is_signed_by(const Keys& keys, const std::string& id, std::string_view message,
                  std::string_view signature) {
  auto key = keys.find(id);
  return key != keys.end() &&
         is_signed(from_hex(text_of(key->second, "public_key")), message, from_hex(signature));
}

bool is_gap(yyjson_val* key) { return !text_of(key, "gap").empty(); }

void note_gaps(const Report& report, const Keys& keys) {
  for (const auto& [id, key] : keys) {
    if (is_gap(key)) report.note(kGap, id + " (" + text_of(key, "gap") + ")");
  }
}

// Does `older` vouch for `newer`, key by key? Ends, for each step goes to a key not seen before. A
// key that was lost left a gap: only the auditor himself can say that he trusts the one behind it.
bool is_endorsed(const Keys& keys, std::string newer, const std::string& older,
                 const std::string& trusted) {
  std::set<std::string> seen;
  while (newer != older) {
    auto key = keys.find(newer);
    if (key == keys.end() || !seen.insert(newer).second) return false;
    std::string previous = text_of(key->second, "previous");
    if (is_gap(key->second) && trusted.contains(newer)) {
      newer = previous;
      continue;
    }
    std::string message =
        R"({"format":"anlan.key/1","public_key":")" + text_of(key->second, "public_key") + R"("})";
    if (!is_signed_by(keys, previous, message, text_of(key->second, "endorsement"))) return false;
    newer = previous;
  }
  return true;
}

Tree tree_of(yyjson_val* head) {
  return {number_of(head, "size"), from_hex(text_of(head, "root"))};
}

std::string describe(yyjson_val* head) {
  return std::format("{} #{} {}", text_of(head, "plant"), number_of(head, "size"),
                     text_of(head, "at"));
}

void check_head(Report& report, const Keys& keys, yyjson_val* head) {
  auto content = canonical(head, "signature");
  bool holds = content && text_of(head, "format") == "anlan.head/1" &&
               is_signed_by(keys, text_of(head, "key"), *content, text_of(head, "signature"));
  report.check(holds, kSignature, describe(head));
}

// Both heads are signed, by keys that hand over, and the older tree begins the newer one.
void check_growth(Report& report, const Keys& keys, yyjson_val* a, yyjson_val* b,
                  const std::vector<yyjson_val*>& paths) {
  bool is_in_order = number_of(a, "size") <= number_of(b, "size");
  auto [older, newer] = is_in_order ? std::pair(a, b) : std::pair(b, a);
  std::string about = describe(older) + " -> " + describe(newer);
  bool is_handed_over =
      is_endorsed(keys, text_of(newer, "key"), text_of(older, "key"), report.trusted);
  report.check(is_handed_over, kEndorsement, about);
  Tree before = tree_of(older);
  Tree after = tree_of(newer);
  auto path = std::ranges::find_if(paths, [&](yyjson_val* entry) {
    return number_of(entry, "from") == before.size && number_of(entry, "to") == after.size;
  });
  bool has_path = path != paths.end() || before.size == after.size;
  if (!has_path) report.note(kNoPath);
  Path hashes{path != paths.end() ? hashes_of(*path, "path") : std::vector<std::string>()};
  report.check(has_path && is_consistent(before, after, hashes), kGrowth, about);
}

// The SHA-256 of every file in the folder.
std::set<std::string> hashes_in(const std::string& folder) {
  std::set<std::string> hashes;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (auto bytes = read_file(entry.path())) hashes.insert(to_hex(sha256(*bytes)));
  }
  return hashes;
}

void check_act(Report& report, yyjson_val* proof, yyjson_val* act,
               const std::set<std::string>* files) {
  std::string leaf = text_of(act, "leaf");
  Document parsed(yyjson_read(leaf.data(), leaf.size(), 0), &yyjson_doc_free);
  yyjson_val* root = root_of(parsed);
  int64_t index = number_of(act, "leaf_index");
  std::string about = std::format("#{} {}", index + 1, text_of(root, "act"));
  std::vector<std::string> hashes;
  std::vector<yyjson_val*> fields = items_of(act, "fields");
  std::ranges::transform(fields, std::back_inserter(hashes), field_hash);
  auto actor = canonical(yyjson_obj_get(root, "actor"));
  std::printf("%s %s  %s  %s\n", report.say(kAct), about.c_str(), text_of(root, "at").c_str(),
              actor.value_or("").c_str());
  auto hidden = std::ranges::count_if(fields, is_hidden);
  report.note(kShown, std::format("{}/{}", std::ssize(fields) - hidden, hidden));
  report.check(to_hex(merkle_root(hashes)) == text_of(root, "change"), kFields, about);
  bool is_ours = yyjson_equals(yyjson_obj_get(root, "subject"), yyjson_obj_get(proof, "subject")) &&
                 number_of(root, "seq") == index + 1;
  report.check(is_ours, kSubject, about);
  Tree tree = tree_of(yyjson_obj_get(proof, "head"));
  report.check(is_included(leaf, index, tree, {hashes_of(act, "path")}), kInclusion, about);
  if (!files) return;
  for (yyjson_val* file : items_of(root, "files")) {
    std::string hash = text_of(file);
    report.check(files->contains(hash), kAttachment, about + " " + hash.substr(0, 16));
  }
}

using Options = std::map<std::string, std::string>;

int check_proof(Report report, const Options& options) {
  Document document = read_json(options.at("file"));
  yyjson_val* proof = root_of(document);
  if (text_of(proof, "format") != "anlan.proof/1") return report.unreadable(options.at("file"));
  yyjson_val* head = yyjson_obj_get(proof, "head");
  Keys keys = keys_of(proof);
  note_gaps(report, keys);
  check_head(report, keys, head);
  bool has_files = options.contains("--files");
  std::set<std::string> files = hashes_in(has_files ? options.at("--files") : "");
  auto acts = items_of(proof, "acts");
  for (yyjson_val* act : acts) check_act(report, proof, act, has_files ? &files : nullptr);
  report.is_valid = report.is_valid && !acts.empty();
  report.note(kPending, std::to_string(number_of(proof, "pending")));
  if (!options.contains("--head")) return report.note(kNoExternal), report.end();
  Document external = read_json(options.at("--head"));
  if (!external) return report.unreadable(options.at("--head"));
  std::vector<yyjson_val*> paths = items_of(proof, "consistency");
  Document extra = read_json(options.contains("--consistency") ? options.at("--consistency") : "");
  paths.push_back(root_of(extra));
  check_head(report, keys, root_of(external));
  check_growth(report, keys, root_of(external), head, paths);
  return report.end();
}

int check_consistency(Report report, const Options& options) {
  Document document = read_json(options.at("file"));
  Document from = read_json(options.at("--from"));
  Document to = read_json(options.at("--to"));
  if (!document || !from || !to) return report.unreadable("FILE, --from, --to");
  Keys keys = keys_of(root_of(document));
  note_gaps(report, keys);
  check_head(report, keys, root_of(from));
  check_head(report, keys, root_of(to));
  check_growth(report, keys, root_of(from), root_of(to), {root_of(document)});
  return report.end();
}

}  // namespace

int main(int count, char** words) {
  Options options;
  for (int i = 1; i < count; ++i) {
    std::string word = words[i];
    bool is_option = word.starts_with("--") && i + 1 < count;
    std::string name = is_option ? word : options.contains("command") ? "file" : "command";
    options[name] = is_option ? words[++i] : word;
  }
  // A misspelt option must not look like a check that was made.
  constexpr std::string_view kKnown =
      " command file --head --consistency --files --from --to --trust --lang ";
  bool is_known = std::ranges::all_of(
      options, [&](auto& option) { return kKnown.contains(" " + option.first + " "); });
  Report report{.is_chinese = !options.contains("--lang") || options.at("--lang") != "en",
                .trusted = options.contains("--trust") ? options.at("--trust") : ""};
  bool has_file = options.contains("file") && is_known;
  if (options["command"] == "proof" && has_file) return check_proof(report, options);
  has_file = has_file && options.contains("--from") && options.contains("--to");
  if (options["command"] == "consistency" && has_file) return check_consistency(report, options);
  std::fputs(kUsage, stdout);
  return 2;
}
