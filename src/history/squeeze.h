#pragma once
// zstd with its working memory kept. One thread at a time. Inside the room only.

#include <memory>
#include <string>
#include <string_view>

#include "history/bytes.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace anlan::history {

class Squeezer {
 public:
  Squeezer();
  ~Squeezer();
  Squeezer(const Squeezer&) = delete;
  Squeezer& operator=(const Squeezer&) = delete;

  // How hard put() tries from now on: what is written anew each minute is worth little time, what
  // stays for a year much. It costs nothing to read.
  enum class Effort : int { Little = 1, Much = 12 };
  void set_effort(Effort effort) { effort_ = effort; }
  // Appends the bytes with their length, compressed where that is shorter.
  void put(std::string& out, std::string_view bytes);
  // The bytes, at most `bytes_max`; nothing and a bad reader where they are foreign. Valid until
  // the next call, or as long as what is read.
  std::string_view read(ByteReader& in, std::size_t bytes_max);

 private:
  Effort effort_ = Effort::Little;
  ZSTD_CCtx_s* packer_;
  ZSTD_DCtx_s* unpacker_;
  std::string buffer_;
};

}  // namespace anlan::history
