#pragma once
// A Change is one act and everything it alters: deciders make it, engine commits it. All of it is
// data, so that replaying change_log gives the live tables again.

#include <optional>
#include <string>
#include <vector>

#include "core/actor.h"
#include "core/json.h"
#include "core/time.h"
#include "store/sql.h"

namespace anlan::store {

struct Cell {
  std::string column;
  Value value;
};

struct RowChange {
  enum class Kind { Insert, Update, Delete };

  Kind kind = Kind::Insert;
  std::string table;
  std::vector<Cell> key;    // the primary key; Insert writes key and cells
  std::vector<Cell> cells;  // Update: only the columns that change
  // Update and Delete: the row's `version` column must hold this, else the whole Change is refused
  // with Conflict; Update then sets version + 1. Without it the row must only exist.
  std::optional<int64_t> version{};
  // Secrets and sessions: written, but kept out of change_log; such a table is not replayed.
  bool is_private = false;
};

// Tells listeners after the commit; kept in the outbox under a gap-free number.
struct Event {
  std::string topic;  // "hazard", "task", "alarm", ...
  Json payload;       // ids and states only: who may see more asks for it
};

struct Change {
  Actor actor{};
  std::string act{};           // "hazard.report", "task.complete", ...: goes into the ledger leaf
  std::string subject_kind{};  // "hazard", "person", "session", ...
  std::string subject_id{};
  Instant at{};
  std::vector<RowChange> rows{};
  std::vector<Event> events{};
  std::vector<std::string> files{};  // SHA-256 in hex of every attachment this act brings
  Json detail{};                     // small, without personal data: reason, outcome, clause
  // Nobody decided anything: only private rows, no events, no files. Written without a ledger leaf,
  // so that a busy plant's ledger holds acts and not the keeping of sessions.
  bool is_housekeeping = false;

  // Takes over the other's rows, events and files; actor, act and subject stay this one's.
  void append(Change other);
};

}  // namespace anlan::store
