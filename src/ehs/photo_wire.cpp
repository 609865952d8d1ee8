#include "ehs/photo_wire.h"

#include "core/limits.h"
#include "ehs/photo_parts.h"

namespace anlan::ehs {
namespace {

Result<Photo> open_photo(std::string_view bytes) {
  if (bytes.size() > limits::kBlobBytesMax) return refuse(ErrorCode::TooLarge, "photo");
  if (bytes.starts_with("\xff\xd8\xff")) return open_jpeg(bytes);
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return open_png(bytes);
  if (bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP")) return open_webp(bytes);
  return bad_image("neither JPEG nor PNG nor WebP");
}

}  // namespace

std::string big_text(uint32_t value, int size) {
  std::string out;
  for (int i = size - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 255);
  return out;
}

std::string little_text(uint32_t value, int size) {
  std::string out;
  for (int i = 0; i < size; ++i) out += static_cast<char>(value >> (8 * i) & 255);
  return out;
}

Result<void> set_size(PhotoFacts& facts, uint32_t width, uint32_t height) {
  if (width == 0 || height == 0) return bad_image("no width or no height");
  if (uint64_t{width} * height > limits::kImagePixelsMax) {
    return refuse(ErrorCode::TooLarge, "too many pixels");
  }
  facts.width = width;
  facts.height = height;
  return {};
}

Result<PhotoFacts> read_photo(std::string_view bytes) {
  Photo photo = TRY(open_photo(bytes));
  return std::move(photo.facts);
}

Result<std::string> strip_exif(std::string_view bytes) {
  Photo photo = TRY(open_photo(bytes));
  if (photo.facts.kind == "image/jpeg") return strip_jpeg(photo);
  if (photo.facts.kind == "image/png") return strip_png(photo);
  return strip_webp(photo);
}

}  // namespace anlan::ehs
