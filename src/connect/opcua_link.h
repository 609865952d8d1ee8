#pragma once
// One session with an OPC UA server, for one thread that calls turn() again and again. Every wait
// in it is bounded; open62541 is seen here and in opcua_types.h only. Publishing is
// ours, not the library's: it neither asks for lost messages again nor takes subscriptions over.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connect/plant_config.h"
#include "core/time.h"

namespace anlan::connect {

// Whether a text names a node: "i=2258", "ns=2;s=Line 1/Speed", "ns=1;g=...", "ns=1;b=...".
bool is_opcua_node(std::string_view text);

class OpcuaLink {
 public:
  struct Config {
    std::string url;  // "opc.tcp://host:4840/path"
    Duration time_out = Duration::seconds(3);
    bool is_secure = false;                      // Basic256Sha256, signed and encrypted; else none
    std::string user{}, password{};              // no user: anonymous, or by certificate:
    std::string user_certificate{}, user_key{};  // DER; goes before a user
    std::string certificate{}, key{};            // DER, for is_secure
    std::string server_certificate{};            // DER: who the server must be, for is_secure
    std::string application_uri{};               // as the certificate says
    Duration publish_every = Duration::milliseconds(500);
  };
  struct Item {
    std::string node;
    Duration every = Duration::seconds(1);
  };
  struct Value {
    std::size_t item = 0;
    std::optional<double> value{};  // nothing: no value, or one that is no number
    std::optional<Instant> source_time{}, server_time{};
    uint32_t status = 0;
  };
  // What the server made of our wishes; kept and shown.
  struct Revised {
    bool is_taken_over = false;  // from a session that ended
    double publish_ms = 0;
    uint32_t keep_alive = 0;  // so many empty intervals are silence
    uint32_t lifetime = 0;
    std::size_t subscribed = 0, polled = 0, refused = 0;  // items
    double sampling_ms_max = 0;
    uint32_t queue_min = 0;
  };
  struct Node {
    std::string node;
    std::string name;
    bool is_value = false;
  };

  using OnValues = std::function<void(std::span<const Value>)>;
  using OnGap = std::function<void()>;  // messages are lost for good; current values follow

  static std::unique_ptr<OpcuaLink> make(Config config, std::vector<Item> items, OnValues on_values,
                                         OnGap on_gap);
  virtual ~OpcuaLink() = default;
  // These answer what went wrong, or nothing. After a trouble: connect() again, later; a session or
  // subscription that the server still has is taken up again.
  virtual std::string connect() = 0;
  virtual std::string turn(Duration at_most) = 0;
  virtual void disconnect() = 0;  // for good
  virtual Revised revised() const = 0;
  // What the server's clock showed in its last answer; once.
  virtual std::optional<Instant> server_time() = 0;
  // Children of a node ("i=85" are the objects), at most 1,000.
  virtual std::vector<Node> browse(const std::string& node) = 0;
};

OpcuaLink::Config opcua_config(const Source& source);

}  // namespace anlan::connect
