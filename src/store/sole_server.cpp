#include "store/sole_server.h"

#include <algorithm>
#include <utility>

#include "store/connection.h"

namespace anlan::store {
namespace {

// Held by a session as long as it lives: PostgreSQL 17, 9.28.10.
constexpr const char* kTake = "SELECT CAST(pg_advisory_lock(4703919738795935662) AS text) AS got";
// How soon PostgreSQL notices that the machine of a server is gone: 10 s + 3 x 5 s.
constexpr const char* kNotice[] = {"SET tcp_keepalives_idle = 10",
                                   "SET tcp_keepalives_interval = 5",
                                   "SET tcp_keepalives_count = 3"};

class HeldByConnection final : public SoleServer {
 public:
  explicit HeldByConnection(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)) {}

 private:
  std::unique_ptr<Connection> connection_;
};

class HeldElsewhere final : public SoleServer {};

// PostgreSQL waits for the other to end; 0 would mean for ever.
Result<void> wait_for(Connection& connection, Duration patience) {
  int64_t ms = std::max<int64_t>(patience.ns / 1'000'000, 1);
  TRY(connection.run("SET lock_timeout = " + std::to_string(ms)));
  TRY(connection.begin_read_later());
  auto rows = connection.query({kTake, {}});
  if (rows) {
    connection.end_read();
    return {};
  }
  connection.rollback();
  if (rows.error().code != ErrorCode::Overloaded) return std::unexpected(rows.error());
  return refuse(ErrorCode::StoreFailed, "another server works on this database");
}

}  // namespace

Result<std::unique_ptr<SoleServer>> SoleServer::take(const std::string& database,
                                                     Duration patience) {
  constexpr std::string_view kPostgres = "postgres:";
  if (!database.starts_with(kPostgres)) return std::make_unique<HeldElsewhere>();
  auto connection = TRY(open_postgres({.connect = database.substr(kPostgres.size())}));
  for (const char* setting : kNotice) TRY(connection->run(setting));
  TRY(wait_for(*connection, patience));
  return std::make_unique<HeldByConnection>(std::move(connection));
}

}  // namespace anlan::store
