#pragma once
// Reads the frame of an MP4 or WebM film without decoding anything: is it whole, is there a picture
// track in it, how large is the picture. Foreign bytes: every length, count and depth is bounded.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace anlan::ehs {

struct VideoFacts {
  std::string kind;  // "video/mp4", "video/webm"
  uint32_t width = 0;
  uint32_t height = 0;
};

// By its first bytes; read_video says whether it is one.
bool looks_like_video(std::string_view bytes);
// BadImage for anything cut off, damaged or without picture; TooLarge over limits::kBlobBytesMax.
Result<VideoFacts> read_video(std::string_view bytes);

}  // namespace anlan::ehs
