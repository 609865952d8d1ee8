// Which kind of tables a plant has.

#include <filesystem>

#include "history/postgres_blocks.h"
#include "history/postgres_rollups.h"
#include "history/real_history.h"
#include "history/sqlite_blocks.h"
#include "history/sqlite_rollups.h"

namespace anlan::history {

Result<void> Tables::open(const Config& config) {
  std::filesystem::path path = std::filesystem::path(config.folder) / "blocks.db";
  std::error_code ignored;
  if (config.postgres.empty() || std::filesystem::exists(path, ignored)) {
    auto own = std::make_unique<SqliteFile>();
    TRY(own->open(path.string(), config.sync));
    blocks = std::make_unique<SqliteBlocks>(*own);
    rollups = std::make_unique<SqliteRollups>(*own);
    file = std::move(own);
  } else {
    auto own = std::make_unique<PostgresFile>();
    TRY(own->open(config.postgres, config.sync));
    blocks = std::make_unique<PostgresBlocks>(*own);
    rollups = std::make_unique<PostgresRollups>(*own);
    file = std::move(own);
  }
  TRY(blocks->make_tables());
  return rollups->make_tables();
}

}  // namespace anlan::history
