#include "history/sample_frame.h"

#include <limits>

#include "history/bytes.h"

namespace anlan::history {
namespace {

constexpr uint8_t kVersion = 1;
constexpr std::size_t kSampleBytesMin = 11;  // one byte each for head and times, eight of value

char* write_sample(char* out, const Sample& sample, const Sample& before) {
  int64_t step = static_cast<int64_t>(sample.tag) - static_cast<int64_t>(before.tag);
  out = write_varint(out, (zigzag(step) << 2) | static_cast<uint64_t>(sample.quality));
  out = write_varint(out, zigzag(wrapping_subtract(sample.at.ns, before.at.ns)));
  out = write_varint(out, zigzag(wrapping_subtract(sample.received.ns, before.received.ns)));
  return write_word(out, sample.value);
}

Sample read_sample(ByteReader& in, const Sample& before) {
  uint64_t head = in.varint();
  int64_t tag = wrapping_add(static_cast<int64_t>(before.tag), unzigzag(head >> 2));
  if (tag < 0 || tag > std::numeric_limits<TagIndex>::max()) in.fail();
  Sample sample{.tag = static_cast<TagIndex>(tag)};
  sample.at.ns = wrapping_add(before.at.ns, in.signed_varint());
  sample.received.ns = wrapping_add(before.received.ns, in.signed_varint());
  sample.value = in.word<double>();
  sample.quality = static_cast<Quality>(head & 3);
  return sample;
}

}  // namespace

std::string encode_samples(std::span<const Sample> samples) {
  std::string bytes;
  bytes.resize_and_overwrite(samples.size() * kSampleBytesMax + 1 + kVarintBytesMax,
                             [&](char* start, std::size_t) {
                               char* out = write_word(start, kVersion);
                               out = write_varint(out, samples.size());
                               Sample before;
                               for (const Sample& sample : samples) {
                                 out = write_sample(out, sample, before);
                                 before = sample;
                               }
                               return static_cast<std::size_t>(out - start);
                             });
  return bytes;
}

Result<std::vector<Sample>> decode_samples(std::string_view bytes) {
  ByteReader in(bytes);
  auto version = in.word<uint8_t>();
  uint64_t count = in.varint();
  if (version != kVersion || count > in.left() / kSampleBytesMin)
    return refuse(ErrorCode::StoreFailed, "a frame of unknown form");
  std::vector<Sample> samples;
  samples.reserve(count);
  Sample before;
  while (samples.size() < count && in.is_good()) {
    before = read_sample(in, before);
    samples.push_back(before);
  }
  if (!in.is_at_end()) return refuse(ErrorCode::StoreFailed, "a frame with bad samples");
  return samples;
}

}  // namespace anlan::history
