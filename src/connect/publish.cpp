#include "connect/publish.h"

#include <mosquitto.h>

#include <chrono>
#include <memory>

namespace anlan::connect {
namespace {

struct Delivery {
  bool is_done = false;
};

void on_publish(mosquitto*, void* context, int) { static_cast<Delivery*>(context)->is_done = true; }

Result<void> check(int code, std::string_view what) {
  if (code == MOSQ_ERR_SUCCESS) return {};
  return refuse(ErrorCode::StoreFailed, std::string(what) + ": " + mosquitto_strerror(code));
}

}  // namespace

Result<void> publish_once(const std::string& host, uint16_t port, const std::string& topic,
                          std::string_view payload, Duration patience) {
  mosquitto_lib_init();
  Delivery delivery;
  std::unique_ptr<mosquitto, decltype(&mosquitto_destroy)> client(
      mosquitto_new(nullptr, true, &delivery), &mosquitto_destroy);
  if (!client) return refuse(ErrorCode::StoreFailed, "no MQTT client");
  mosquitto_publish_callback_set(client.get(), &on_publish);
  TRY(check(mosquitto_connect(client.get(), host.c_str(), port, 30), "connect"));
  TRY(check(mosquitto_publish(client.get(), nullptr, topic.c_str(),
                              static_cast<int>(payload.size()), payload.data(), 1, false),
            "publish"));
  auto until = std::chrono::steady_clock::now() + std::chrono::nanoseconds(patience.ns);
  while (!delivery.is_done && std::chrono::steady_clock::now() < until) {
    TRY(check(mosquitto_loop(client.get(), 50, 1), "loop"));
  }
  mosquitto_disconnect(client.get());
  if (!delivery.is_done) return refuse(ErrorCode::StoreFailed, "the broker did not answer");
  return {};
}

}  // namespace anlan::connect
