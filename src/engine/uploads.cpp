// Files on their way in: bounds, what they are, and off the disk with what is neither.

#include "engine/uploads.h"

#include "engine/engine.h"
#include "engine/evidence.h"

namespace anlan::engine {
namespace {

constexpr Duration kOpenMax = Duration::days(1);      // then its part is swept too
constexpr Duration kNamedWithin = Duration::days(7);  // a phone may be without network that long

Json claims_of(const ehs::PhotoFacts& facts) {
  Json claims = Json::object();
  if (!facts.taken_at.empty()) claims.set("taken_at", facts.taken_at);
  if (facts.lat && facts.lon) claims.set("lat", *facts.lat).set("lon", *facts.lon);
  return claims;
}

Result<records::FileInfo> read_file_info(std::string_view sha256, std::string_view bytes) {
  records::FileInfo file{.sha256 = std::string(sha256),
                         .bytes = static_cast<int64_t>(bytes.size())};
  if (ehs::looks_like_video(bytes)) {
    auto video = TRY(ehs::read_video(bytes));
    file.kind = video.kind;
    file.width = video.width;
    file.height = video.height;
    return file;
  }
  if (bytes.starts_with("%PDF-")) {
    file.kind = std::string(kPaper);
    return file;
  }
  auto photo = TRY(ehs::read_photo(bytes));
  file.kind = photo.kind;
  file.width = photo.width;
  file.height = photo.height;
  file.claims = claims_of(photo);
  return file;
}

}  // namespace

Result<void> Uploads::go_on(const std::string& uploader, const std::string& sha256, int64_t total,
                            int64_t kept, Instant now) {
  std::scoped_lock lock(mutex_);
  auto& own = open_[uploader];
  std::erase_if(own, [&](const auto& entry) { return now - entry.second.at > kOpenMax; });
  int64_t sum = kept;
  for (const auto& [name, open] : own) sum += name == sha256 ? 0 : open.bytes;
  if (sum + total > kUnnamedBytesMax) {
    return refuse(ErrorCode::LimitReached, "files that no record names");
  }
  own[sha256] = {total, now};
  return {};
}

void Uploads::end(const std::string& uploader, const std::string& sha256) {
  std::scoped_lock lock(mutex_);
  auto found = open_.find(uploader);
  if (found == open_.end()) return;
  found->second.erase(sha256);
  if (found->second.empty()) open_.erase(found);
}

Result<int64_t> unnamed_bytes(store::View& view, const std::string& uploader, Instant now) {
  auto rows = TRY(view.query(
      {"SELECT f.bytes FROM file_info f WHERE f.uploader = ? AND f.at >= ? AND NOT EXISTS "
       "(SELECT 1 FROM evidence e WHERE e.sha256 = f.sha256 AND e.uploader = f.uploader) "
       "LIMIT ?",
       {uploader, (now - kNamedWithin).ns, kUnnamedFilesMax}}));
  if (static_cast<int64_t>(rows.size()) == kUnnamedFilesMax) {
    return refuse(ErrorCode::LimitReached, "files that no record names");
  }
  int64_t sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) sum += rows[i].int64("bytes");
  return sum;
}

Result<records::FileInfo> read_or_drop(store::Blobs& blobs, std::string_view sha256) {
  std::string bytes = TRY(blobs.read(sha256));
  auto file = read_file_info(sha256, bytes);
  if (!file) TRY(blobs.drop(sha256));
  return file;
}

Result<Json> Engine::put_blob(const access::Subject& by, std::string_view sha256, int64_t offset,
                              int64_t total, std::string_view bytes) {
  std::string uploader = records::uploader_text(by.actor);
  std::string name(sha256);
  auto view = TRY(snapshot());
  int64_t kept = TRY(unnamed_bytes(*view, uploader, config_.store.clock.now()));
  view.reset();
  TRY(uploads_->go_on(uploader, name, total, kept, config_.store.clock.now()));
  auto put = database_->blobs().put(sha256, offset, total, bytes);
  if (!put) {
    if (put.error().code != ErrorCode::Conflict) uploads_->end(uploader, name);
    return std::unexpected(put.error());
  }
  Json out = Json::object({{"received", put->received}, {"whole", put->is_whole}});
  if (!put->is_whole) return out;
  uploads_->end(uploader, name);
  auto file = TRY(read_or_drop(database_->blobs(), sha256));
  out.set("kind", file.kind).set("width", file.width).set("height", file.height);
  TRY(run({.by = by, .what = RegisterFile{std::move(file)}}));
  return out;
}

Result<Json> Engine::blob_state(std::string_view sha256) {
  auto state = TRY(database_->blobs().state(sha256));
  return Json::object({{"received", state.received}, {"whole", state.is_whole}});
}

// Whoever has not brought the file himself begins anew: a hash alone is no file.
Result<Json> Engine::blob_state(const access::Subject& by, std::string_view sha256) {
  auto state = TRY(database_->blobs().state(sha256));
  if (state.is_whole) {
    auto view = TRY(snapshot());
    auto own = TRY(records::find_file(*view, sha256, by.actor));
    if (!own) state = {};
  }
  return Json::object({{"received", state.received}, {"whole", state.is_whole}});
}

}  // namespace anlan::engine
