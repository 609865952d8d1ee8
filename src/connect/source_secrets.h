#pragma once
// What a source needs and its record must not hold: log-in and keys. They stand in files beside
// the database, readable by the owner only:
//   sources/CODE.json           {"user":"...","password":"...","application_uri":"..."}
//   sources/CODE.cert.der       our certificate        (OPC UA with Basic256Sha256)
//   sources/CODE.key.der        its key
//   sources/CODE.server.der     the server's certificate, or that of who signed it
//   sources/CODE.user.cert.der  who logs in by certificate (OPC UA), goes before a user name
//   sources/CODE.user.key.der   its key
//   sources/CODE.ca.pem         who signed the broker's certificate (MQTT, Sparkplug with TLS)

#include <string>

#include "connect/plant_config.h"

namespace anlan::connect {

// Where there is no file the source stays as it is. Forbidden: a file that others may read;
// MissingField: a secure source without its three certificates and its application_uri, or without
// its ca.pem; a user's certificate without its key.
Result<void> add_secrets(const std::string& data_folder, Source& source);

}  // namespace anlan::connect
