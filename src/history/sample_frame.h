#pragma once
// Samples as the bytes of one log frame (docs/formats/history.md). Pure. Inside the room only.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "history/sample.h"

namespace anlan::history {

inline constexpr uint32_t kSampleFrame = 1;  // On disk: the kind of such a frame. Never renumber.
// At most this long is one sample: head, two times, value.
inline constexpr std::size_t kSampleBytesMax = 38;

std::string encode_samples(std::span<const Sample> samples);
// StoreFailed where the bytes are none of encode_samples.
Result<std::vector<Sample>> decode_samples(std::string_view bytes);

}  // namespace anlan::history
