#pragma once
// An OPC UA server of the tests: values that the test sets, on a free loopback port, in a thread.

#include <gtest/gtest.h>
#include <open62541/plugin/accesscontrol_default.h>
#include <open62541/plugin/create_certificate.h>
#include <open62541/plugin/pki_default.h>
#include <open62541/server.h>
#include <open62541/server_config_default.h>

#include <mutex>
#include <string>
#include <thread>

#include "connect/opcua_types.h"
#include "connect/test_plant_world.h"

namespace anlan::connect {

// Who a client or server of the tests is.
struct Identity {
  std::string certificate, key;  // DER
};

inline Identity make_identity(std::string uri) {
  std::string name = "CN=anlan", host = "DNS:localhost";
  uri = "URI:" + uri;
  UA_String subject[] = {opcua_bytes(name)};
  UA_String alternatives[] = {opcua_bytes(host), opcua_bytes(uri)};
  UA_Logger silence{};
  OpcuaOwned<UA_ByteString> certificate(UA_TYPES[UA_TYPES_BYTESTRING]);
  OpcuaOwned<UA_ByteString> key(UA_TYPES[UA_TYPES_BYTESTRING]);
  UA_UInt16 bits = 2048;  // 4096, as it would take, take a minute on a busy machine
  UA_KeyValuePair parameter{UA_QUALIFIEDNAME(0, const_cast<char*>("key-size-bits")), {}};
  UA_Variant_setScalar(&parameter.value, &bits, &UA_TYPES[UA_TYPES_UINT16]);
  UA_KeyValueMap parameters{1, &parameter};
  UA_StatusCode status =
      UA_CreateCertificate(&silence, subject, 1, alternatives, 2, UA_CERTIFICATEFORMAT_DER,
                           &parameters, key.get(), certificate.get());
  EXPECT_EQ(status, UA_STATUSCODE_GOOD) << opcua_words(status);
  return {opcua_text(*certificate.get()), opcua_text(*key.get())};
}

class OpcuaServer {
 public:
  struct Wishes {
    uint16_t port = 0;
    std::string certificate{}, key{}, client_certificate{};  // DER; empty: no security
    bool needs_user = false;                                 // "anlan" with "secret"
    std::string user_certificate{};  // DER: only who shows this one; needs a certificate above
    uint32_t items_most = 0;         // that can be monitored; 0: all
    uint32_t queue_most = 0;         // of an item; 0: as it is wished for
  };
  explicit OpcuaServer(const Wishes& wishes) {
    UA_ServerConfig config{};
    config.logging = &silence_;
    std::string certificate = wishes.certificate, key = wishes.key;
    UA_ByteString theirs = opcua_bytes(certificate), secret = opcua_bytes(key);
    UA_ByteString trusted = opcua_bytes(wishes.client_certificate);
    UA_StatusCode status =
        certificate.empty()
            ? UA_ServerConfig_setMinimal(&config, wishes.port, nullptr)
            : UA_ServerConfig_setDefaultWithSecurityPolicies(&config, wishes.port, &theirs, &secret,
                                                             &trusted, 1, nullptr, 0, nullptr, 0);
    EXPECT_EQ(status, UA_STATUSCODE_GOOD) << opcua_words(status);
    if (!certificate.empty()) {
      UA_String_clear(&config.applicationDescription.applicationUri);
      config.applicationDescription.applicationUri = UA_STRING_ALLOC("urn:anlan:test-server");
      for (std::size_t i = 0; i < config.endpointsSize; ++i) {
        UA_String_clear(&config.endpoints[i].server.applicationUri);
        config.endpoints[i].server.applicationUri = UA_STRING_ALLOC("urn:anlan:test-server");
      }
    }
    if (wishes.needs_user) {
      UA_UsernamePasswordLogin login{UA_STRING_STATIC("anlan"), UA_STRING_STATIC("secret")};
      config.accessControl.clear(&config.accessControl);
      config.allowNonePolicyPassword = true;
      UA_AccessControl_default(&config, false, nullptr, 1, &login);
    }
    if (!wishes.user_certificate.empty()) {
      std::string user_certificate = wishes.user_certificate;
      UA_ByteString user = opcua_bytes(user_certificate);
      config.sessionPKI.clear(&config.sessionPKI);
      UA_CertificateVerification_Trustlist(&config.sessionPKI, &user, 1, nullptr, 0, nullptr, 0);
      config.accessControl.clear(&config.accessControl);
      UA_String policy =
          UA_STRING_STATIC("http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256");
      UA_AccessControl_default(&config, false, &policy, 0, nullptr);
    }
    config.maxMonitoredItems = wishes.items_most;
    if (wishes.queue_most > 0) config.queueSizeLimits = {1, wishes.queue_most};
    server_ = UA_Server_newWithConfig(&config);
  }
  ~OpcuaServer() {
    end();
    UA_Server_delete(server_);
  }
  OpcuaServer(const OpcuaServer&) = delete;
  OpcuaServer& operator=(const OpcuaServer&) = delete;

  // Before start(): "ns=1;s=NAME".
  void add(const std::string& name, double value) {
    UA_VariableAttributes attributes = UA_VariableAttributes_default;
    UA_Variant_setScalar(&attributes.value, &value, &UA_TYPES[UA_TYPES_DOUBLE]);
    attributes.displayName =
        UA_LOCALIZEDTEXT(const_cast<char*>("en"), const_cast<char*>(name.c_str()));
    attributes.dataType = UA_TYPES[UA_TYPES_DOUBLE].typeId;
    attributes.accessLevel = UA_ACCESSLEVELMASK_READ | UA_ACCESSLEVELMASK_WRITE;
    char* text = const_cast<char*>(name.c_str());
    EXPECT_EQ(
        UA_STATUSCODE_GOOD,
        UA_Server_addVariableNode(
            server_, UA_NODEID_STRING(1, text), UA_NODEID_NUMERIC(0, UA_NS0ID_OBJECTSFOLDER),
            UA_NODEID_NUMERIC(0, UA_NS0ID_ORGANIZES), UA_QUALIFIEDNAME(1, text),
            UA_NODEID_NUMERIC(0, UA_NS0ID_BASEDATAVARIABLETYPE), attributes, nullptr, nullptr));
  }
  void start() {
    EXPECT_EQ(UA_Server_run_startup(server_), UA_STATUSCODE_GOOD);
    is_started_ = true;
    thread_ = std::thread([this] {
      while (!stop_.wait_for(Duration::milliseconds(1))) {
        std::lock_guard lock(mutex_);
        UA_Server_run_iterate(server_, false);
      }
    });
  }
  void end() {
    stop_.raise();
    if (thread_.joinable()) thread_.join();
    if (is_started_) UA_Server_run_shutdown(server_);
    is_started_ = false;
  }
  void set(const std::string& name, double value, UA_StatusCode status = UA_STATUSCODE_GOOD,
           Instant at = kTestStart) {
    UA_DataValue data;
    UA_DataValue_init(&data);
    UA_Variant_setScalar(&data.value, &value, &UA_TYPES[UA_TYPES_DOUBLE]);
    data.hasValue = data.hasStatus = data.hasSourceTimestamp = true;
    data.status = status;
    data.sourceTimestamp = at.ns / 100 + UA_DATETIME_UNIX_EPOCH;
    std::lock_guard lock(mutex_);
    EXPECT_EQ(UA_STATUSCODE_GOOD,
              UA_Server_writeDataValue(server_,
                                       UA_NODEID_STRING(1, const_cast<char*>(name.c_str())), data));
  }

 private:
  UA_Logger silence_{};
  UA_Server* server_ = nullptr;
  std::mutex mutex_;
  bool is_started_ = false;
  StopSign stop_;
  std::thread thread_;
};

}  // namespace anlan::connect
