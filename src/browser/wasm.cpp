// What the WebAssembly module exports: one function of bytes to bytes. The page takes memory with
// malloc, writes a request into it, and gives back with free what it asked and what it got.

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "browser/browser.h"
#include "core/check.h"

// Where the answer stands: its length as 4 bytes, little-endian, then the answer. The caller frees.
extern "C" std::uint8_t* anlan_answer(const char* request, std::uint32_t size) {
  std::string answer = anlan::browser::answer({request, size});
  std::uint32_t length = static_cast<std::uint32_t>(answer.size());
  auto* told = static_cast<std::uint8_t*>(std::malloc(sizeof length + length));
  CHECK(told != nullptr, "the page is out of memory");
  std::memcpy(told, &length, sizeof length);
  std::memcpy(told + sizeof length, answer.data(), length);
  return told;
}
