#pragma once
// The store's own tables, and how a migration is run. Inside the room only.

#include <span>

#include "store/connection.h"
#include "store/database.h"

namespace anlan::store {

// The store's own migrations; PostgreSQL and SQLite differ in how a trigger is written.
std::vector<Migration> own_migrations(Dialect dialect);
// Runs what has not run yet, each in its own transaction.
Result<void> run_migrations(Connection& connection, std::span<const Migration> migrations,
                            Instant at);
// Deciders name their own tables only: those of the store are written by the store alone.
bool is_own_table(std::string_view table);

}  // namespace anlan::store
