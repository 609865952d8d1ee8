#pragma once
// The text of the INSERT for rows of one shape, made once. Inside the room only.

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/change.h"

namespace anlan::store {

// Names come from our own deciders, and yet they become SQL text: nothing but a plain word passes.
std::string sql_name(std::string_view name);

class RowTexts {
 public:
  const std::string& insert_of(const RowChange& row);

 private:
  // Forms and their filled-in fields make some hundred shapes; beyond it all are made again.
  static constexpr std::size_t kShapesMax = 1'000;

  struct Shape {
    std::string table;
    std::vector<std::string> columns;
    std::string text;
  };
  std::unordered_multimap<std::size_t, Shape> shapes_;
};

}  // namespace anlan::store
