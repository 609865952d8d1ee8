#pragma once
// An XML element with local names only, read by pugixml and nothing else of it seen outside.
// Inside the room only.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace anlan::rules {

struct Xml {
  std::string name{};
  std::string space{};                                            // namespace of the element
  std::vector<std::pair<std::string, std::string>> attributes{};  // local names, no xmlns
  std::string text{};
  std::vector<Xml> children{};

  static Result<Xml> parse(std::string_view bytes);  // BadModel, TooLarge, TooDeep

  const Xml* child(std::string_view local_name) const;
  std::vector<const Xml*> all(std::string_view local_name) const;
  std::string_view attribute(std::string_view local_name) const;  // empty if there is none
  // The text of a child, trimmed; empty if there is none.
  std::string_view text_of(std::string_view local_name) const;
};

}  // namespace anlan::rules
