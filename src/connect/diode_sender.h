#pragma once
// The sending side of a one-way link: a sink for drivers on the plant's side that numbers, signs
// and sends what they read, and hears nothing (docs/formats/diode.md).

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "connect/sources.h"

namespace anlan::connect {

struct DiodeTarget {
  std::string host{};  // of the receiver; empty: files in `folder`
  uint16_t port = 0;
  std::string folder{};
  std::string key{};  // 32 bytes
  int copies = 2;     // 1 to 5; each but the first a moment later, against bursts of loss. UDP only
};

class DiodeSender : public Sink {
 public:
  // `codes` of tags by their index; more are learned by find_tag, up to 200,000. BadField: no such
  // address, key or number of copies. Internal: no socket.
  static Result<std::unique_ptr<DiodeSender>> make(DiodeTarget target,
                                                   std::vector<std::string> codes, Clock& clock);
  // Copies that are due, and a sign of life where nothing was sent for a second. Any thread.
  virtual void turn() = 0;
  virtual int64_t sent() const = 0;    // frames, without copies
  virtual int64_t failed() const = 0;  // frames that the system did not take
};

// The program `anlan diode-send`: {"sources":[rows of parse_sources],"udp":"HOST:PORT"|"folder":
// DIR,"key":64 hex digits,"copies"?}; runs until `is_stopping`. BadField names what is wrong.
Result<void> run_diode_sender(const Json& config, Clock& clock,
                              const std::function<bool()>& is_stopping,
                              const std::function<void()>& on_ready = {});

}  // namespace anlan::connect
