#include "connect/mqtt_link.h"

#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <format>
#include <optional>
#include <utility>

#include "connect/knock.h"

namespace anlan::connect {
namespace {

constexpr int kKeepAlive_s = 15;
constexpr Duration kConnectMax = Duration::seconds(3);
constexpr int kQos = 1;
constexpr uint32_t kSessionKept_s = 7 * 86'400;  // longer than any repair
constexpr int kReadsMost = 64;  // messages that are made durable together; brokers send 20 ahead

using Steady = std::chrono::steady_clock;

// Linux keeps an acknowledgement back for up to 40 ms, and as long a broker that gathers small
// segments (RFC 896, mosquitto as it comes) keeps back the next sample. The wish does not last.
void acknowledge_at_once(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(socket, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

struct FreeClient {
  void operator()(mosquitto* client) const { mosquitto_destroy(client); }
};

// libmosquitto counts its users itself.
class LibraryUser {
 public:
  LibraryUser() { mosquitto_lib_init(); }
  ~LibraryUser() { mosquitto_lib_cleanup(); }
  LibraryUser(const LibraryUser&) = delete;
  LibraryUser& operator=(const LibraryUser&) = delete;
};

class Link final : public MqttLink {
 public:
  Link(Config config, OnMessage on_message, WhenDurable when_durable)
      : config_(std::move(config)),
        on_message_(std::move(on_message)),
        when_durable_(std::move(when_durable)) {}

  void set_will(Message will) override { will_ = std::move(will); }

  std::string connect() override {
    is_accepted_ = must_cut_ = false;
    refusal_.clear();
    client_.reset();
    std::string trouble = knock(config_.host, config_.port, kConnectMax);
    if (!trouble.empty()) return "connect: " + trouble;
    const std::string& id = config_.client_id;
    bool is_clean = id.empty() || !config_.is_kept;
    client_.reset(mosquitto_new(id.empty() ? nullptr : id.c_str(), is_clean, this));
    if (!client_) return "connect: no memory";
    // The library writes what it has to say at once, an acknowledgement before or after it shows us
    // the message. Told that there are threads it leaves the writing to us: see turn_once().
    if (when_durable_) mosquitto_threaded_set(client_.get(), true);
    mosquitto_connect_callback_set(client_.get(), &Link::on_connect);
    mosquitto_message_callback_set(client_.get(), &Link::on_message);
    if (!config_.user.empty()) {
      mosquitto_username_pw_set(client_.get(), config_.user.c_str(), config_.password.c_str());
    }
    if (will_) {
      mosquitto_will_set(client_.get(), will_->topic.c_str(),
                         static_cast<int>(will_->payload.size()), will_->payload.data(), will_->qos,
                         will_->is_retained);
    }
    int error = open_link(is_clean);
    accept_until_ = Steady::now() + std::chrono::nanoseconds(kConnectMax.ns);
    return error == MOSQ_ERR_SUCCESS ? "" : std::format("connect: {}", mosquitto_strerror(error));
  }

  std::string turn(Duration at_most) override {
    if (!client_) return "not connected";
    int error = turn_once(static_cast<int>(at_most.to_milliseconds()));
    if (must_cut_) {
      client_.reset();  // closes the socket; what waited to be written goes with it
      return "lost: what came could not be stored";
    }
    if (!refusal_.empty()) return refusal_;
    if (error != MOSQ_ERR_SUCCESS) return std::format("lost: {}", mosquitto_strerror(error));
    bool is_late = !is_accepted_ && Steady::now() > accept_until_;
    return is_late ? "connect: the broker does not answer" : "";
  }

  std::string publish(const Message& message) override {
    if (!client_) return "not connected";
    int error = mosquitto_publish(client_.get(), nullptr, message.topic.c_str(),
                                  static_cast<int>(message.payload.size()), message.payload.data(),
                                  message.qos, message.is_retained);
    return error == MOSQ_ERR_SUCCESS ? "" : mosquitto_strerror(error);
  }

  void disconnect() override {
    if (client_) mosquitto_disconnect(client_.get());
    if (client_ && when_durable_) mosquitto_loop_write(client_.get(), 1);
    client_.reset();
    is_accepted_ = false;
  }

  bool is_accepted() const override { return is_accepted_; }

 private:
  int open_link(bool is_clean) {
    mosquitto* client = client_.get();
    if (!config_.ca_file.empty()) {
      int error =
          mosquitto_tls_set(client, config_.ca_file.c_str(), nullptr, nullptr, nullptr, nullptr);
      if (error != MOSQ_ERR_SUCCESS) return error;
    }
    const char* host = config_.host.c_str();
    if (!config_.is_mqtt5) return mosquitto_connect(client, host, config_.port, kKeepAlive_s);
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_property* wishes = nullptr;
    // MQTT 5, 3.1.2.11.2: else the session ends with the connection.
    uint32_t kept_s = is_clean ? 0 : kSessionKept_s;
    int error = mosquitto_property_add_int32(&wishes, MQTT_PROP_SESSION_EXPIRY_INTERVAL, kept_s);
    if (error == MOSQ_ERR_SUCCESS) {
      error = mosquitto_connect_bind_v5(client, host, config_.port, kKeepAlive_s, nullptr, wishes);
    }
    mosquitto_property_free_all(&wishes);
    return error;
  }

  static void on_connect(mosquitto*, void* self, int code) {
    static_cast<Link*>(self)->connected(code);
  }
  static void on_message(mosquitto*, void* self, const mosquitto_message* message) {
    auto length = static_cast<std::size_t>(std::max(message->payloadlen, 0));
    std::string_view payload(static_cast<const char*>(message->payload), length);
    Link& link = *static_cast<Link*>(self);
    ++link.heard_;
    link.on_message_({message->topic, payload, message->qos, message->retain});
  }

  // mosquitto_loop() waits by select(2), which knows no descriptor from FD_SETSIZE on.
  int turn_once(int at_most_ms) {
    mosquitto* client = client_.get();
    pollfd wait{.fd = mosquitto_socket(client), .events = POLLIN};
    if (wait.fd < 0) return MOSQ_ERR_NO_CONN;
    acknowledge_at_once(wait.fd);
    if (mosquitto_want_write(client)) wait.events |= POLLOUT;
    int ready = ::poll(&wait, 1, at_most_ms);
    int error = MOSQ_ERR_SUCCESS;
    // Under TLS bytes may lie in its own buffer, where poll() does not see them.
    bool is_hidden = !config_.ca_file.empty();
    if (is_hidden || (ready > 0 && (wait.revents & ~POLLOUT) != 0)) error = read_all(client);
    if (must_cut_) return error;
    if (error == MOSQ_ERR_SUCCESS && mosquitto_want_write(client)) {
      error = mosquitto_loop_write(client, 1);
    }
    return error == MOSQ_ERR_SUCCESS ? mosquitto_loop_misc(client) : error;
  }

  // Messages that lie there already share one wait for the disk.
  int read_all(mosquitto* client) {
    int64_t before = heard_, last = heard_;
    int error = MOSQ_ERR_SUCCESS;
    for (int i = 0; i < kReadsMost && error == MOSQ_ERR_SUCCESS; ++i) {
      error = mosquitto_loop_read(client, 1);
      if (heard_ == std::exchange(last, heard_)) break;
    }
    if (heard_ != before && when_durable_) must_cut_ = !when_durable_();
    return error;
  }

  void connected(int code) {
    if (code != 0) {
      const char* why =
          config_.is_mqtt5 ? mosquitto_reason_string(code) : mosquitto_connack_string(code);
      refusal_ = std::format("refused: {}", why);
      return;
    }
    for (const std::string& topic : config_.topics) {
      int error = mosquitto_subscribe(client_.get(), nullptr, topic.c_str(), kQos);
      if (error == MOSQ_ERR_SUCCESS) continue;
      refusal_ = std::format("subscribe: {}", mosquitto_strerror(error));
      return;
    }
    is_accepted_ = true;
  }

  LibraryUser library_;
  Config config_;
  OnMessage on_message_;
  WhenDurable when_durable_;
  int64_t heard_ = 0;
  bool must_cut_ = false;
  std::optional<Message> will_;
  std::unique_ptr<mosquitto, FreeClient> client_;
  bool is_accepted_ = false;
  std::string refusal_;
  Steady::time_point accept_until_{};
};

}  // namespace

std::unique_ptr<MqttLink> MqttLink::make(Config config, OnMessage on_message,
                                         WhenDurable when_durable) {
  return std::make_unique<Link>(std::move(config), std::move(on_message), std::move(when_durable));
}

}  // namespace anlan::connect
