// Foreign bytes as a block, as a frame of the log and as the samples in it: nothing crashes or
// takes more memory than a block may; what can be read is written and read again the same.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "history/block.h"
#include "history/log_frame.h"
#include "history/sample_frame.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace anlan::history;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static BlockCodec codec;
  (void)codec.decode(1, bytes);
  if (auto samples = codec.decode_body(1, bytes)) {
    if (samples->size() > kBlockSamplesMax) std::abort();
    auto again = codec.decode(1, codec.encode(*samples));
    if (!again || !is_same(*again, *samples)) std::abort();
  }
  if (auto samples = decode_samples(bytes)) {
    if (samples->size() > size) std::abort();
    auto again = decode_samples(encode_samples(*samples));
    if (!again || !is_same(*again, *samples)) std::abort();
  }
  if (auto frame = read_frame(bytes); frame && frame->bytes.size() > size) std::abort();
  return 0;
}
