#pragma once
// The rows of this room: alarm_state (one row a definition), alarm_branch and alarm_journal. Inside
// the room only.

#include <string>

#include "alarms/decide.h"
#include "store/store.h"

namespace anlan::alarms {

struct StateRow {
  State state;
  int64_t version = 0;  // 0: there is no row yet, the alarm has never been anything but normal
};

Result<StateRow> read_state(store::View& view, RecordId definition);
// What one row of alarm_state holds, read with SELECT *.
Result<State> state_of(const store::Row& row);
store::RowChange write_state(const Definition& definition, const State& state, int64_t version);

// The row that says what the definition is called now; nothing where it does so already.
Result<std::optional<store::RowChange>> know(store::View& view, const Definition& definition);

store::RowChange write_branch(RecordId definition, const State& state);
store::RowChange drop_branch(const Branch& branch);
Branch branch_of(const store::Row& row);

struct JournalEntry {
  Uuid id{};
  Instant at{};  // our time; the source's stands in `detail`
  RecordId definition{};
  std::string occurrence;
  std::string act;
  char letter_before = 'A';
  char letter = 'A';
  bool is_new = false;  // annunciated by this act: what a flood is counted by
  double value = 0;
  Actor actor{};
  std::string comment;
  Json detail;
};

store::RowChange write_entry(const JournalEntry& entry);

}  // namespace anlan::alarms
