#pragma once
// app is the command line: it knows every room, wires them in order and stops them in reverse.
//
//   int main(int argc, char** argv) { return anlan::app::run_words({argv + 1, argv + argc}); }

#include <string>
#include <vector>

namespace anlan::app {

// 0 good, 1 refused or failed, 2 words that nobody understands.
int run_words(const std::vector<std::string>& words);

}  // namespace anlan::app
