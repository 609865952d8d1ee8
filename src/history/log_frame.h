#pragma once
// One frame of the segment log as bytes (docs/formats/history.md). Pure. Inside the room only.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "history/segment_log.h"

namespace anlan::history {

// On disk: u32 length, u32 kind, u64 number, u32 crc32c of the bytes, u32 crc32c of the twenty
// bytes before it. Never change.
inline constexpr std::size_t kFrameHeaderBytes = 24;

// `bytes_crc` was reckoned by the caller, outside any lock.
void put_frame(std::string& out, const Frame& frame, uint32_t bytes_crc);

// The frame at the beginning of `bytes`, whole and unharmed, or nothing.
std::optional<Frame> read_frame(std::string_view bytes);

}  // namespace anlan::history
