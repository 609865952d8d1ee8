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
  // Sparkplug: "group/node//metric" or "group/node/device//metric"; OPC UA: "ns=2;s=Line 1/Speed";
  // replay: the heading of the column
  std::string path{};
  // MQTT: where its value stands in plain JSON of others (json_map.h); no topic: it is named by
  // code
  std::string topic{}, value_at{}, time_at{}, quality_at{};

  bool operator==(const TagAddress&) const = default;
};

// Where positions stand in the plain JSON of others (position_map.h): pointers into a row, "" for
// what it does not say.
struct PositionPlace {
  std::string topic{};                              // filter; empty: positions are not mapped
  std::string rows_at{};                            // list of rows, or one; "": the whole message
  std::string badge_at{};                           // or "topic:2", a level of the topic
  std::string lat_at{}, lon_at{}, x_at{}, y_at{};   // degrees, or a place on the plan
  std::string accuracy_at{}, zone_at{}, time_at{};  // metres, code of an area
  std::string valid_at{};                           // whether the receiver has a fix
  bool is_gcj02 = false;                            // degrees of Chinese maps, else WGS 84
  double scale = 1;                                 // metres that one of x and y is

  bool operator==(const PositionPlace&) const = default;
};

struct Source {
  enum class Protocol { Modbus, Mqtt, Sparkplug, Opcua, Replay, Diode };
  std::string code;
  Protocol protocol = Protocol::Modbus;
  std::string host = "127.0.0.1";
  uint16_t port = 502;
  int unit_id = 1;
  int gap_max = 16;  // registers that a request may read for nothing
  Duration time_out = Duration::milliseconds(500);
  int in_flight_max = 4;  // Modbus: requests at one host and port, over all sources there
  Duration late_after = Duration::seconds(60);  // older values are history only
  Duration skew_max = Duration::seconds(10);    // of its clock
  // Of times without one, "+08:00": MQTT JSON and positions (empty: such times are refused), and
  // recordings (empty: UTC).
  std::string time_zone_offset{};
  std::string topic{};            // MQTT: "plant/#"; Sparkplug: a group, empty: all of them
  std::string host_id = "anlan";  // Sparkplug: who we are to the edge nodes
  std::string url_path{};         // OPC UA: what follows the port, "/UA/Plant"
  bool is_secure = false;         // OPC UA: Basic256Sha256, signed and encrypted; brokers: TLS
  bool is_mqtt5 = false;          // brokers: MQTT 5, else 3.1.1
  std::string user{};             // of broker or server, may be empty; this and what follows
  std::string password{};         // stand in files of the data folder, never in records
  std::string certificate{}, key{}, server_certificate{};  // OPC UA, DER
  std::string user_certificate{}, user_key{};              // OPC UA, DER: who logs in
  std::string ca_file{};                                   // brokers: who signed theirs
  std::string application_uri{};                           // as our certificate says
  std::string file{};                    // replay: in the folder `replay` of the data folder
  double speed = 1;                      // replay: times as fast as recorded; 0: at once
  bool is_as_now = false;                // replay: told as if it were measured now
  bool is_endless = false;               // replay: begins again at its end
  Duration step = Duration::seconds(1);  // replay: between rows without times
  bool is_folder = false;                // one-way: frames are files in the folder `diode/<code>`
  std::string diode_key{};               // one-way, 32 bytes; a secret as the password
  std::string folder{};                  // the data folder
  PositionPlace positions{};             // MQTT
  // Of MQTT only those that JSON is mapped to, of one-way links none: values name tags by code.
  std::vector<TagAddress> tags{};

  bool operator==(const Source&) const = default;
};

// Of the times in a recording that have none.
inline std::string_view replay_offset(const Source& source) {
  return source.time_zone_offset.empty() ? std::string_view("Z") : source.time_zone_offset;
}

// Rows [{"code","protocol","host","port","unit_id","gap_max","time_out_ms","in_flight_max",
// "late_s","skew_s","time_zone_offset","mqtt_version","topic","host_id","url_path","security",
// "file","speed","replay_as","is_endless","step_ms","transport","user","password","pos_topic",
// "pos_rows","pos_badge","pos_lat","pos_lon","pos_x","pos_y","pos_accuracy","pos_zone",
// "pos_time","pos_valid","pos_datum","pos_scale","tags":[{"index","code","table","address",
// "type","order","scale","offset","every_ms","path","json_topic","json_value","json_time",
// "json_quality"}]}] with the words of the forms; what is left out has
// the value above. Decimals may be texts. BadField names the source or tag, and nothing is
// taken.
Result<std::vector<Source>> parse_sources(const Json& rows);
// One such row.
Result<Source> parse_source(const Json& row);

}  // namespace anlan::connect
