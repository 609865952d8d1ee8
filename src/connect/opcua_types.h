#pragma once
// Between open62541's C types and ours. Only opcua_*.cpp and the test's server include this.

#include <open62541/types.h>
#include <open62541/types_generated.h>
#include <open62541/types_generated_handling.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "connect/opcua_link.h"

namespace anlan::connect {

// A value of theirs that is cleared when it goes.
template <class T>
class OpcuaOwned {
 public:
  explicit OpcuaOwned(const UA_DataType& type) : type_(&type) { UA_init(&value_, type_); }
  // Takes what a callback was given; the library clears what is left of it: nothing.
  OpcuaOwned(T& theirs, const UA_DataType& type) : type_(&type), value_(theirs) {
    UA_init(&theirs, type_);
  }
  ~OpcuaOwned() { UA_clear(&value_, type_); }
  OpcuaOwned(OpcuaOwned&& other) noexcept : type_(other.type_), value_(other.value_) {
    UA_init(&other.value_, type_);
  }
  OpcuaOwned& operator=(OpcuaOwned&& other) noexcept {
    std::swap(value_, other.value_);
    std::swap(type_, other.type_);
    return *this;
  }
  T* get() { return &value_; }
  T* operator->() { return &value_; }

 private:
  const UA_DataType* type_;
  T value_{};
};

// Borrowed.
UA_ByteString opcua_bytes(const std::string& bytes);
std::string opcua_words(UA_StatusCode status);            // "BadTimeout"
OpcuaOwned<UA_NodeId> opcua_node(std::string_view text);  // null where it is none
std::string opcua_text(const UA_NodeId& node);
std::string opcua_text(const UA_String& text);
std::optional<Instant> opcua_instant(UA_DateTime time);
OpcuaLink::Value opcua_value(std::size_t item, const UA_DataValue& value);

}  // namespace anlan::connect
