// What the status page and the diagnostics tell of the database: names and numbers, no contents.

#include <filesystem>

#include "engine/engine.h"
#include "engine/health.h"

namespace anlan::engine {
namespace {

constexpr std::string_view kSqlite = "sqlite:";

int64_t file_bytes(const std::string& path) {
  std::error_code error;
  auto bytes = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<int64_t>(bytes);
}

Result<int64_t> postgres_bytes(Engine& engine) {
  auto view = TRY(engine.database().snapshot());
  auto rows = TRY(view->query({"SELECT pg_database_size(current_database()) AS bytes"}));
  return rows[0].int64("bytes");
}

std::string tables_question(store::Dialect dialect) {
  if (dialect == store::Dialect::Sqlite) {
    return "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
           " ORDER BY name";
  }
  return "SELECT relname::text AS name FROM pg_class WHERE relkind = 'r'"
         " AND relnamespace = current_schema()::regnamespace ORDER BY relname";
}

}  // namespace

Json store_size(Engine& engine) {
  const store::Config& config = engine.config().store;
  bool is_sqlite = config.database.starts_with(kSqlite);
  Json bytes;
  if (is_sqlite) {
    std::string path = config.database.substr(kSqlite.size());
    bytes = file_bytes(path) + file_bytes(path + "-wal");
  } else if (auto asked = postgres_bytes(engine)) {
    bytes = *asked;
  }
  std::error_code error;
  auto space = std::filesystem::space(config.folder, error);
  return Json::object(
      {{"kind", is_sqlite ? "sqlite" : "postgres"},
       {"bytes", std::move(bytes)},
       {"free_bytes", error ? Json() : Json(static_cast<int64_t>(space.available))}});
}

Result<Json> store_facts(Engine& engine) {
  auto view = TRY(engine.database().snapshot());
  auto names = TRY(view->query({tables_question(view->dialect())}));
  Json tables = Json::array();
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string name = names[i].text("name");
    auto count = TRY(view->query({"SELECT count(*) AS rows FROM \"" + name + "\""}));
    tables.push(Json::object({{"name", name}, {"rows", count[0].int64("rows")}}));
  }
  auto ran = TRY(view->query({"SELECT id, at FROM store_migration ORDER BY at, id"}));
  Json migrations = Json::array();
  for (std::size_t i = 0; i < ran.size(); ++i) {
    migrations.push(
        Json::object({{"id", ran[i].text("id")}, {"at", format_instant({ran[i].int64("at")})}}));
  }
  return Json::object({{"tables", std::move(tables)}, {"migrations", std::move(migrations)}});
}

}  // namespace anlan::engine
