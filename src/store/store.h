#pragma once
// store keeps everything that must not be lost: rows, the change log, the ledger and the blobs, on
// SQLite or PostgreSQL behind one interface. A commit writes rows, change_log, ledger leaf and
// outbox together or not at all, and is durable when it returns. Only engine commits; everybody
// reads through a View. It knows nothing of forms, people or flows.
//
//   auto db = TRY(Database::open(config));
//   TRY(db->migrate(migrations));
//   auto answers = TRY(db->commit_group(works));      // engine only
//   auto view = TRY(db->snapshot());                  // any thread, consistent
//   Rows rows = TRY(view->query({"SELECT id FROM person WHERE login = ?", {"zhang"}}));

#include "store/backup.h"
#include "store/blobs.h"
#include "store/change.h"
#include "store/database.h"
#include "store/leaf_check.h"
#include "store/ledger.h"
#include "store/memory.h"
#include "store/schema_journal.h"
#include "store/sole_server.h"
#include "store/sql.h"
