#pragma once
// A small HTTP/1.1 load generator: one thread, keep-alive connections, each with one request under
// way. It shares the machine with what it measures, so it does as little as it can.

#include <cstdint>
#include <functional>
#include <string>

namespace anlan::bench {

struct Target {
  uint16_t port = 0;
  bool is_tls = false;
};

struct Load {
  int connections = 10;
  double warm_s = 1;
  double seconds = 5;
  int status = 200;        // what a good answer has
  std::string contains{};  // and what stands in it
};

struct Measured {
  double per_s = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double cpu_us = 0;  // of this generator, for each request
  int64_t count = 0;
  int64_t bad = 0;
  std::string first_bad{};
};

// `write` appends the next whole request of a connection.
using WriteRequest = std::function<void(int connection, std::string& out)>;
Measured run_load(const Target& target, const Load& load, const WriteRequest& write);

// One request on a connection of its own; the whole answer, empty when there is none.
struct Reply {
  int status = 0;
  std::string head{};
  std::string body{};
};
Reply ask(const Target& target, const std::string& request);

}  // namespace anlan::bench
