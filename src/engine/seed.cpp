#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/hash.h"
#include "core/text.h"
#include "ehs/ehs.h"
#include "engine/engine.h"

namespace anlan::engine {
namespace {

// A picture beside the seed of a pack: {"file":"leak.jpg"} in a photo field.
Result<std::string> read_picture(const Config& config, const std::string& name) {
  if (name.find('/') != std::string::npos) return refuse(ErrorCode::BadPack, "a plain file name");
  for (const std::string& folder : config.pack_folders) {
    std::error_code ignored;
    for (const auto& pack : std::filesystem::directory_iterator(folder, ignored)) {
      std::ifstream in(pack.path() / "seed" / name, std::ios::binary);
      if (!in) continue;
      std::ostringstream bytes;
      bytes << in.rdbuf();
      return bytes.str();
    }
  }
  return refuse(ErrorCode::BadPack, "the seed names a picture that is not there", name);
}

// Puts the pictures among the blobs and notes in `files` what they are.
class Pictures {
 public:
  Pictures(const Config& config, store::Blobs& blobs) : config_(config), blobs_(blobs) {}

  Result<Json> resolve(const Json& value) {
    if (value.is_array()) {
      Json out = Json::array();
      for (const Json& item : value.as_array()) {
        Json one = TRY(resolve(item));
        out.push(std::move(one));
      }
      return out;
    }
    if (!value.is_object()) return value;
    if (value.has("file")) return picture(value.text_or("file", ""));
    Json out = Json::object();
    for (const Json::Member& member : value.as_object()) {
      Json one = TRY(resolve(member.second));
      out.set(member.first, std::move(one));
    }
    return out;
  }
  Json files() const { return files_; }

 private:
  Result<Json> picture(const std::string& name) {
    std::string bytes = TRY(read_picture(config_, name));
    auto facts = TRY(ehs::read_photo(bytes));
    std::string sha256 = to_hex(anlan::sha256(bytes));
    auto size = static_cast<int64_t>(bytes.size());
    auto state = TRY(blobs_.state(sha256));
    if (!state.is_whole) TRY(blobs_.put(sha256, 0, size, bytes));
    files_.push(Json::object({{"sha256", sha256},
                              {"kind", facts.kind},
                              {"bytes", size},
                              {"width", static_cast<int64_t>(facts.width)},
                              {"height", static_cast<int64_t>(facts.height)}}));
    return Json::object({{"sha256", sha256}, {"name", name}});
  }

  const Config& config_;
  store::Blobs& blobs_;
  Json files_ = Json::array();
};

}  // namespace

Result<void> seed_demo(Engine& engine) {
  const Json* seed = engine.demo_seed();
  if (seed == nullptr || !TRY(engine.is_empty())) return {};
  Pictures pictures(engine.config(), engine.database().blobs());
  Json whole = TRY(pictures.resolve(*seed));
  whole.set("files", pictures.files());
  // One hash for all accounts: hashing one published password 61 times would prove nothing.
  std::string hash = TRY(access::hash_password(seed->text_or("password", "")));
  TRY(engine.run({.what = SeedPlant{.seed = whole, .password_hash = hash}}));
  return engine.refresh_demo();
}

}  // namespace anlan::engine
