#include "api/static_files.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/hash.h"
#include "core/text.h"

namespace anlan::api {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFilesMax = 5'000;  // our build has some hundred

struct Type {
  std::string_view extension;
  std::string_view type;
};
constexpr Type kTypes[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json; charset=utf-8"},
    {".map", "application/json; charset=utf-8"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".wasm", "application/wasm"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
    {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {".csv", "text/csv; charset=utf-8"},
    {".glb", "model/gltf-binary"},
};

std::string_view type_of(std::string_view path) {
  for (const Type& known : kTypes) {
    if (path.ends_with(known.extension)) return known.type;
  }
  return "application/octet-stream";
}

// Vite puts what it names by content into assets/; everything else may change under its name.
bool is_hashed(std::string_view path) { return path.find("/assets/") != std::string_view::npos; }

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return std::move(bytes).str();
}

bool accepts(const Request& request, std::string_view encoding) {
  for (std::string_view part : split(request.header("accept-encoding"), ',')) {
    std::string_view name = trim(part.substr(0, part.find(';')));
    bool is_refused =
        part.find("q=0") != std::string_view::npos && part.find("q=0.") == std::string_view::npos;
    if (name == encoding) return !is_refused;
  }
  return false;
}

struct Span {
  std::size_t first;
  std::size_t last;
};

std::optional<std::size_t> number(std::string_view text) {
  if (text.empty() || text.size() > 15) return std::nullopt;
  std::size_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::size_t>(c - '0');
  }
  return value;
}

enum class RangeKind { None, Good, Outside };

// RFC 9110, 14.1.2: one range of bytes; anything else is ignored, as the clause allows.
RangeKind range_of(std::string_view header, std::size_t size, Span& span) {
  if (!header.starts_with("bytes=") || size == 0) return RangeKind::None;
  std::string_view text = header.substr(6);
  std::size_t dash = text.find('-');
  if (dash == std::string_view::npos || text.find(',') != std::string_view::npos) {
    return RangeKind::None;
  }
  auto first = number(text.substr(0, dash));
  auto last = number(text.substr(dash + 1));
  if (!first && !last) return RangeKind::None;
  if (!first) {  // the last so many bytes
    if (*last == 0) return RangeKind::Outside;
    span = {.first = *last >= size ? 0 : size - *last, .last = size - 1};
    return RangeKind::Good;
  }
  if (*first >= size) return RangeKind::Outside;
  span = {.first = *first, .last = last && *last < size ? *last : size - 1};
  return span.last < span.first ? RangeKind::None : RangeKind::Good;
}

}  // namespace

void cut_range(Answer& answer, const Request& request) {
  Span span{};
  std::string size = std::to_string(answer.body.size());
  switch (range_of(request.header("range"), answer.body.size(), span)) {
    case RangeKind::None: return;
    case RangeKind::Outside:
      answer.status = 416;
      answer.headers.emplace_back("Content-Range", "bytes */" + size);
      answer.body.clear();
      return;
    case RangeKind::Good:
      answer.status = 206;
      answer.headers.emplace_back("Content-Range", "bytes " + std::to_string(span.first) + "-" +
                                                       std::to_string(span.last) + "/" + size);
      answer.body = answer.body.substr(span.first, span.last - span.first + 1);
      return;
  }
}

StaticFiles StaticFiles::list(const std::string& folder) {
  StaticFiles files;
  std::error_code error;
  fs::recursive_directory_iterator entries(folder, error);
  if (error) return files;
  for (const fs::directory_entry& entry : entries) {
    if (entry.is_symlink(error) || !entry.is_regular_file(error)) continue;
    if (files.files_.size() == kFilesMax) break;
    std::string name = "/" + entry.path().lexically_relative(folder).generic_string();
    if (!is_utf8(name) || name.find("/.") != std::string::npos) continue;
    auto changed = entry.last_write_time(error).time_since_epoch().count();
    std::string mark = name + std::to_string(entry.file_size(error)) + std::to_string(changed);
    files.files_[name] = {.path = entry.path().string(),
                          .etag = "\"" + to_hex(sha256(mark)).substr(0, 20) + "\""};
  }
  for (auto& [name, file] : files.files_) {
    file.has_br = files.files_.contains(name + ".br");
    file.has_gz = files.files_.contains(name + ".gz");
  }
  return files;
}

const StaticFiles::File* StaticFiles::find(std::string_view path) const {
  auto found = files_.find(path);
  return found == files_.end() ? nullptr : &found->second;
}

bool StaticFiles::has(std::string_view path) const { return find(path) != nullptr; }

std::optional<Answer> StaticFiles::serve(std::string_view path, const Request& request) const {
  const File* file = find(path);
  if (file == nullptr) return std::nullopt;
  Answer answer{.type = std::string(type_of(path))};
  bool is_fixed = is_hashed(path);
  answer.headers = {
      {"Cache-Control", is_fixed ? "public, max-age=31536000, immutable" : "no-cache"},
      {"ETag", file->etag},
      {"Accept-Ranges", "bytes"}};
  if (file->has_br || file->has_gz) answer.headers.emplace_back("Vary", "Accept-Encoding");
  if (request.header("if-none-match") == file->etag) {
    answer.status = 304;
    return answer;
  }
  // Ranges count the bytes of the plain file.
  bool is_whole = request.header("range").empty();
  std::string suffix;
  if (is_whole && file->has_br && accepts(request, "br")) suffix = ".br";
  if (is_whole && suffix.empty() && file->has_gz && accepts(request, "gzip")) suffix = ".gz";
  std::optional<std::string> bytes = read_file(file->path + suffix);
  if (!bytes) return std::nullopt;
  answer.body = std::move(*bytes);
  if (!suffix.empty()) {
    answer.headers.emplace_back("Content-Encoding", suffix == ".br" ? "br" : "gzip");
  }
  if (!is_whole) cut_range(answer, request);
  return answer;
}

}  // namespace anlan::api
