#pragma once
// The database behind one small interface.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/random.h"
#include "core/time.h"
#include "store/blobs.h"
#include "store/change.h"
#include "store/ledger.h"
#include "store/sql.h"

namespace anlan::store {

// Runs once, in order, forward only. Statements may use the type words {{id}} {{int}} {{real}}
// {{text}} {{blob}} {{json}} and are otherwise SQL that both databases understand.
struct Migration {
  std::string id;  // "store.1", "access.1", "form.hazard.1": stored, never rename
  std::vector<std::string> statements;
};

class Transaction : public View {
 public:
  // Writes rows, change_log, ledger leaf and outbox. On refusal (Conflict, Duplicate, NotFound)
  // the caller must end its Work with that refusal; nothing of the Work stays.
  virtual Result<void> apply(const Change& change) = 0;
};

using Work = std::function<Result<void>(Transaction&)>;

struct Config {
  // "sqlite:/path/file.db" or "postgres:<libpq connection text>".
  std::string database;
  std::string folder;                     // keys and blobs live here
  std::vector<std::string> head_folders;  // signed tree heads are also written here: other disks
  std::string plant;                      // name inside every signed head
  Clock& clock;
  Random& random;
  std::string sqlite_vfs{};  // tests: the simulated disk
  bool sync = true;          // false only in tests that do not crash
};

class Database {
 public:
  static Result<std::unique_ptr<Database>> open(const Config& config);
  virtual ~Database() = default;

  virtual Result<void> migrate(std::span<const Migration> migrations) = 0;
  // One transaction, a savepoint for each Work: one refusal never fails another. Durable when it
  // returns. The outer refusal means that nothing at all was written. One caller at a time.
  virtual Result<std::vector<Result<void>>> commit_group(std::span<const Work> works) = 0;
  virtual Result<std::unique_ptr<View>> snapshot() = 0;
  virtual Dialect dialect() const = 0;
  virtual Blobs& blobs() = 0;
  virtual Ledger& ledger() = 0;
};

// Events after `seq`, oldest first, at most `count`: {seq, at, topic, payload}.
struct StoredEvent {
  int64_t seq;
  Instant at;
  std::string topic;
  Json payload;
};
Result<std::vector<StoredEvent>> events_after(View& view, int64_t seq, std::size_t count);
Result<int64_t> last_event(View& view);

// The acts on one subject, oldest first, each with the index of its leaf in the ledger.
struct ActOn {
  int64_t leaf = 0;
  Instant at{};
  std::string act;
  Json detail;
};
Result<std::vector<ActOn>> acts_on(View& view, std::string_view subject_kind,
                                   std::string_view subject_id, std::string_view act);

// Writes every change of the log into an empty, migrated database; then table_digest of both must
// agree for every table that is not private.
Result<void> replay(View& from, Database& into);
Result<std::string> table_digest(View& view, std::string_view table);
// Tables that change_log has ever named, sorted.
Result<std::vector<std::string>> logged_tables(View& view);

}  // namespace anlan::store
