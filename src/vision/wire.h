#pragma once
// The bytes between us and anlan-vision (docs/formats/vision.md): a question is a head of 48 bytes
// and one or two photos, an answer a head of 16 bytes and what was seen. Neither side trusts the
// other: a hostile picture may have taken over the one that answers.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "vision/vision.h"

namespace anlan::vision::wire {

enum class Kind : uint8_t { Look = 1, Compare = 2 };

struct Question {
  Kind kind = Kind::Look;
  uint32_t first_bytes = 0;
  uint32_t second_bytes = 0;  // 0 for Look
  std::optional<Box> box{};
};

enum class Outcome : uint8_t { Seen = 0, BadImage = 1, Failed = 2 };

struct AnswerHead {
  Outcome outcome = Outcome::Failed;
  uint32_t bytes = 0;
};

inline constexpr std::size_t kQuestionBytes = 48;
inline constexpr std::size_t kAnswerHeadBytes = 16;
inline constexpr std::size_t kPrintBytesMax = 16 << 10;
inline constexpr std::size_t kThumbnailBytesMax = 128 << 10;  // 320 x 320 at the worst of noise
inline constexpr std::size_t kAnswerBytesMax = kPrintBytesMax + kThumbnailBytesMax + 256;
inline constexpr std::size_t kReasonBytesMax = 200;

std::string write_question(const Question& question);
Result<Question> read_question(std::string_view bytes);

// Head and body.
std::string write_answer(const PhotoSeen& seen);
std::string write_answer(const PairSeen& seen);
std::string write_refusal(Outcome outcome, std::string_view reason);

Result<AnswerHead> read_answer_head(std::string_view bytes);
// Every number is finite and in its range, or the whole answer is refused.
Result<PhotoSeen> read_photo_seen(std::string_view body);
Result<PairSeen> read_pair_seen(std::string_view body);

}  // namespace anlan::vision::wire
