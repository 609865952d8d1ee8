#pragma once
// One step: an event happens to a case, and everything that follows from it at once.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access/access.h"
#include "core/id.h"
#include "core/json.h"
#include "core/result.h"
#include "flow/library.h"
#include "flow/tasks.h"
#include "rules/rules.h"
#include "store/store.h"

namespace anlan::flow {

std::vector<store::Migration> migrations();

// A filter's words (docs/formats/filter.md) over the records of a form; the record that asks is
// not counted.
struct CountAsk {
  std::string form;
  Json where;
  std::string own_form;
  RecordId own_id;
};

// Somebody wants an outcome that the model guards (docs/formats/flow.md, "Guards").
struct GuardAsk {
  std::string_view name;
  std::string_view form;
  RecordId record_id;
  const Json& record;  // whole, with what the person filled in
  PersonId by;
  std::string_view node;
  std::string_view outcome;
  std::string_view comment;
  const Json& position;  // that came with the act; null for none
};

// What flow asks of the rest of the program while it decides. Where nothing answers, nobody is
// rostered or away, nothing is doubtful, and what needs a count or a new record is an incident.
struct Answers {
  std::function<Result<int64_t>(const CountAsk&)> count{};
  // Refused as the making of the record would be.
  std::function<Result<void>(std::string_view form, const Json& fields)> can_create{};
  std::function<Result<bool>(std::string_view form, RecordId id)> is_doubtful{};
  std::function<Result<std::vector<PersonId>>(std::string_view role, std::string_view org_path)>
      on_duty{};
  AwayAsk away{};
  // Refused as the person is to read it; else what the timeline keeps of it, null for nothing.
  // Where nobody answers, a guarded outcome is refused: a guard never passes by itself.
  std::function<Result<Json>(const GuardAsk&)> guard{};
  // For `user`, `org` and the records that expressions look up; null: nobody and nothing.
  std::shared_ptr<const rules::Host> host{};  // shared: copies of what flow may ask are free
};

struct Around {
  store::View& view;
  Actor actor;  // who causes it; SystemTimeout for timers
  Instant now;
  IdMaker& ids;
  const Library& library;
  std::shared_ptr<const Answers> answers{};  // shared: an Around is copied freely; null for none
};

// Somebody is to be told: people directly, or whoever holds a role over the record's org_path.
struct Notice {
  std::vector<PersonId> persons;
  std::string kind;   // "task", "escalation", "grade", ...: text key hazard.notice.<kind> in packs
  std::string level;  // "red", "orange", ...; may be empty
  std::string node;
  Json data;               // ids for the text: number, firing, ...
  bool is_urgent = false;  // must be acknowledged, and leaves the browser
};

// Work that the engine does after the commit, once for each row it makes of these.
struct Job {
  std::string name;  // "locate", "route", ...
  std::string node;
  Json data;
};

// A record that the engine makes in the same transaction, by the system.
struct NewRecord {
  std::string form;
  RecordId id;
  Json fields;
  std::string node;
  std::string start{};  // the start event that its flow begins at; empty: the plain one
  Json message{};       // what began it, seen as `message`
};

// A message to the case of another record, taken in the same transaction. Nobody need listen.
// Without a form it goes to flows that begin with it instead.
struct Letter {
  std::string form;
  RecordId record;
  std::string name;
  Json data;
  std::string node;
};

// To whatever case listens, in the same transaction or, beyond a number, soon after it.
struct Signal {
  std::string name;
  Json data;
};

struct Step {
  store::Change change;  // rows of this room, history, events on topics "task" and "case"
  Json record_patch{};   // fields (and "state") that the flow set: engine gives it to records
  std::vector<Notice> notices{};
  std::vector<Job> jobs{};
  std::vector<NewRecord> records{};
  std::vector<Letter> letters{};
  std::vector<Signal> signals{};
  bool is_ended = false;
  CaseId case_id{};
};

// Every FEEL expression in a model sees: record (its fields), vars, task {outcome, comment, by,
// node}, case {id, started_at, initiator}, firing (of a repeating timer, from 1), message (the
// data of the last one on this way).
struct StartCommand {
  std::string model_id;
  std::string form;
  RecordId record_id;
  Json record;           // whole
  std::string org_path;  // of the record: decides which role holders are asked
  Json chosen{};         // {node: [person]}: whom the initiator chose, for kind="choice"
  std::string node{};    // one of the start events; empty: the plain one, else the first
  Json message{};
};
Result<Step> start(const Around& around, const StartCommand& command);

// What stands behind a decision beside the name: checked by the caller.
struct Signature {
  std::string file;            // SHA-256 of the picture
  std::string content_sha256;  // of what was signed
};
struct Proof {
  std::optional<Signature> signature{};
  std::vector<std::string> attachments{};  // SHA-256 of files
  Json position{};                         // of the phone, with its instant; only guards read it
};

struct CompleteCommand {
  TaskId task;
  std::string outcome;  // one of the task's, "" where it has none
  std::string comment;
  Json record;  // whole, with the fields the person filled in already set
  Proof proof{};
};
// NotFound, Forbidden (not a candidate), WrongState (not open, claimed by another),
// SeparationOfDuty, MissingField (outcome, required comment), EvidenceMissing, EvidenceDoubtful,
// Conflict.
Result<Step> complete(const Around& around, const access::Subject& by,
                      const CompleteCommand& command);
Result<Step> claim(const Around& around, const access::Subject& by, TaskId task);
Result<Step> unclaim(const Around& around, const access::Subject& by, TaskId task);
// Gives a task that `by` holds or could take to somebody else; no clock changes. A candidate may
// have it; a task that asks for no role may also go to somebody near. WrongState, Forbidden,
// SeparationOfDuty (`to` may not do it), BadField (to).
struct HandOverCommand {
  TaskId task;
  access::Subject to;
  bool is_near = false;  // may read the form, belongs to the same workshop: engine knows
  std::string comment;
};
Result<Step> hand_over(const Around& around, const access::Subject& by,
                       const HandOverCommand& command);
// To an earlier user task of the same or an enclosing scope that the model allows as a target.
struct ReturnCommand {
  TaskId task;
  std::string to_node;
  std::string comment;  // required
  Json record;
};
Result<Step> return_to(const Around& around, const access::Subject& by,
                       const ReturnCommand& command);
Result<Step> comment(const Around& around, const access::Subject& by, CaseId id,
                     std::string_view text);

// Something happened outside that tasks and catch events of the case listen to by name: each such
// token takes it. A task that is stuck in an incident listens too. WrongState where nobody
// listens, TooLarge when the data is.
struct MessageCommand {
  CaseId case_id;
  std::string name;
  Json data;
  Json record;
};
Result<Step> message(const Around& around, const MessageCommand& command);
// The same of a signal, which goes to every case that listens: see signals.h.
Result<Step> signal(const Around& around, const MessageCommand& command);

// The record was changed outside of the flow: conditional events look again. Nothing where none
// came true.
Result<std::optional<Step>> record_changed(const Around& around, CaseId id, const Json& record);

// A running case goes on with another version of its flow. Every token must stand, under the same
// name or the one that `mapping` gives, in the same surroundings there; else BadModel, the first
// fault in detail, its node in field. WrongState: over, or on that version already. Tasks stay
// open; clocks keep their instants; decisions and called flows are pinned anew.
struct MigrateCommand {
  CaseId case_id;
  int64_t to_version = 0;  // 0: the newest
  Json mapping{};          // node id to node id; null for none
  std::string comment;     // required
  Json record;
};
Result<Step> migrate_case(const Around& around, const MigrateCommand& command);

// After its cause was mended, lets every token that stands in an incident try again. WrongState
// where there is none. Whether somebody may ask for it is the caller's question to access.
Result<Step> retry(const Around& around, CaseId id, const Json& record);

// Timers: the engine asks for due ones, then fires each with the record as it is. A timer that was
// fired or cancelled meanwhile is WrongState: it fires exactly once.
struct DueTimer {
  TimerId id;
  CaseId case_id;
  std::string form;
  RecordId record_id;
  Instant due;
};
Result<std::vector<DueTimer>> due_timers(store::View& view, Instant now, std::size_t count);
Result<std::optional<Instant>> next_timer(store::View& view);
Result<Step> fire_timer(const Around& around, TimerId timer, const Json& record);

}  // namespace anlan::flow
