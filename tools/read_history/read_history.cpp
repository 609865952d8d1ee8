// read_history reads the log of history without Anlan (docs/formats/history.md): every frame that
// is whole, wherever it stands, also behind a damaged place and in a segment that was cut or partly
// written over. It shares no code with the program that wrote the log.
//   read_history LOG_FOLDER [--csv]
// One JSON line says what was found; with --csv before it a line for each sample:
//   frame,tag,at_ns,received_ns,value,quality
// A number that stands twice is told once. Frames are told in the order of their numbers. Numbers
// of tags are those of table `tag` of blocks.db. Exit: 0 frames were found, 1 none, 2 it could not
// read.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHeadBytes = 24;
constexpr uint32_t kSamples = 1;
constexpr std::uintmax_t kFileBytesMax = std::uintmax_t{1} << 32;

std::array<uint32_t, 256> make_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < table.size(); ++i) {
    uint32_t sum = i;
    for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1) != 0 ? 0x82F6'3B78U : 0U);
    table.at(i) = sum;
  }
  return table;
}

// RFC 3720, appendix B.4.
uint32_t crc32c(std::string_view bytes) {
  static const std::array<uint32_t, 256> table = make_table();
  uint32_t sum = ~0U;
  for (char byte : bytes) sum = (sum >> 8) ^ table.at((sum ^ static_cast<uint8_t>(byte)) & 0xFF);
  return ~sum;
}

template <class Word>
Word word(std::string_view bytes, std::size_t at) {
  Word value{};
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  bool is_good() const { return is_good_; }
  bool is_at_end() const { return is_good_ && bytes_.empty(); }

  uint64_t varint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
      auto byte = static_cast<uint8_t>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    is_good_ = false;
    return 0;
  }
  // A difference wraps around at 64 bits, so it is kept unsigned.
  uint64_t difference() { return unzigzag(varint()); }
  double number() {
    if (bytes_.size() < sizeof(double)) {
      is_good_ = false;
      return 0;
    }
    auto value = word<double>(bytes_, 0);
    bytes_.remove_prefix(sizeof value);
    return value;
  }
  static uint64_t unzigzag(uint64_t value) { return (value >> 1) ^ (0 - (value & 1)); }

 private:
  std::string_view bytes_;
  bool is_good_ = true;
};

struct Sample {
  uint64_t tag = 0;
  uint64_t at = 0;
  uint64_t received = 0;
  double value = 0;
  unsigned quality = 0;
};

// Nothing where the content is not of samples.
std::vector<Sample> samples_of(std::string_view content) {
  if (content.empty() || content[0] != 1) return {};
  Reader in(content.substr(1));
  uint64_t count = in.varint();
  std::vector<Sample> samples;
  Sample sample;
  for (uint64_t i = 0; i < count && in.is_good(); ++i) {
    uint64_t head = in.varint();
    sample.tag += Reader::unzigzag(head >> 2);
    sample.quality = static_cast<unsigned>(head & 3);
    sample.at += in.difference();
    sample.received += in.difference();
    sample.value = in.number();
    if (in.is_good()) samples.push_back(sample);
  }
  return in.is_at_end() ? samples : std::vector<Sample>{};
}

struct Found {
  std::map<uint64_t, std::vector<Sample>> frames{};
  std::size_t segments = 0;
  std::size_t skipped_bytes = 0;  // between frames, that are not zero
};

// The length of the frame that begins there, or 0.
std::size_t frame_at(std::string_view bytes, std::size_t at) {
  if (bytes.size() - at < kHeadBytes) return 0;
  auto length = word<uint32_t>(bytes, at);
  if (length == 0) return 0;  // most of a fresh segment
  if (word<uint32_t>(bytes, at + 20) != crc32c(bytes.substr(at, 20))) return 0;
  if (length > bytes.size() - at - kHeadBytes) return 0;
  bool is_whole = crc32c(bytes.substr(at + kHeadBytes, length)) == word<uint32_t>(bytes, at + 16);
  return is_whole ? kHeadBytes + length : 0;
}

void read_segment(std::string_view bytes, Found& found) {
  ++found.segments;
  for (std::size_t at = 0; at + kHeadBytes <= bytes.size();) {
    std::size_t length = frame_at(bytes, at);
    if (length == 0) {
      found.skipped_bytes += bytes[at] != 0 ? 1 : 0;
      ++at;
      continue;
    }
    if (word<uint32_t>(bytes, at + 4) == kSamples) {
      auto number = word<uint64_t>(bytes, at + 8);
      auto samples = samples_of(bytes.substr(at + kHeadBytes, length - kHeadBytes));
      found.frames.try_emplace(number, std::move(samples));
    }
    at += length;
  }
}

bool read_folder(const fs::path& folder, Found& found) {
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".log") files.push_back(entry.path());
  }
  if (error) return false;
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    if (fs::file_size(file, error) > kFileBytesMax || error) return false;
    std::ifstream in(file, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), {});
    if (!in.good() && !in.eof()) return false;
    read_segment(bytes, found);
  }
  return true;
}

void tell_csv(const Found& found) {
  std::puts("frame,tag,at_ns,received_ns,value,quality");
  for (const auto& [number, samples] : found.frames) {
    for (const Sample& one : samples) {
      std::printf("%llu,%llu,%lld,%lld,%.17g,%u\n", static_cast<unsigned long long>(number),
                  static_cast<unsigned long long>(one.tag), std::bit_cast<long long>(one.at),
                  std::bit_cast<long long>(one.received), one.value, one.quality);
    }
  }
}

void tell_sum(const Found& found) {
  std::size_t samples = 0;
  for (const auto& [number, of_frame] : found.frames) samples += of_frame.size();
  uint64_t first = found.frames.empty() ? 0 : found.frames.begin()->first;
  uint64_t last = found.frames.empty() ? 0 : found.frames.rbegin()->first;
  std::printf(
      "{\"segments\":%zu,\"frames\":%zu,\"samples\":%zu,\"first\":%llu,\"last\":%llu,"
      "\"missing\":%llu,\"bytes_skipped\":%zu}\n",
      found.segments, found.frames.size(), samples, static_cast<unsigned long long>(first),
      static_cast<unsigned long long>(last),
      static_cast<unsigned long long>(
          found.frames.empty() ? 0 : last - first + 1 - found.frames.size()),
      found.skipped_bytes);
}

}  // namespace

int main(int count, char** words) {
  std::vector<std::string_view> wanted(words + 1, words + count);
  bool is_csv = std::erase(wanted, "--csv") > 0;
  if (wanted.size() != 1) {
    std::fputs("usage: read_history LOG_FOLDER [--csv]\n", stderr);
    return 2;
  }
  Found found;
  if (!read_folder(fs::path(wanted[0]), found)) {
    std::fprintf(stderr, "read_history: %s cannot be read\n", std::string(wanted[0]).c_str());
    return 2;
  }
  if (is_csv) tell_csv(found);
  tell_sum(found);
  return found.frames.empty() ? 1 : 0;
}
