#include "connect/mqtt_link.h"

#include <mosquitto.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <format>
#include <optional>

#include "connect/knock.h"

namespace anlan::connect {
namespace {

constexpr int kKeepAlive_s = 15;
constexpr Duration kConnectMax = Duration::seconds(3);
constexpr int kQos = 1;

using Steady = std::chrono::steady_clock;

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

// mosquitto_loop() waits by select(2), which knows no descriptor from FD_SETSIZE on.
int turn_once(mosquitto* client, int at_most_ms) {
  pollfd wait{.fd = mosquitto_socket(client), .events = POLLIN};
  if (wait.fd < 0) return MOSQ_ERR_NO_CONN;
  if (mosquitto_want_write(client)) wait.events |= POLLOUT;
  int ready = ::poll(&wait, 1, at_most_ms);
  int error = MOSQ_ERR_SUCCESS;
  if (ready > 0 && (wait.revents & ~POLLOUT) != 0) error = mosquitto_loop_read(client, 1);
  if (error == MOSQ_ERR_SUCCESS && mosquitto_want_write(client)) {
    error = mosquitto_loop_write(client, 1);
  }
  return error == MOSQ_ERR_SUCCESS ? mosquitto_loop_misc(client) : error;
}

class Link final : public MqttLink {
 public:
  Link(Config config, OnMessage on_message)
      : config_(std::move(config)), on_message_(std::move(on_message)) {}

  void set_will(Message will) override { will_ = std::move(will); }

  std::string connect() override {
    is_accepted_ = false;
    refusal_.clear();
    client_.reset();
    std::string trouble = knock(config_.host, config_.port, kConnectMax);
    if (!trouble.empty()) return "connect: " + trouble;
    const std::string& id = config_.client_id;
    bool is_clean = id.empty() || !config_.is_kept;
    client_.reset(mosquitto_new(id.empty() ? nullptr : id.c_str(), is_clean, this));
    if (!client_) return "connect: no memory";
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
    int error = mosquitto_connect(client_.get(), config_.host.c_str(), config_.port, kKeepAlive_s);
    accept_until_ = Steady::now() + std::chrono::nanoseconds(kConnectMax.ns);
    return error == MOSQ_ERR_SUCCESS ? "" : std::format("connect: {}", mosquitto_strerror(error));
  }

  std::string turn(Duration at_most) override {
    if (!client_) return "not connected";
    int error = turn_once(client_.get(), static_cast<int>(at_most.to_milliseconds()));
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
    client_.reset();
    is_accepted_ = false;
  }

  bool is_accepted() const override { return is_accepted_; }

 private:
  static void on_connect(mosquitto*, void* self, int code) {
    static_cast<Link*>(self)->connected(code);
  }
  static void on_message(mosquitto*, void* self, const mosquitto_message* message) {
    auto length = static_cast<std::size_t>(std::max(message->payloadlen, 0));
    std::string_view payload(static_cast<const char*>(message->payload), length);
    static_cast<Link*>(self)->on_message_(message->topic, payload);
  }

  void connected(int code) {
    if (code != 0) {
      refusal_ = std::format("refused: {}", mosquitto_connack_string(code));
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
  std::optional<Message> will_;
  std::unique_ptr<mosquitto, FreeClient> client_;
  bool is_accepted_ = false;
  std::string refusal_;
  Steady::time_point accept_until_{};
};

}  // namespace

std::unique_ptr<MqttLink> MqttLink::make(Config config, OnMessage on_message) {
  return std::make_unique<Link>(std::move(config), std::move(on_message));
}

}  // namespace anlan::connect
