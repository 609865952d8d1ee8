#pragma once
// The database as it is at one moment, copied beside a live writer that never waits for it, and put
// back into an empty place. docs/formats/backup.md says how a whole backup looks; what is no
// database (attachments, samples, settings) is app's to copy.

#include <string>
#include <string_view>

#include "core/json.h"
#include "core/random.h"
#include "core/result.h"

namespace anlan::store {

struct DatabaseCopy {
  std::string kind;      // "sqlite" or "postgres"
  int64_t log_size = 0;  // acts in the copy
  Json head{};           // anlan.head/1: the newest signed head in it; null before the first
};
// `database` as in Config; `into` is an empty folder.
Result<DatabaseCopy> copy_database(const std::string& database, const std::string& into);
// WrongState where something is already; ProofInvalid where the leaves do not lead to the head.
Result<void> put_back_database(const std::string& from, const std::string& database,
                               const Json& head);
// ProofInvalid unless this database's ledger contains the head, and a key of it signed it.
Result<void> check_database(const std::string& database, const Json& head);
// One moment of a SQLite file that others write.
Result<void> copy_sqlite_file(const std::string& from, const std::string& to);

// Secret files under a passphrase: scrypt and AES-256-GCM, as text. ProofInvalid: another
// passphrase, or damaged.
Result<std::string> seal(std::string_view bytes, std::string_view passphrase, Random& random);
Result<std::string> unseal(std::string_view sealed, std::string_view passphrase);

}  // namespace anlan::store
