#pragma once
// One MQTT message to one broker, and away: for the demo plant's simulator and for tests.

#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"

namespace anlan::connect {

// QoS 1: returns when the broker has it. StoreFailed with the broker's reason, or after `patience`.
Result<void> publish_once(const std::string& host, uint16_t port, const std::string& topic,
                          std::string_view payload, Duration patience = Duration::seconds(3));

}  // namespace anlan::connect
