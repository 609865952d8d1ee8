#include "connect/plant_sim_opcua.h"

#include <open62541/server.h>
#include <open62541/server_config_default.h>

#include <atomic>
#include <cmath>
#include <format>
#include <set>
#include <thread>

#include "connect/driver.h"
#include "connect/opcua_types.h"

namespace anlan::connect {
namespace {

constexpr Duration kEvery = Duration::milliseconds(250);
constexpr double kSamplingMs = 50;
constexpr std::string_view kPrefix = "ns=1;s=";

UA_LocalizedText words_of(const std::string& text) {
  return {.locale = UA_STRING_NULL, .text = opcua_bytes(text)};
}

class Server final : public SimOpcuaServer {
 public:
  Server(const Config& config, Read read) : config_(config), read_(std::move(read)) {}
  ~Server() override {
    stop_.raise();
    if (thread_.joinable()) thread_.join();
    if (is_started_) UA_Server_run_shutdown(server_);
    if (server_ != nullptr) UA_Server_delete(server_);
  }

  Result<void> begin() {
    UA_ServerConfig config{};
    config.logging = &silence_;
    UA_StatusCode status = UA_ServerConfig_setMinimal(&config, config_.port, nullptr);
    if (status == UA_STATUSCODE_GOOD) listen_at_host(config);
    server_ = UA_Server_newWithConfig(&config);
    if (server_ == nullptr) return refuse(ErrorCode::Internal, "OPC UA: no server");
    for (const SimSignal& signal : config_.signals) TRY(add(signal));
    tell_values();
    status = UA_Server_run_startup(server_);
    if (status != UA_STATUSCODE_GOOD) {
      return refuse(ErrorCode::Internal,
                    std::format("OPC UA, port {}: {}", config_.port, opcua_words(status)));
    }
    is_started_ = true;
    thread_ = std::thread([this] { run(); });
    return {};
  }
  void set_clock_error(Duration error) override { clock_error_ns_ = error.ns; }

 private:
  void listen_at_host(UA_ServerConfig& config) const {
    std::string url = std::format("opc.tcp://{}:{}", config_.host, config_.port);
    for (std::size_t i = 0; i < config.serverUrlsSize; ++i) {
      UA_String_clear(&config.serverUrls[i]);
      config.serverUrls[i] = UA_String_fromChars(url.c_str());
    }
  }

  // The folders on the way to a variable, then the variable.
  Result<void> add(const SimSignal& signal) {
    if (!signal.path.starts_with(kPrefix)) return refuse(ErrorCode::Internal, signal.path);
    std::string path = signal.path.substr(kPrefix.size());
    std::string parent;
    for (std::size_t slash = path.find('/'); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      std::string folder = path.substr(0, slash);
      if (folders_.insert(folder).second) TRY(add_folder(parent, folder));
      parent = folder;
    }
    std::string name = parent.empty() ? path : path.substr(parent.size() + 1);
    double value = 0;
    UA_VariableAttributes about = UA_VariableAttributes_default;
    UA_Variant_setScalar(&about.value, &value, &UA_TYPES[UA_TYPES_DOUBLE]);
    about.displayName = words_of(name);
    about.dataType = UA_TYPES[UA_TYPES_DOUBLE].typeId;
    about.accessLevel = UA_ACCESSLEVELMASK_READ;
    about.minimumSamplingInterval = kSamplingMs;
    UA_NodeId id{.namespaceIndex = 1,
                 .identifierType = UA_NODEIDTYPE_STRING,
                 .identifier = {.string = opcua_bytes(path)}};
    return check(UA_Server_addVariableNode(
        server_, id, folder_id(parent), UA_NODEID_NUMERIC(0, UA_NS0ID_ORGANIZES),
        {.namespaceIndex = 1, .name = opcua_bytes(name)},
        UA_NODEID_NUMERIC(0, UA_NS0ID_BASEDATAVARIABLETYPE), about, nullptr, nullptr));
  }

  Result<void> add_folder(const std::string& parent, const std::string& path) {
    std::string name = parent.empty() ? path : path.substr(parent.size() + 1);
    UA_ObjectAttributes about = UA_ObjectAttributes_default;
    about.displayName = words_of(name);
    return check(UA_Server_addObjectNode(
        server_, folder_id(path), folder_id(parent), UA_NODEID_NUMERIC(0, UA_NS0ID_ORGANIZES),
        {.namespaceIndex = 1, .name = opcua_bytes(name)}, UA_NODEID_NUMERIC(0, UA_NS0ID_FOLDERTYPE),
        about, nullptr, nullptr));
  }

  static UA_NodeId folder_id(const std::string& path) {
    if (path.empty()) return UA_NODEID_NUMERIC(0, UA_NS0ID_OBJECTSFOLDER);
    return {.namespaceIndex = 1,
            .identifierType = UA_NODEIDTYPE_STRING,
            .identifier = {.string = opcua_bytes(path)}};
  }

  static Result<void> check(UA_StatusCode status) {
    if (status == UA_STATUSCODE_GOOD) return {};
    return refuse(ErrorCode::Internal, "OPC UA: " + opcua_words(status));
  }

  // One thread serves and writes, so nothing is locked but the plant.
  void run() {
    Instant told{};
    while (!stop_.is_raised()) {
      UA_Server_run_iterate(server_, true);
      Instant now = config_.clock.now();
      if (now - told < kEvery) continue;
      told = now;
      tell_values();
    }
  }

  void tell_values() {
    std::vector<double> values(config_.signals.size());
    read_(values);
    Instant at = config_.clock.now() + Duration{clock_error_ns_};
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::isnan(values[i])) continue;  // a recording has no value here
      std::string path = config_.signals[i].path.substr(kPrefix.size());
      UA_DataValue data;
      UA_DataValue_init(&data);
      UA_Variant_setScalar(&data.value, &values[i], &UA_TYPES[UA_TYPES_DOUBLE]);
      data.hasValue = data.hasSourceTimestamp = true;
      data.sourceTimestamp = at.ns / 100 + UA_DATETIME_UNIX_EPOCH;
      UA_NodeId id{.namespaceIndex = 1,
                   .identifierType = UA_NODEIDTYPE_STRING,
                   .identifier = {.string = opcua_bytes(path)}};
      UA_Server_writeDataValue(server_, id, data);
    }
  }

  Config config_;
  Read read_;
  std::set<std::string> folders_;
  UA_Logger silence_{};
  UA_Server* server_ = nullptr;
  bool is_started_ = false;
  std::atomic<int64_t> clock_error_ns_ = 0;
  StopSign stop_;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<SimOpcuaServer>> SimOpcuaServer::start(const Config& config, Read read) {
  auto server = std::make_unique<Server>(config, std::move(read));
  TRY(server->begin());
  return server;
}

}  // namespace anlan::connect
