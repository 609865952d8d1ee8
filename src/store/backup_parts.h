#pragma once
// What the files of a backup of one database share. Inside the room only.

#include <filesystem>
#include <functional>
#include <string>

#include "store/backup.h"
#include "store/connection.h"

namespace anlan::store {

// On disk, in a backup's folder.
inline constexpr std::string_view kSqliteName = "anlan.db";
inline constexpr std::string_view kSchemaName = "schema.json";

// How much is logged, and the newest signed head.
Result<DatabaseCopy> facts_of(Connection& connection, std::string kind);
// The leaves, read from the first to the last, lead to the head, and its key signed it.
Result<void> check_ledger(Connection& connection, const Json& head);

// One REPEATABLE READ snapshot, a file for each table and the schema as data.
Result<DatabaseCopy> copy_postgres(const std::string& connect, const std::filesystem::path& into);
// In one transaction, into a schema without tables.
Result<void> put_back_postgres(const std::filesystem::path& from, const std::string& connect);

}  // namespace anlan::store
