#pragma once
// Which requests read a device's tags: neighbours share a request, over small gaps too, and the
// requests of one period are spread over it. Learns from refusals: an illegal address inside a
// request (exception 02) splits it until only the illegal tag itself is left out.
// Modbus Application Protocol V1.1b3: 6.1 and 6.2 at most 2000 bits, 6.3 and 6.4 at most 125
// registers in one request.

#include <span>
#include <vector>

#include "connect/plant_config.h"

namespace anlan::connect {

inline constexpr uint32_t kModbusBitsMax = 2000;
inline constexpr uint32_t kModbusRegistersMax = 125;

struct PollRequest {
  Table table = Table::Input;
  uint16_t address = 0;
  uint16_t count = 0;  // registers, or bits of Coil and Discrete
  Duration every{};
  Duration phase{};              // of the first poll
  bool is_refused = false;       // one tag, and the device does not have it
  std::vector<uint32_t> tags{};  // places in the list the plan was made of, by address
};

class PollPlan {
 public:
  // Every tag lies below address 65536 (parse_sources sees to it).
  PollPlan(std::vector<TagAddress> tags, int gap_max);

  const std::vector<TagAddress>& tags() const { return tags_; }
  const std::vector<PollRequest>& requests() const { return requests_; }
  // The device refused this request's addresses: it becomes two, or, where it has one tag, it is
  // refused and asked again every minute. Answers the place of the second half, or `request`.
  std::size_t learn_illegal(std::size_t request);
  // A refused tag has answered after all.
  void learn_legal(std::size_t request);

 private:
  PollRequest request_of(std::span<const uint32_t> tags) const;

  std::vector<TagAddress> tags_;
  std::vector<PollRequest> requests_;
};

}  // namespace anlan::connect
