#pragma once
// What the journal of schema changes needs of the database. Inside the room only.

#include <functional>
#include <memory>

#include "store/connection.h"
#include "store/database.h"

namespace anlan::store {

using SchemaWork = std::function<Result<void>(Connection&)>;

// On the one lane. A new schema makes every reader begin anew.
Result<void> change_schema(Database& database, const SchemaWork& work);
Result<void> write_journal(Database& database, const SchemaWork& work);
// A connection beside the lane.
Result<std::unique_ptr<Connection>> connect_beside(Database& database);
void forget_schema(Database& database);

// Statements of migrations in the dialect's words; empty where one begins with the name of the
// other dialect: {{sqlite}}, {{postgres}}.
std::string schema_text(std::string_view statement, Dialect dialect);

}  // namespace anlan::store
