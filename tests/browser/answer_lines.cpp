// The server's side of tests/browser/run.mjs: a request a line in, an answer a line out.

#include <iostream>
#include <string>

#include "browser/browser.h"

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << anlan::browser::answer(line) << '\n';
  }
  return std::cout.good() ? 0 : 1;
}
