#include "tests/support/plant.h"

#include <unistd.h>

#include <algorithm>
#include <map>

#include "core/hash.h"
#include "engine/import.h"

namespace anlan::test {
namespace {

namespace fs = std::filesystem;

// Monday 2026-03-02, 08:00 in Shanghai.
constexpr Instant kMorning{1'772'409'600'000'000'000};

fs::path fresh_folder() {
  std::string name = (fs::temp_directory_path() / "anlan-plant-XXXXXX").string();
  return mkdtemp(name.data()) == nullptr ? fs::path() : fs::path(name);
}

}  // namespace

Plant::Plant(const PlantOptions& options, fs::path folder)
    : options_(options), folder_(std::move(folder)), clock_(kMorning), random_(options.seed) {}

Plant::~Plant() {
  engine_.reset();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

engine::Config Plant::config() const {
  std::string database = options_.database;
  if (database.empty()) database = "sqlite:" + (folder_ / "anlan.db").string();
  auto& self = const_cast<Plant&>(*this);
  std::vector<std::string> packs{options_.packs};
  packs.insert(packs.end(), options_.more_packs.begin(), options_.more_packs.end());
  return {.store = {.database = database,
                    .folder = folder_.string(),
                    .head_folders = {},
                    .plant = "demo",
                    .clock = options_.clock == nullptr ? self.clock_ : *options_.clock,
                    .random = self.random_,
                    .sqlite_vfs = options_.sqlite_vfs,
                    .sync = options_.sync},
          .pack_folders = std::move(packs),
          .has_vision = options_.has_vision};
}

// Seeding takes most of a short test's time: one plant is seeded for the whole program, and each
// test on SQLite's own file gets a copy of it.
Result<std::string> Plant::seeded_folder(const std::string& packs) {
  static std::map<std::string, std::unique_ptr<Plant>> all;
  std::unique_ptr<Plant>& seeded = all[packs];
  if (!seeded) {
    std::unique_ptr<Plant> plant(new Plant({.packs = packs}, fresh_folder()));
    TRY(plant->reopen(packs));
    TRY(engine::seed_demo(*plant->engine_));
    plant->engine_.reset();
    seeded = std::move(plant);
  }
  return seeded->folder_.string();
}

Result<std::unique_ptr<Plant>> Plant::create(const PlantOptions& options) {
  std::unique_ptr<Plant> plant(new Plant(options, fresh_folder()));
  // What more packs bring for the seed is not in the copy.
  bool is_copy = options.is_seeded && options.database.empty() && options.sqlite_vfs.empty() &&
                 options.more_packs.empty();
  if (is_copy) {
    std::string seeded = TRY(seeded_folder(options.packs));
    fs::copy(seeded, plant->folder_, fs::copy_options::recursive);
    // Other randomness than the seeding had: no id may come twice.
    plant->random_ = SeededRandom(options.seed + 1'000'003);
    TRY(plant->reopen(options.packs));
    TRY(plant->engine_->refresh_demo());
    return plant;
  }
  TRY(plant->reopen(options.packs));
  if (options.is_seeded) TRY(engine::seed_demo(*plant->engine_));
  return plant;
}

Result<void> Plant::reopen(const std::string& packs) {
  engine_.reset();
  engine::Config with = config();
  with.pack_folders[0] = packs;
  engine_ = TRY(engine::Engine::open(with));
  return {};
}

Result<access::Subject> Plant::as(std::string_view login) {
  auto view = TRY(engine_->database().snapshot());
  auto person = TRY(access::find_login(*view, login));
  if (!person) return refuse(ErrorCode::NotFound, "no such login");
  return access::subject_of(*view, person->id);
}

Result<Json> Plant::run(const access::Subject& by, engine::What what) {
  return engine_->run({.by = by, .what = std::move(what)});
}

Result<std::string> Plant::upload(const access::Subject& by, std::string_view bytes) {
  std::string sha = to_hex(sha256(bytes));
  auto state = TRY(engine_->blob_state(sha));
  if (state.bool_or("whole", false)) {
    // Somebody brought the same bytes before: bringing them again registers them for this person.
    TRY(engine_->put_blob(by, sha, 0, static_cast<int64_t>(bytes.size()), bytes));
    return sha;
  }
  TRY(engine_->put_blob(by, sha, 0, static_cast<int64_t>(bytes.size()), bytes));
  return sha;
}

void Plant::wait(Duration length) {
  Instant end = clock_.now() + length;
  // Bounded: one turn for each timer, and no plant of a test has this many.
  for (int turns = 0; turns < 100'000; ++turns) {
    auto next = engine_->turn();
    if (!next || *next > end) break;
    clock_.set(std::max(*next, clock_.now()));
  }
  clock_.set(end);
  engine_->turn();
}

Result<std::string> Plant::id_of(std::string_view kind, std::string_view code) {
  auto view = TRY(engine_->database().snapshot());
  if (kind == "person") {
    auto person = TRY(access::find_login(*view, code));
    if (!person) return refuse(ErrorCode::NotFound, "no such login");
    return person->id.text();
  }
  const records::Form* form = engine_->packs().forms.find(kind);
  if (form == nullptr) return refuse(ErrorCode::NotFound, "no such form");
  return TRY(engine::find_by_code(*view, *form, code, "code")).text();
}

// A one-pixel grey JPEG (ITU-T T.81) with the salt in a comment segment.
std::string photo(std::string_view salt) {
  auto segment = [](char marker, std::string_view body) {
    std::string out = {'\xff', marker};
    std::size_t size = body.size() + 2;
    out += static_cast<char>(size >> 8);
    out += static_cast<char>(size & 0xff);
    return out + std::string(body);
  };
  using namespace std::string_view_literals;
  std::string quantisation(65, '\1');
  quantisation[0] = '\0';
  std::string out = "\xff\xd8";
  out += segment('\xfe', salt);
  out += segment('\xdb', quantisation);
  out += segment('\xc0', "\x08\x00\x01\x00\x01\x01\x01\x11\x00"sv);
  out += segment('\xc4', "\x00\x00\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x00"sv);
  out += segment('\xc4', "\x10\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x00"sv);
  out += segment('\xda', "\x01\x01\x00\x00\x3f\x00"sv);
  return out + "\x3f\xff\xd9";
}

}  // namespace anlan::test
