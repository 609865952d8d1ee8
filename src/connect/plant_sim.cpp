#include "connect/plant_sim.h"

#include <algorithm>
#include <cmath>
#include <format>
#include <iterator>
#include <mutex>
#include <optional>
#include <thread>

#include "connect/driver.h"
#include "connect/mqtt_link.h"
#include "connect/plant_sim_edge.h"
#include "connect/plant_sim_modbus.h"
#include "connect/plant_sim_opcua.h"
#include "connect/plant_sim_people.h"
#include "connect/plant_sim_process.h"
#include "connect/plant_sim_replay.h"
#include "connect/plant_sim_satellite.h"
#include "connect/plant_sim_vehicles.h"
#include "core/log.h"

namespace anlan::connect {
namespace {

constexpr int kPeopleMax = 5000, kVehiclesMax = 200;
constexpr std::size_t kRowsPerMessage = 200;
constexpr Duration kTurn = Duration::milliseconds(20);
constexpr Duration kBrokerAgain = Duration::seconds(1);
constexpr std::size_t kCommandBytesMax = 64 << 10;
constexpr Duration kStep = Duration::milliseconds(100);
constexpr Duration kReplayStep = Duration::seconds(1);  // of a recording without times
constexpr std::string_view kCommandTopic = "anlan/sim/command";
constexpr std::string_view kRulePrefix = "anlan/gate/", kRuleSuffix = "/rule";
constexpr std::string_view kAllowedSuffix = "/allowed";
constexpr int64_t kCutMost_s = 3600, kClockStepMost_s = 86'400 * 400;

class Plant final : public PlantSim {
 public:
  Plant(const SimConfig& config, std::optional<twin::Plan> plan)
      : config_(config),
        plan_(std::move(plan)),
        process_(config.seed, config.clock.now()),
        people_(config.people, config.seed + 1, plan_ ? &*plan_ : nullptr),
        vehicles_(config.vehicles, config.seed + 2, plan_ ? &*plan_ : nullptr),
        satellites_(config.seed + 3, plan_ ? &*plan_ : nullptr),
        begun_(config.clock.now()),
        walked_(begun_) {
    for (const auto& [badge, at] : config.posts) people_.post(badge, at);
  }
  ~Plant() override {
    stop_.raise();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> begin() {
    if (!config_.recording.empty()) {
      replay_ = TRY(SimReplay::make(config_.recording, config_.replay_speed, kReplayStep));
    }
    if (!config_.script.is_null()) TRY(command(config_.script));
    TRY(begin_modbus());
    modbus_port_ = modbus_->port();
    if (config_.opcua_port != 0) TRY(begin_opcua());
    if (config_.mqtt_port != 0) {
      edges_ = SimEdges::start({.host = config_.mqtt_host,
                                .port = config_.mqtt_port,
                                .signals = signals_of(SimWire::Sparkplug),
                                .clock = config_.clock},
                               [this, points = sim_points_of(SimWire::Sparkplug)](auto values) {
                                 read(points, values);
                               });
      link_ = MqttLink::make(
          {.host = config_.mqtt_host,
           .port = config_.mqtt_port,
           .topics = {"anlan/gate/+/rule", "anlan/gate/+/allowed", std::string(kCommandTopic)}},
          [this](const MqttLink::Heard& heard) { hear(heard.topic, heard.payload); });
    }
    thread_ = std::thread([this] { run(); });
    return {};
  }

  uint16_t modbus_port() const override { return modbus_port_; }

  Result<void> command(const Json& command) override {
    std::lock_guard lock(mutex_);
    process_.advance(config_.clock.now());
    if (command.has("fault")) TRY(begin_fault(command));
    if (command.has("leak")) TRY(process_.leak(command.text_or("leak", "")));
    if (command.bool_or("stop", false)) {
      process_.stop_leaks();
      process_.end_faults();
      satellites_.end();
      cuts_.clear();
      clock_error_ = {};
      is_evacuation_ordered_ = false;
    }
    if (command.has("evacuate")) is_evacuation_ordered_ = command.bool_or("evacuate", false);
    if (command["wind"].is_object()) TRY(turn_wind(command["wind"]));
    if (command["set"].is_object()) TRY(hold(command["set"]));
    place_people(command);
    people_.evacuate(is_evacuation_ordered_ || people_.is_any_gate_shut());
    return {};
  }

 private:
  void hear(std::string_view topic, std::string_view payload) {
    Result<Json> json = parse_json(payload, kCommandBytesMax);
    Result<void> done = json ? Result<void>{} : std::unexpected(json.error());
    if (done && topic == kCommandTopic) done = command(*json);
    else if (done && topic.starts_with(kRulePrefix) && topic.ends_with(kRuleSuffix)) {
      std::string_view gate = topic.substr(kRulePrefix.size());
      obey(gate.substr(0, gate.size() - kRuleSuffix.size()), json->bool_or("open", true));
    } else if (done && topic.starts_with(kRulePrefix) && topic.ends_with(kAllowedSuffix)) {
      std::string_view gate = topic.substr(kRulePrefix.size());
      let_in(gate.substr(0, gate.size() - kAllowedSuffix.size()), (*json)["badges"]);
    }
    if (done) return;
    log(LogLevel::Warning, "command not understood",
        Json::object({{"detail", done.error().detail}}));
  }

  void obey(std::string_view gate, bool is_open) {
    std::lock_guard lock(mutex_);
    people_.set_gate(gate, is_open);
    people_.evacuate(is_evacuation_ordered_ || people_.is_any_gate_shut());
    if (!plan_) return;
    for (const twin::Gate& drawn : plan_->gates()) {
      if (drawn.code == gate) process_.set_gate(drawn.zone, is_open);
    }
  }

  void let_in(std::string_view gate, const Json& badges) {
    std::optional<std::set<std::string, std::less<>>> only;
    if (badges.is_array()) {
      only.emplace();
      for (const Json& badge : badges.as_array()) {
        if (badge.is_text()) only->insert(badge.as_text());
      }
    }
    std::lock_guard lock(mutex_);
    people_.set_allowed(gate, std::move(only));
  }

  Result<void> turn_wind(const Json& wind) {
    auto from = wind["from"].as_double(), speed = wind["speed"].as_double();
    twin::Wind now = process_.wind();
    twin::Wind wish{.speed_m_s = speed.value_or(now.speed_m_s),
                    .from_deg = from.value_or(now.from_deg)};
    bool is_wind = wish.speed_m_s >= 0 && wish.speed_m_s <= 60 && std::abs(wish.from_deg) <= 360;
    if (!is_wind) return refuse(ErrorCode::BadField, "no such wind", "wind");
    process_.set_wind(wish);
    return {};
  }

  Result<void> hold(const Json& values) {
    for (const auto& [code, value] : values.as_object()) {
      if (auto number = value.as_double()) TRY(process_.set(code, *number));
      else process_.release(code);
    }
    return {};
  }

  void place_people(const Json& command) {
    if (command["post"].is_object()) {
      for (const Json::Member& one : command["post"].as_object()) {
        auto x = one.second["x"].as_double();
        auto y = one.second["y"].as_double();
        if (x && y) people_.post(one.first, {*x, *y});
      }
    }
    if (!command["silence"].is_array()) return;
    for (const Json& badge : command["silence"].as_array()) {
      if (badge.is_text()) people_.silence(badge.as_text());
    }
  }

  Result<void> begin_modbus() {
    modbus_ = TRY(SimModbusServer::start(
        {.host = config_.host,
         .port = modbus_port_ == 0 ? config_.modbus_port : modbus_port_,
         .units = {1, 2, kSimReplayUnit}},
        [this](uint8_t unit, Table table, uint32_t address, std::span<uint16_t> out) {
          if (unit == kSimReplayUnit) {
            Duration since = config_.clock.now() - begun_;
            return table == Table::Holding && replay_.read_registers(since, address, out);
          }
          std::lock_guard lock(mutex_);
          process_.advance(config_.clock.now());
          return read_sim_registers(process_, unit, table, address, out);
        }));
    return {};
  }

  Result<void> begin_opcua() {
    opcua_ = TRY(SimOpcuaServer::start(
        {.host = config_.host,
         .port = config_.opcua_port,
         .signals = signals_of(SimWire::Opcua),
         .clock = config_.clock},
        [this, points = sim_points_of(SimWire::Opcua)](auto values) { read(points, values); }));
    return {};
  }

  void read(std::span<const std::size_t> points, std::span<double> values) {
    std::lock_guard lock(mutex_);
    process_.advance(config_.clock.now());
    for (std::size_t i = 0; i < points.size(); ++i) values[i] = process_.value(points[i]);
    replay_.read(config_.clock.now() - begun_, values.subspan(points.size()));
  }

  // The plant's own, then the columns of the recording.
  std::vector<SimSignal> signals_of(SimWire wire) const {
    std::vector<SimSignal> signals = sim_signals_of(wire);
    std::ranges::copy(replay_.signals(wire), std::back_inserter(signals));
    return signals;
  }

  // Under the mutex, as all of a command. Links are cut and joined by the plant's thread.
  Result<void> begin_fault(const Json& command) {
    std::string name = command.text_or("fault", "");
    if (name == "link_loss") {
      constexpr std::string_view kWires[] = {"modbus", "mqtt", "sparkplug", "opcua"};
      std::string wire = command.text_or("wire", "");
      int64_t seconds = command.int_or("for_s", 30);
      if (!std::ranges::contains(kWires, wire)) return refuse(ErrorCode::BadField, wire, "wire");
      if (seconds < 1 || seconds > kCutMost_s) {
        return refuse(ErrorCode::BadField, "1 s to an hour", "for_s");
      }
      cuts_[wire] = config_.clock.now() + Duration::seconds(seconds);
      return {};
    }
    if (name.starts_with("gps_")) return satellites_.begin(command, config_.clock.now());
    if (name != "clock_step") return process_.fault(command);
    int64_t seconds = command.int_or("by_s", 3600);
    if (std::abs(seconds) > kClockStepMost_s) {
      return refuse(ErrorCode::BadField, "400 days at most", "by_s");
    }
    clock_error_ = Duration::seconds(seconds);
    // At once: what the same command sets must not be told by the clock as it was.
    if (edges_) edges_->set_clock_error(clock_error_);
    return {};
  }

  bool is_cut(const std::string& wire, Instant now) const {
    auto found = cuts_.find(wire);
    return found != cuts_.end() && now < found->second;
  }

  // A server that cannot listen again yet is tried again in the next turn.
  void keep_links(Instant now) {
    std::unique_lock lock(mutex_);
    bool has_modbus = !is_cut("modbus", now), has_opcua = !is_cut("opcua", now);
    bool has_edges = !is_cut("sparkplug", now);
    has_mqtt_ = !is_cut("mqtt", now);
    Duration error = clock_error_;
    lock.unlock();
    if (!has_modbus) modbus_.reset();
    else if (!modbus_) note(begin_modbus());
    if (!has_opcua) opcua_.reset();
    else if (!opcua_ && config_.opcua_port != 0) note(begin_opcua());
    if (opcua_) opcua_->set_clock_error(error);
    if (!edges_) return;
    edges_->set_cut(!has_edges);
    edges_->set_clock_error(error);
  }

  static void note(const Result<void>& done) {
    if (done) return;
    log(LogLevel::Warning, "a server of the plant does not listen again",
        Json::object({{"detail", done.error().detail}}));
  }

  void run() {
    Instant published = config_.clock.now(), stepped = published;
    while (!wait()) {
      Instant now = config_.clock.now();
      if (now - stepped < kStep) continue;
      stepped = now;
      keep_links(now);
      std::vector<twin::GatePass> passes;
      bool is_second = now - published >= Duration::seconds(1);
      if (is_second) published = now;
      std::vector<Json> positions;
      {
        std::lock_guard lock(mutex_);
        process_.advance(now);
        double passed_s = static_cast<double>((now - walked_).ns) / 1e9;
        passes = people_.advance(passed_s, now);
        vehicles_.advance(passed_s);
        walked_ = now;
        if (is_second) positions = positions_at(now);
      }
      if (!is_linked_ || !link_->is_accepted()) continue;
      publish_positions(positions, now);
      if (is_second) publish_weather(now);
      for (const twin::GatePass& pass : passes) publish_pass(pass);
    }
  }

  // A moment, in which the broker is heard or looked for. True: the end.
  bool wait() {
    if (!has_mqtt_ && is_linked_) {
      link_->disconnect();
      is_linked_ = false;
    }
    if (is_linked_) {
      is_linked_ = link_->turn(kTurn).empty();
      return stop_.is_raised();
    }
    bool is_time = link_ && has_mqtt_ && config_.clock.now() >= connect_at_;
    if (!is_time) return stop_.wait_for(kTurn);
    is_linked_ = link_->connect().empty();
    connect_at_ = config_.clock.now() + kBrokerAgain;
    return stop_.is_raised();
  }

  // Under the mutex. Badges with a satellite receiver tell degrees outside of zones.
  std::vector<Json> positions_at(Instant now) {
    std::vector<Json> rows;
    for (const twin::Sighting& one : people_.sightings(now)) {
      bool is_outside = one.zone.empty() && satellites_.has_earth();
      if (is_outside && is_satellite_badge(one.badge)) {
        auto fix = satellites_.show(one.badge, *one.at, now);
        if (fix) rows.push_back(row_of(*fix, now));
        continue;
      }
      rows.push_back(row_of(one, now));
      rows.back().set("zone", one.zone);
    }
    if (!satellites_.has_earth()) return rows;
    for (const SimVehicle& vehicle : vehicles_.vehicles()) {
      auto fix = satellites_.show(vehicle.badge, vehicle.at, now);
      if (!fix) continue;
      rows.push_back(row_of(*fix, now));
      rows.back().set("speed", std::round(vehicle.speed_m_s * 10) / 10);
      rows.back().set("course", std::round(vehicle.course_deg));
    }
    return rows;
  }

  // As receivers write it: centimetres, or seven places of a degree.
  static Json row_of(const twin::Sighting& one, Instant now) {
    Json row = Json::object({{"badge", one.badge}, {"accuracy", one.accuracy_m}});
    if (one.at) {
      row.set("x", std::round(one.at->x * 100) / 100);
      row.set("y", std::round(one.at->y * 100) / 100);
    } else if (one.geo) {
      row.set("lat", std::round(one.geo->lat * 1e7) / 1e7);
      row.set("lon", std::round(one.geo->lon * 1e7) / 1e7);
    }
    if (one.seen != now) row.set("at", format_instant(one.seen));
    return row;
  }

  // Old positions are worth nothing, so a broker need not keep them (QoS 0); passes are (QoS 1).
  void publish_positions(std::span<const Json> positions, Instant now) {
    while (!positions.empty()) {
      auto some = positions.first(std::min(kRowsPerMessage, positions.size()));
      Json rows = Json::array();
      for (const Json& one : some) rows.push(one);
      publish("plant/positions",
              Json::object({{"at", format_instant(now)}, {"rows", std::move(rows)}}), 0);
      positions = positions.subspan(some.size());
    }
  }

  void publish_weather(Instant now) {
    std::vector<std::size_t> points = sim_points_of(SimWire::Mqtt);
    std::vector<double> values(points.size());
    read(points, values);
    Json rows = Json::array();
    for (std::size_t i = 0; i < points.size(); ++i) {
      rows.push(Json::object(
          {{"tag", sim_points()[points[i]].code}, {"value", std::round(values[i] * 100) / 100}}));
    }
    publish("plant/weather/values",
            Json::object({{"at", format_instant(device_time(now))}, {"rows", std::move(rows)}}), 1);
  }

  Instant device_time(Instant now) {
    std::lock_guard lock(mutex_);
    return now + clock_error_;
  }

  void publish_pass(const twin::GatePass& pass) {
    publish("plant/gates/" + pass.gate,
            Json::object({{"badge", pass.badge},
                          {"gate", pass.gate},
                          {"zone", pass.zone},
                          {"in", pass.is_in},
                          {"let", pass.was_let},
                          {"at", format_instant(pass.seen)}}),
            1);
  }

  void publish(const std::string& topic, const Json& message, int qos) {
    // What the broker does not take now, the next second says better.
    link_->publish({.topic = topic, .payload = write_json(message), .qos = qos});
  }

  SimConfig config_;
  std::optional<twin::Plan> plan_;
  std::mutex mutex_;  // over process and people, and what follows up to the next comment
  SimProcess process_;
  SimPeople people_;
  SimVehicles vehicles_;
  SimSatellite satellites_;
  bool is_evacuation_ordered_ = false;
  SimReplay replay_;  // as it is from begin() on
  Instant begun_;
  Instant walked_;
  std::map<std::string, Instant> cuts_;  // by wire: until when
  Duration clock_error_{};               // of every device that has a clock
  uint16_t modbus_port_ = 0;
  std::unique_ptr<MqttLink> link_;  // the plant's thread, as all below
  bool is_linked_ = false, has_mqtt_ = true;
  Instant connect_at_{};
  StopSign stop_;
  std::thread thread_;
  std::unique_ptr<SimModbusServer> modbus_;  // the threads of these end first
  std::unique_ptr<SimOpcuaServer> opcua_;
  std::unique_ptr<SimEdges> edges_;
};

}  // namespace

Result<std::unique_ptr<PlantSim>> PlantSim::start(const SimConfig& config) {
  if (config.people < 0 || config.people > kPeopleMax) {
    return refuse(ErrorCode::BadField, "0 to 5000 people", "people");
  }
  if (config.vehicles < 0 || config.vehicles > kVehiclesMax) {
    return refuse(ErrorCode::BadField, "0 to 200 vehicles", "vehicles");
  }
  std::optional<twin::Plan> plan;
  if (!config.plan.is_null()) plan = TRY(twin::Plan::parse(config.plan));
  auto plant = std::make_unique<Plant>(config, std::move(plan));
  TRY(plant->begin());
  return plant;
}

Result<void> run_plant_sim(const SimConfig& config, const std::function<bool()>& is_stopping,
                           const std::function<void(uint16_t)>& on_ready) {
  auto plant = TRY(PlantSim::start(config));
  if (on_ready) on_ready(plant->modbus_port());
  StopSign never;
  while (!is_stopping() && !never.wait_for(kStep)) continue;
  return {};
}

}  // namespace anlan::connect
