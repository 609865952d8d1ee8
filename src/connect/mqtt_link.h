#pragma once
// One connection to a broker, for one thread that calls turn() again and again. Every wait in it is
// bounded; libmosquitto (mosquitto.h) is seen nowhere else.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace anlan::connect {

class MqttLink {
 public:
  struct Config {
    std::string host;
    uint16_t port = 1883;
    // With an id the session stays: what comes with QoS 1 while we are away waits at the broker.
    std::string client_id{};
    std::string user{}, password{};
    std::vector<std::string> topics{};  // subscribed with QoS 1
    bool is_kept = true;                // the session; Sparkplug wants a new one each time
    std::string ca_file{};              // TLS: who signed the broker's certificate; empty: no TLS
    bool is_mqtt5 = false;
  };
  struct Heard {
    std::string_view topic, payload;
    int qos = 0;
    bool is_retained = false;
  };
  using OnMessage = std::function<void(const Heard& heard)>;
  // Waits, bounded, until what was heard is durable. Until then nothing leaves, and so no
  // acknowledgement of QoS 1 either; false: the link is cut without one, and the broker says it all
  // again to the session.
  using WhenDurable = std::function<bool()>;
  struct Message {
    std::string topic;
    std::string payload;
    int qos = 1;
    bool is_retained = false;
  };

  static std::unique_ptr<MqttLink> make(Config config, OnMessage on_message,
                                        WhenDurable when_durable = {});
  virtual ~MqttLink() = default;
  // What the broker says for us when we fall silent; for connections from now on.
  virtual void set_will(Message will) = 0;
  // These answer what went wrong, or nothing. After a trouble: connect() again, later.
  virtual std::string connect() = 0;
  virtual std::string turn(Duration at_most) = 0;
  virtual std::string publish(const Message& message) = 0;
  virtual void disconnect() = 0;
  virtual bool is_accepted() const = 0;  // the broker has taken us, some turns after connect()
};

}  // namespace anlan::connect
