#pragma once
// A broker, and another party on it, for tests of the drivers and of the simulator.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "connect/mqtt_link.h"
#include "connect/test_plant_world.h"

namespace anlan::connect {

// mosquitto on a free loopback port, as a child process.
class Broker {
 public:
  explicit Broker(uint16_t port = free_port()) : port_(port) { begin(); }
  void begin() {
    child_ = std::make_unique<Child>(
        std::vector<std::string>{"mosquitto", "-p", std::to_string(port_)}, "running");
    EXPECT_TRUE(child_->is_ready()) << child_->said();
  }
  void end() { child_.reset(); }
  uint16_t port() const { return port_; }

 private:
  uint16_t port_;
  std::unique_ptr<Child> child_;
};

class Party {
 public:
  explicit Party(uint16_t port, const std::string& listens_to = "anlan/none") {
    link_ = MqttLink::make({.host = "127.0.0.1", .port = port, .topics = {listens_to}},
                           [this](const MqttLink::Heard& heard) {
                             std::lock_guard lock(mutex_);
                             heard_[std::string(heard.topic)] = heard.payload;
                           });
    thread_ = std::thread([this] { run(); });
  }
  ~Party() {
    stop_.raise();
    thread_.join();
  }
  Party(const Party&) = delete;
  Party& operator=(const Party&) = delete;

  // Returns when it was sent.
  void say(const std::string& topic, const std::string& payload, int qos = 1) {
    std::unique_lock lock(mutex_);
    outgoing_.push_back({.topic = topic, .payload = payload, .qos = qos});
    lock.unlock();
    EXPECT_TRUE(eventually([&] {
      std::lock_guard again(mutex_);
      return outgoing_.empty();
    }));
  }
  std::string heard(const std::string& topic) {
    std::lock_guard lock(mutex_);
    auto found = heard_.find(topic);
    return found == heard_.end() ? "" : found->second;
  }

 private:
  void run() {
    std::string trouble = link_->connect();
    // On a machine that does much beside, the broker may listen a little later than it says.
    for (int again = 0; again < 100 && !trouble.empty(); ++again) {
      if (stop_.wait_for(Duration::milliseconds(50))) break;
      trouble = link_->connect();
    }
    while (trouble.empty() && !stop_.is_raised()) {
      trouble = link_->turn(Duration::milliseconds(5));
      if (link_->is_accepted()) send_all();
    }
    EXPECT_EQ(trouble, "");
    link_->disconnect();
  }
  void send_all() {
    std::lock_guard lock(mutex_);
    for (const MqttLink::Message& message : outgoing_) EXPECT_EQ(link_->publish(message), "");
    outgoing_.clear();
  }

  std::unique_ptr<MqttLink> link_;  // its thread's
  std::mutex mutex_;
  std::vector<MqttLink::Message> outgoing_;
  std::map<std::string, std::string> heard_;
  StopSign stop_;
  std::thread thread_;
};

}  // namespace anlan::connect
