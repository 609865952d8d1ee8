#include "history/log_frame.h"

#include "history/bytes.h"
#include "history/crc32c.h"

namespace anlan::history {

void put_frame(std::string& out, const Frame& frame, uint32_t bytes_crc) {
  std::size_t start = out.size();
  put_word(out, static_cast<uint32_t>(frame.bytes.size()));
  put_word(out, frame.kind);
  put_word(out, frame.number);
  put_word(out, bytes_crc);
  put_word(out, crc32c(std::string_view(out).substr(start)));
  out.append(frame.bytes);
}

std::optional<Frame> read_frame(std::string_view bytes) {
  if (bytes.size() < kFrameHeaderBytes) return std::nullopt;
  ByteReader header(bytes.substr(0, kFrameHeaderBytes));
  auto length = header.word<uint32_t>();
  auto kind = header.word<uint32_t>();
  auto number = header.word<uint64_t>();
  auto bytes_crc = header.word<uint32_t>();
  if (header.word<uint32_t>() != crc32c(bytes.substr(0, kFrameHeaderBytes - 4)))
    return std::nullopt;
  if (number == 0 || length > bytes.size() - kFrameHeaderBytes) return std::nullopt;
  std::string_view body = bytes.substr(kFrameHeaderBytes, length);
  if (crc32c(body) != bytes_crc) return std::nullopt;
  return Frame{.number = number, .kind = kind, .bytes = body};
}

}  // namespace anlan::history
