#include "vision/wire.h"

#include <bit>
#include <cmath>

#include "core/limits.h"

namespace anlan::vision::wire {
namespace {

constexpr uint32_t kQuestionMark = 0x31515641;  // "AVQ1", little end first
constexpr uint32_t kAnswerMark = 0x31415641;    // "AVA1"

class Writer {
 public:
  template <class T>
  Writer& number(T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i)
      bytes_.push_back(static_cast<char>(static_cast<uint64_t>(value) >> (8 * i) & 0xFF));
    return *this;
  }
  Writer& real(double value) { return number(std::bit_cast<uint64_t>(value)); }
  Writer& text(std::string_view value) {
    number(static_cast<uint32_t>(value.size()));
    bytes_ += value;
    return *this;
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// After the first thing that does not fit everything read is zero and is_good() false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
  T number() {
    std::string_view part = take(sizeof(T));
    uint64_t value = 0;
    for (std::size_t i = part.size(); i > 0; --i)
      value = value << 8 | static_cast<uint8_t>(part[i - 1]);
    return static_cast<T>(value);
  }
  double real(double low, double high) {
    auto value = std::bit_cast<double>(number<uint64_t>());
    if (!(value >= low && value <= high)) is_good_ = false;
    return is_good_ ? value : 0;
  }
  std::string_view text(std::size_t bytes_max) {
    auto size = number<uint32_t>();
    if (size > bytes_max) is_good_ = false;
    return take(size);
  }
  bool flag() {
    auto value = number<uint8_t>();
    if (value > 1) is_good_ = false;
    return value == 1;
  }
  Box box() {
    return {.x = real(0, 1), .y = real(0, 1), .width = real(0, 1), .height = real(0, 1)};
  }
  bool is_good() const { return is_good_; }
  bool is_at_end() const { return is_good_ && bytes_.empty(); }

 private:
  std::string_view take(std::size_t count) {
    if (!is_good_ || count > bytes_.size()) {
      is_good_ = false;
      return {};
    }
    std::string_view part = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return part;
  }

  std::string_view bytes_;
  bool is_good_ = true;
};

void write_box(Writer& writer, const Box& box) {
  writer.real(box.x).real(box.y).real(box.width).real(box.height);
}

std::string write_frame(Outcome outcome, const std::string& body) {
  Writer head;
  head.number(kAnswerMark).number(static_cast<uint8_t>(outcome));
  head.number(uint8_t{0}).number(uint16_t{0}).number(static_cast<uint32_t>(body.size()));
  return head.number(uint32_t{0}).take() + body;
}

std::unexpected<Error> bad(const char* what) { return refuse(ErrorCode::Internal, what); }

// A homography of two photos of one place moves nothing by more than this many pictures.
constexpr double kMapMax = 1e6;

}  // namespace

std::string write_question(const Question& question) {
  Writer writer;
  writer.number(kQuestionMark).number(static_cast<uint8_t>(question.kind));
  writer.number(static_cast<uint8_t>(question.box ? 1 : 0)).number(uint16_t{0});
  writer.number(question.first_bytes).number(question.second_bytes);
  write_box(writer, question.box.value_or(Box{}));
  return writer.take();
}

Result<Question> read_question(std::string_view bytes) {
  Reader reader(bytes);
  Question question;
  if (reader.number<uint32_t>() != kQuestionMark) return bad("no question");
  auto kind = reader.number<uint8_t>();
  bool has_box = reader.flag();
  auto padding = reader.number<uint16_t>();
  question.first_bytes = reader.number<uint32_t>();
  question.second_bytes = reader.number<uint32_t>();
  Box box = reader.box();
  if (!reader.is_at_end() || padding != 0) return bad("a damaged question");
  if (kind != 1 && kind != 2) return bad("an unknown question");
  question.kind = static_cast<Kind>(kind);
  if (question.first_bytes > limits::kBlobBytesMax || question.second_bytes > limits::kBlobBytesMax)
    return bad("too many bytes");
  if (question.kind == Kind::Look && (question.second_bytes > 0 || has_box))
    return bad("one photo is looked at");
  if (has_box) question.box = box;
  return question;
}

std::string write_answer(const PhotoSeen& seen) {
  Writer body;
  body.number(seen.width).number(seen.height).real(seen.sharpness).real(seen.darkness);
  body.text(seen.print).text(seen.thumbnail);
  return write_frame(Outcome::Seen, body.take());
}

std::string write_answer(const PairSeen& seen) {
  Writer body;
  body.real(seen.same_scene).real(seen.context).real(seen.changed);
  body.number(uint8_t{seen.is_reupload}).number(uint8_t{seen.is_box_proposed});
  body.number(uint8_t{seen.homography.has_value()});
  body.number(static_cast<uint32_t>(seen.inliers));
  write_box(body, seen.box);
  if (seen.homography) {
    for (double value : *seen.homography) body.real(value);
  }
  return write_frame(Outcome::Seen, body.take());
}

std::string write_refusal(Outcome outcome, std::string_view reason) {
  return write_frame(outcome, std::string(reason.substr(0, kReasonBytesMax)));
}

Result<AnswerHead> read_answer_head(std::string_view bytes) {
  Reader reader(bytes);
  if (reader.number<uint32_t>() != kAnswerMark) return bad("no answer");
  auto outcome = reader.number<uint8_t>();
  bool is_padded = reader.number<uint8_t>() == 0 && reader.number<uint16_t>() == 0;
  AnswerHead head{.outcome = static_cast<Outcome>(outcome), .bytes = reader.number<uint32_t>()};
  is_padded = is_padded && reader.number<uint32_t>() == 0;
  if (!reader.is_at_end() || !is_padded || outcome > 2) return bad("a damaged answer");
  if (head.bytes > (outcome == 0 ? kAnswerBytesMax : kReasonBytesMax))
    return bad("too long an answer");
  return head;
}

Result<PhotoSeen> read_photo_seen(std::string_view body) {
  Reader reader(body);
  PhotoSeen seen;
  seen.width = reader.number<uint32_t>();
  seen.height = reader.number<uint32_t>();
  seen.sharpness = reader.real(0, 1);
  seen.darkness = reader.real(0, 1);
  seen.print = reader.text(kPrintBytesMax);
  seen.thumbnail = reader.text(kThumbnailBytesMax);
  if (!reader.is_at_end()) return bad("a damaged answer");
  uint64_t pixels = uint64_t{seen.width} * seen.height;
  if (pixels == 0 || pixels > limits::kImagePixelsMax) return bad("an impossible size");
  return seen;
}

Result<PairSeen> read_pair_seen(std::string_view body) {
  Reader reader(body);
  PairSeen seen;
  seen.same_scene = reader.real(0, 1);
  seen.context = reader.real(0, 1);
  seen.changed = reader.real(0, 1);
  seen.is_reupload = reader.flag();
  seen.is_box_proposed = reader.flag();
  bool has_homography = reader.flag();
  auto inliers = reader.number<uint32_t>();
  seen.box = reader.box();
  if (has_homography) {
    seen.homography.emplace();
    for (int i = 0; i < 9; ++i) seen.homography->push_back(reader.real(-kMapMax, kMapMax));
  }
  if (!reader.is_at_end() || inliers > 1'000'000) return bad("a damaged answer");
  seen.inliers = static_cast<int>(inliers);
  return seen;
}

}  // namespace anlan::vision::wire
