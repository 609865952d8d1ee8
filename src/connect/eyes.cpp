#include "connect/eyes.h"

#include "core/hash.h"
#include "core/log.h"
#include "core/text.h"
#include "engine/evidence_queue.h"

namespace anlan::connect {
namespace {

constexpr std::chrono::milliseconds kEvery{300};
constexpr std::chrono::seconds kAfterTrouble{5};
constexpr std::size_t kAtOnce = 8;
constexpr std::size_t kSuspectsMax = 4;  // each costs a comparison
constexpr std::size_t kPrintsAtOnce = 500;
constexpr int kTriesMax = 2;  // a photo that ends the process twice is one nobody can look at
constexpr std::size_t kFailuresMax = 1'000;

void log_failure(std::string_view what, const Error& error) {
  log(LogLevel::Warning, what,
      Json::object({{"code", error_text(error.code).code}, {"detail", error.detail}}));
}

Json error_json(const Error& error) {
  return Json::object({{"error", error_text(error.code).code}});
}

Json box_json(const vision::Box& box) {
  return Json::object({{"x", box.x}, {"y", box.y}, {"width", box.width}, {"height", box.height}});
}

std::optional<vision::Box> box_of(const Json& box) {
  if (!box.is_object()) return std::nullopt;
  auto part = [&](std::string_view name) {
    return box[name].is_number() ? box[name].as_double().value_or(0) : 0;
  };
  return vision::Box{part("x"), part("y"), part("width"), part("height")};
}

Json result_of(const vision::PairSeen& seen) {
  Json homography;
  if (seen.homography) {
    homography = Json::array();
    for (double number : *seen.homography) homography.push(number);
  }
  return Json::object({{"same_scene", seen.same_scene},
                       {"context", seen.context},
                       {"changed", seen.changed},
                       {"is_reupload", seen.is_reupload},
                       {"homography", std::move(homography)},
                       {"box", box_json(seen.box)},
                       {"is_box_proposed", seen.is_box_proposed},
                       {"inliers", seen.inliers}});
}

}  // namespace

Eyes::Eyes(engine::Engine& engine, const std::string& program)
    : engine_(engine), eyes_({.program = program}) {}

Eyes::~Eyes() { stop(); }

void Eyes::start() {
  thread_ = std::thread([this] { serve(); });
}

void Eyes::stop() {
  {
    std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Eyes::serve() {
  while (true) {
    auto done = turn();
    if (!done) log_failure("photos could not be looked at", done.error());
    std::unique_lock lock(mutex_);
    auto pause = !done       ? std::chrono::milliseconds(kAfterTrouble)
                 : *done > 0 ? std::chrono::milliseconds(0)
                             : kEvery;
    if (wake_.wait_for(lock, pause, [this] { return is_stopping_; })) return;
  }
}

Result<void> Eyes::load_prints() {
  std::string after;
  while (true) {
    auto prints = TRY(engine::stored_prints(engine_, after, kPrintsAtOnce));
    for (const engine::StoredPrint& print : prints) prints_.add(print.sha256, print.print);
    if (prints.size() < kPrintsAtOnce) break;
    after = prints.back().sha256;
  }
  is_loaded_ = true;
  return {};
}

Result<std::size_t> Eyes::turn() {
  if (!is_loaded_) TRY(load_prints());
  auto photos = TRY(engine::waiting_photos(engine_, kAtOnce));
  for (const std::string& sha256 : photos) TRY(look_at(sha256));
  auto pairs = TRY(engine::waiting_pairs(engine_, kAtOnce));
  for (const engine::WaitingPair& pair : pairs) {
    TRY(compare(pair.form, pair.record, pair.before, pair.after, pair.box, pair.version));
  }
  return photos.size() + pairs.size();
}

// False when the process has failed at this too often.
bool Eyes::try_again(const std::string& what) {
  if (failures_.size() >= kFailuresMax) failures_.clear();
  return ++failures_[what] < kTriesMax;
}

Result<void> Eyes::look_at(const std::string& sha256) {
  engine::NotePhoto note{.sha256 = sha256, .facts = Json::object()};
  auto bytes = engine_.database().blobs().read(sha256);
  auto seen =
      bytes ? eyes_.look(*bytes) : Result<vision::PhotoSeen>(std::unexpected(bytes.error()));
  if (!seen) {
    bool is_trouble = seen.error().code == ErrorCode::Internal;
    if (is_trouble && try_again(sha256)) return std::unexpected(seen.error());
    note.facts = error_json(seen.error());
  } else {
    Json reused = TRY(find_reuses(sha256, *bytes, seen->print));
    note.facts = Json::object({{"width", static_cast<int64_t>(seen->width)},
                               {"height", static_cast<int64_t>(seen->height)},
                               {"sharpness", seen->sharpness},
                               {"darkness", seen->darkness},
                               {"reused", std::move(reused)}});
    note.print = seen->print;
    if (!seen->thumbnail.empty()) {
      note.thumbnail = to_hex(anlan::sha256(seen->thumbnail));
      auto size = static_cast<int64_t>(seen->thumbnail.size());
      TRY(engine_.database().blobs().put(note.thumbnail, 0, size, seen->thumbnail));
    }
    prints_.add(sha256, seen->print);
  }
  TRY(engine_.run({.by = engine::system_subject(), .what = std::move(note)}));
  return {};
}

// Photos of before that show the same exposure. Fingerprints suspect, the comparison decides.
Result<Json> Eyes::find_reuses(const std::string& sha256, const std::string& bytes,
                               const std::string& print) {
  Json reused = Json::array();
  for (const vision::Suspect& suspect : prints_.find(print, kSuspectsMax)) {
    if (suspect.sha256 == sha256) continue;
    auto other = engine_.database().blobs().read(suspect.sha256);
    if (!other) continue;
    auto seen = eyes_.compare(*other, bytes, std::nullopt);
    if (!seen) {
      std::string what = suspect.sha256 + sha256;
      bool is_trouble = seen.error().code == ErrorCode::Internal;
      if (is_trouble && try_again(what)) return std::unexpected(seen.error());
      continue;
    }
    if (seen->is_reupload) reused.push(suspect.sha256);
  }
  return reused;
}

Result<void> Eyes::compare(const std::string& form, RecordId record, const std::string& before,
                           const std::string& after, const Json& box, int64_t version) {
  engine::NotePair note{.form = form, .id = record, .before = before, .after = after, .result = {}};
  auto& blobs = engine_.database().blobs();
  auto first = blobs.read(before);
  auto second = blobs.read(after);
  Result<vision::PairSeen> seen = refuse(ErrorCode::NotFound, "a photo is not there");
  if (first && second) seen = eyes_.compare(*first, *second, box_of(box));
  if (!seen) {
    bool is_trouble = seen.error().code == ErrorCode::Internal;
    if (is_trouble && try_again(before + after)) return std::unexpected(seen.error());
    note.result = error_json(seen.error());
  } else {
    note.result = result_of(*seen);
  }
  note.result.set("version", version);
  TRY(engine_.run({.by = engine::system_subject(), .what = std::move(note)}));
  return {};
}

}  // namespace anlan::connect
