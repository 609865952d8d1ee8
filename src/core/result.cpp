#include "core/result.h"

#include <array>

namespace anlan {

const ErrorText& error_text(ErrorCode code) {
  static constexpr std::array kTexts{
#define ANLAN_ERROR(name, code, status, zh, en) ErrorText{code, status, zh, en},
#include "core/errors.def"
#undef ANLAN_ERROR
  };
  return kTexts[static_cast<std::size_t>(code)];
}

}  // namespace anlan
