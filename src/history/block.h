#pragma once
// Samples of one tag in order of time as one blob (docs/formats/history.md): the shortest form for
// each column, read back and compared before it is handed out. Inside the room only.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "history/sample.h"
#include "history/squeeze.h"

namespace anlan::history {

inline constexpr std::size_t kBlockSamplesMax = 4096;

// One thread at a time.
class BlockCodec {
 public:
  void set_effort(Squeezer::Effort effort) { squeezer_.set_effort(effort); }
  // 1 to kBlockSamplesMax samples; their tag is not written.
  std::string encode(std::span<const Sample> samples);
  // StoreFailed for bytes that encode() did not make.
  Result<std::vector<Sample>> decode(TagIndex tag, std::string_view blob);

  // Without the checksum around it; the fuzz target comes in here.
  Result<std::vector<Sample>> decode_body(TagIndex tag, std::string_view body);

 private:
  std::string columns_of(std::span<const Sample> samples);

  Squeezer squeezer_;
};

// Bit by bit: NaN equals itself, -0 differs from 0. Tags are not looked at.
bool is_same(std::span<const Sample> a, std::span<const Sample> b);

}  // namespace anlan::history
