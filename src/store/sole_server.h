#pragma once
// One server works on one database: alarms, clocks and permits are kept in its memory too. Who
// opens a database to copy or to repair it (backup, schema) asks for no such right.
//
//   auto sole = TRY(store::SoleServer::take("postgres:host=...", Duration::seconds(30)));

#include <memory>
#include <string>

#include "core/result.h"
#include "core/time.h"

namespace anlan::store {

class SoleServer {
 public:
  // `database` as in Config. Waits up to `patience` for another server to end: one whose machine
  // died is let go by PostgreSQL after some 25 s. Refuses with StoreFailed while another has it.
  // In SQLite the folder of the log does the same (history), so nothing is taken here.
  static Result<std::unique_ptr<SoleServer>> take(const std::string& database, Duration patience);
  virtual ~SoleServer() = default;  // gives it back
};

}  // namespace anlan::store
