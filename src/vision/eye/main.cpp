// anlan-vision MEMORY_MB: answers questions about photos on standard input until it ends. Only
// src/vision/eyes.cpp starts it. It ends at the first thing that is not right.

#include <malloc.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <new>
#include <opencv2/core.hpp>

#include "vision/eye/jail.h"
#include "vision/eye/jpeg.h"
#include "vision/eye/look.h"
#include "vision/eye/pair.h"
#include "vision/wire.h"

namespace anlan::vision {
namespace {

constexpr int kNotReady = 3, kBadQuestion = 4;

bool read_all(char* to, std::size_t count) {
  while (count > 0) {
    ssize_t got = ::read(0, to, count);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to += got;
    count -= static_cast<std::size_t>(got);
  }
  return true;
}

bool write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t put = ::write(1, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

std::string answer(const wire::Question& question, std::string first, std::string second) {
  auto one = eye::decode(first);
  if (!one) return wire::write_refusal(wire::Outcome::BadImage, one.error());
  if (question.kind == wire::Kind::Look) return wire::write_answer(eye::look(*one));
  first = {};
  auto other = eye::decode(second);
  if (!other) return wire::write_refusal(wire::Outcome::BadImage, other.error());
  second = {};
  return wire::write_answer(eye::compare(one->bgr, other->bgr, question.box));
}

// What a library throws is an answer too: this picture is too much for it.
std::string answer_safely(const wire::Question& question, std::string first, std::string second) {
  try {
    return answer(question, std::move(first), std::move(second));
  } catch (const std::bad_alloc&) {
    return wire::write_refusal(wire::Outcome::Failed, "out of memory");
  } catch (const std::exception& error) {
    return wire::write_refusal(wire::Outcome::Failed, error.what());
  }
}

// Libraries open files and ask the kernel things when they are first used; that is over before the
// door shuts.
bool warm_up() {
  cv::setNumThreads(1);
  cv::Mat noise(240, 320, CV_8UC3);
  cv::RNG(1).fill(noise, cv::RNG::UNIFORM, 0, 255);
  auto picture = eye::decode(eye::encode_jpeg(noise, 90));
  if (!picture) return false;
  (void)eye::look(*picture);
  return eye::compare(picture->bgr, noise, std::nullopt).is_reupload;
}

// Pictures come and go: memory is kept within a question and given back after it.
void settle_memory() {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

int serve() {
  char head[wire::kQuestionBytes];
  while (read_all(head, sizeof head)) {
    auto question = wire::read_question({head, sizeof head});
    if (!question) return kBadQuestion;
    std::string first(question->first_bytes, '\0'), second(question->second_bytes, '\0');
    if (!read_all(first.data(), first.size()) || !read_all(second.data(), second.size())) return 0;
    if (!write_all(answer_safely(*question, std::move(first), std::move(second)))) return 0;
    malloc_trim(0);
  }
  return 0;
}

}  // namespace
}  // namespace anlan::vision

int main(int count, char** words) {
  using namespace anlan::vision;
  std::size_t memory_mb = 0;
  if (count == 2) std::from_chars(words[1], words[1] + std::strlen(words[1]), memory_mb);
  settle_memory();
  if (memory_mb == 0 || !eye::bound_resources(memory_mb) || !warm_up() || !eye::shut_in())
    return kNotReady;
  return serve();
}
