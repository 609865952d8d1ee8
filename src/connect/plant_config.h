#pragma once
// What connect reads from where: made by engine out of the records of forms `source` and `tag`.

#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "core/time.h"
#include "history/history.h"

namespace anlan::connect {

// How a value lies in the registers of a device. Words are stored; never rename.
enum class ValueType { Bool, Int16, UInt16, Int32, UInt32, Float32, Float64 };
enum class Table { Coil, Discrete, Input, Holding };  // 0x, 1x, 3x, 4x

struct TagAddress {
  history::TagIndex tag = 0;
  std::string code;
  Table table = Table::Input;
  uint16_t address = 0;  // 0-based, as on the wire
  ValueType type = ValueType::UInt16;
  std::string order = "ABCD";  // ABCD, BADC, CDAB, DCBA
  double scale = 1;            // value = raw * scale + offset
  double offset = 0;
  Duration every = Duration::seconds(1);
  std::string path{};  // Sparkplug: "group/node//metric" or "group/node/device//metric"
};

struct Source {
  enum class Protocol { Modbus, Mqtt, Sparkplug };
  std::string code;
  Protocol protocol = Protocol::Modbus;
  std::string host = "127.0.0.1";
  uint16_t port = 502;
  int unit_id = 1;
  int gap_max = 16;  // registers that a request may read for nothing
  Duration time_out = Duration::milliseconds(500);
  std::string topic{};            // MQTT: "plant/#"; Sparkplug: a group, empty: all of them
  std::string host_id = "anlan";  // Sparkplug: who we are to the edge nodes
  std::string user{};             // of the broker, may be empty
  std::string password{};
  std::vector<TagAddress> tags{};  // none for MQTT: its values name tags by code
};

// Rows [{"code","protocol","host","port","unit_id","gap_max","time_out_ms","topic",
// "host_id","user","password","tags":[{"index","code","table","address","type","order","scale",
// "offset","every_ms","path"}]}] with the words of the forms; what is left out has the value above.
// Decimals may be texts. BadField names the source or tag, and nothing is taken.
Result<std::vector<Source>> parse_sources(const Json& rows);

}  // namespace anlan::connect
