#pragma once
// A temporary PostgreSQL 17 for one test process: made in a folder of its own, reached by a unix
// socket in there, stopped with the process. Its default order of texts is ICU English, so that a
// test notices a column that forgot to sort by bytes.
//
//   auto* server = test::postgres_server();
//   if (!server) GTEST_SKIP() << "no PostgreSQL here";
//   config.database = "postgres:" + server->fresh_database();

#include <sys/types.h>

#include <memory>
#include <string>

namespace anlan::test {

class PostgresServer {
 public:
  enum class Durability { Fast, Real };

  // Null where no server binary is found or it does not start (the reason goes to stderr).
  static std::unique_ptr<PostgresServer> start(Durability durability = Durability::Fast);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // The libpq connection text of an empty database.
  std::string fresh_database();
  // Stops at once, as a crash does, and starts again over the same data.
  bool crash_and_restart();

 private:
  PostgresServer() = default;
  bool make_cluster();
  bool launch();
  void halt(int signal);
  std::string connect_to(const std::string& database) const;

  std::string folder_;
  Durability durability_ = Durability::Fast;
  pid_t pid_ = 0;
  int databases_ = 0;
};

// The one of this process, started by the first who asks.
PostgresServer* postgres_server();

}  // namespace anlan::test
