#pragma once
// For what a test or bench can't do without.

#include <cstdlib>
#include <iostream>
#include <type_traits>
#include <utility>

#include "core/result.h"

namespace anlan::test {

// What `result` holds, or the end of the program with its refusal.
template <class T>
T need(Result<T> result) {
  if (result) {
    if constexpr (std::is_void_v<T>) return;
    else return std::move(result).value();
  }
  const Error& error = result.error();
  std::cerr << error_text(error.code).code << " " << error.field << " " << error.detail << "\n";
  std::abort();
}

}  // namespace anlan::test
