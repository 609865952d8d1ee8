#pragma once
// Result<T> is a value or a refusal. A refusal says that a person or device asked for something
// wrong, or that the world failed; it carries a code of core/errors.def. TRY passes it on:
//   auto form = TRY(forms.find(id));

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace anlan {

enum class ErrorCode {
#define ANLAN_ERROR(name, code, status, zh, en) name,
#include "core/errors.def"
#undef ANLAN_ERROR
};

struct ErrorText {
  std::string_view code;  // stable, part of the API
  int http_status;
  std::string_view zh;
  std::string_view en;
};

const ErrorText& error_text(ErrorCode code);

struct Error {
  ErrorCode code;
  std::string detail{};      // for logs and developers, English, never shown alone to a user
  std::string field{};       // which field or element is meant, empty if none
  std::string message_zh{};  // says more than the catalogue, from a pack's texts; may be empty
  std::string message_en{};
  // What the refusal is about, as the text of a JSON object: ids, instants, figures; may be empty.
  std::string params{};

  bool operator==(const Error&) const = default;
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> refuse(ErrorCode code, std::string detail = {},
                                     std::string field = {}) {
  return std::unexpected(
      Error{.code = code, .detail = std::move(detail), .field = std::move(field)});
}

}  // namespace anlan

// Statement expression of g++ and clang; both target compilers have it. g++ does not destroy what
// the same full expression made before a refusal leaves it: beside other temporaries that own
// memory, as in push_back({key, TRY(...)}), take the value into a local first. The counter keeps
// the names of nested ones apart.
#define ANLAN_TRY_NAMED(name, expression)                  \
  ({                                                       \
    auto name = (expression);                              \
    if (!name) [[unlikely]]                                \
      return ::std::unexpected(::std::move(name).error()); \
    ::std::move(name).value();                             \
  })
#define ANLAN_JOIN_NOW(a, b) a##b
#define ANLAN_JOIN(a, b) ANLAN_JOIN_NOW(a, b)
#define TRY(expression) ANLAN_TRY_NAMED(ANLAN_JOIN(try_result_, __COUNTER__), expression)
