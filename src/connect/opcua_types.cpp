#include "connect/opcua_types.h"

#include <cmath>

namespace anlan::connect {
namespace {

template <class T>
double as(const UA_Variant& variant) {
  return static_cast<double>(*static_cast<const T*>(variant.data));
}

// Booleans and numbers; a date is milliseconds since 1970.
std::optional<double> number_of(const UA_Variant& variant) {
  if (variant.type == nullptr || !UA_Variant_isScalar(&variant)) return std::nullopt;
  switch (variant.type->typeKind) {
    case UA_DATATYPEKIND_BOOLEAN: return as<UA_Boolean>(variant);
    case UA_DATATYPEKIND_SBYTE: return as<UA_SByte>(variant);
    case UA_DATATYPEKIND_BYTE: return as<UA_Byte>(variant);
    case UA_DATATYPEKIND_INT16: return as<UA_Int16>(variant);
    case UA_DATATYPEKIND_UINT16: return as<UA_UInt16>(variant);
    case UA_DATATYPEKIND_ENUM:
    case UA_DATATYPEKIND_INT32: return as<UA_Int32>(variant);
    case UA_DATATYPEKIND_UINT32: return as<UA_UInt32>(variant);
    case UA_DATATYPEKIND_INT64: return as<UA_Int64>(variant);
    case UA_DATATYPEKIND_UINT64: return as<UA_UInt64>(variant);
    case UA_DATATYPEKIND_FLOAT: return as<UA_Float>(variant);
    case UA_DATATYPEKIND_DOUBLE: return as<UA_Double>(variant);
    case UA_DATATYPEKIND_DATETIME: {
      auto at = opcua_instant(*static_cast<const UA_DateTime*>(variant.data));
      if (!at) return std::nullopt;
      return static_cast<double>(at->to_milliseconds());
    }
    default: return std::nullopt;
  }
}

}  // namespace

// OPC UA counts 100 ns since 1601; ours end in 2262.
std::optional<Instant> opcua_instant(UA_DateTime time) {
  constexpr int64_t kMost = INT64_MAX / 100;
  int64_t since_1970 = time - UA_DATETIME_UNIX_EPOCH;
  if (time <= UA_DATETIME_UNIX_EPOCH || since_1970 > kMost) return std::nullopt;
  return Instant{since_1970 * 100};
}

UA_ByteString opcua_bytes(const std::string& bytes) {
  return {.length = bytes.size(),
          .data = reinterpret_cast<UA_Byte*>(const_cast<char*>(bytes.data()))};
}

std::string opcua_words(UA_StatusCode status) { return UA_StatusCode_name(status); }

OpcuaOwned<UA_NodeId> opcua_node(std::string_view text) {
  OpcuaOwned<UA_NodeId> node(UA_TYPES[UA_TYPES_NODEID]);
  std::string copy(text);
  UA_String theirs = opcua_bytes(copy);
  if (UA_NodeId_parse(node.get(), theirs) != UA_STATUSCODE_GOOD) UA_NodeId_clear(node.get());
  return node;
}

std::string opcua_text(const UA_String& text) {
  return {reinterpret_cast<const char*>(text.data), text.length};
}

std::string opcua_text(const UA_NodeId& node) {
  UA_String printed = UA_STRING_NULL;
  if (UA_NodeId_print(&node, &printed) != UA_STATUSCODE_GOOD) return "";
  std::string text = opcua_text(printed);
  UA_String_clear(&printed);
  return text;
}

OpcuaLink::Value opcua_value(std::size_t item, const UA_DataValue& value) {
  OpcuaLink::Value read{.item = item};
  if (value.hasStatus) read.status = value.status;
  if (value.hasValue) read.value = number_of(value.value);
  if (value.hasSourceTimestamp) read.source_time = opcua_instant(value.sourceTimestamp);
  if (value.hasServerTimestamp) read.server_time = opcua_instant(value.serverTimestamp);
  return read;
}

}  // namespace anlan::connect
