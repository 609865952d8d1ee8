#pragma once
// SHA-256 as 32 raw bytes in a string; to_hex (core/text.h) shows it.

#include <memory>
#include <string>
#include <string_view>

namespace anlan {

std::string sha256(std::string_view bytes);

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void add(std::string_view bytes);
  std::string finish();  // once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace anlan
