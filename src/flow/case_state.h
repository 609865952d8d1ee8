#pragma once
// One case in memory: read whole, changed freely within a step, then compared with what was read.
// So a row written twice in one step is one change, and a row made and dropped is none.
// Inside the room only.

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "core/id.h"
#include "core/json.h"
#include "flow/graph.h"
#include "store/store.h"

namespace anlan::flow {

using Cells = std::vector<store::Cell>;

// States are stored; never rename.
namespace state {
inline constexpr const char* kRunning = "running";      // case
inline constexpr const char* kIncident = "incident";    // case, token
inline constexpr const char* kEnded = "ended";          // case
inline constexpr const char* kMoving = "moving";        // token; never stored
inline constexpr const char* kWaiting = "waiting";      // token
inline constexpr const char* kJoining = "joining";      // token
inline constexpr const char* kOpen = "open";            // task
inline constexpr const char* kClaimed = "claimed";      // task
inline constexpr const char* kDone = "done";            // task
inline constexpr const char* kCancelled = "cancelled";  // task
inline constexpr const char* kSuspended = "suspended";  // task: waits for others, or time is up
}  // namespace state

struct CaseRow {
  CaseId id{};
  std::string model_id;
  int64_t model_version = 0;
  Json decisions = Json::object();  // DMN file id to version, as at the start
  std::string form;
  RecordId record_id{};
  std::string org_path;
  std::string state = state::kRunning;
  Json vars = Json::object();
  std::optional<PersonId> initiator;
  Instant started{};
  std::optional<Instant> ended;
  int64_t seq = 0;             // counts history rows and visits
  Json taken = Json::array();  // ids of the flows that tokens went along
  bool is_taken_changed = false;
  Json called{};  // processes that may be called, id to version, as at the start; null for none
  bool is_moved = false;  // to another version of its flow
  int64_t version = 1;
  bool is_new = false;
  std::string vars_before{};  // as stored: large and mostly the same, so written when changed only
};

// A block or sub-process that was entered; the first one of a case is the process itself.
struct Activation {
  Uuid id{};
  std::optional<Uuid> parent;
  std::string fork;            // its gateway, sub-process or call activity
  std::optional<Uuid> host{};  // the token that waits at the sub-process until this is over
  Json branches{};             // of an inclusive fork: the flows that were taken
  Json vars{};                 // seen inside only; null for none
  bool is_isolated = false;    // nothing of the variables outside is seen inside
  bool is_gone = false;
  std::optional<Cells> before{};
};

struct Token {
  enum class Phase { Enter, Leave };

  Uuid id{};
  Uuid activation{};
  std::string node;
  std::string state = state::kMoving;
  std::string edge;  // by which it came: joins count these
  Phase phase = Phase::Enter;
  int64_t visit = 0;
  Json vars = Json::object();  // task, firing
  Json pending{};              // signatures still to be asked for
  bool is_gone = false;
  std::optional<Cells> before{};
};

struct Candidate {
  std::string kind;  // "role", "person", "excluded": stored
  std::string who;
  bool operator==(const Candidate&) const = default;
};

// What several signatures, delegation and urging need to know of one task.
struct Signing {
  int64_t weight = 0;               // millionths; 0 where signatures are not weighed
  std::optional<PersonId> owner{};  // who delegated it, decides, and gets it back
  std::vector<PersonId> helpers{};  // whom it came back from: separation of duty counts them
  int64_t group = 0;                // of added signatures; 0 for those that the model asks for
  std::string when{};               // of an added one: "before", "parallel", "after"
  std::optional<PersonId> added_by{};
  std::optional<Instant> urged{};
  Json signature{};  // {"file","person","at","content_sha256"}
  bool operator==(const Signing&) const = default;
};
Json signing_json(const Signing& signing);  // null where there is nothing to say
Result<Signing> signing_from_json(const Json& json);

struct TaskRow {
  TaskId id{};
  std::string model_id{};  // of the process that the node stands in; rows_changed fills it in
  int64_t model_version = 0;
  Uuid token{};
  std::optional<Uuid> activation{};  // nothing in rows of before flow.acts.1
  int64_t visit = 0;
  std::string node;
  std::string state = state::kOpen;
  std::optional<PersonId> assignee;
  std::optional<PersonId> completed_by;
  std::string outcome;
  std::string comment;
  std::string level;
  Instant created{};
  std::optional<Instant> due;
  std::optional<Instant> ended;
  Signing signing{};
  std::vector<Candidate> candidates{};  // none once it is closed
  std::vector<Candidate> candidates_before{};
  std::optional<Cells> before{};

  bool is_open() const { return state == state::kOpen || state == state::kClaimed; }
  bool is_live() const { return is_open() || state == state::kSuspended; }
};

struct TimerRow {
  TimerId id{};
  Uuid token{};  // or the activation that an event sub-process waits in
  std::string node;
  Instant due{};
  int64_t firing = 1;
  int64_t left = 1;  // firings still to come, this one included; 0 means without end
  Duration every{};
  std::string calendar;  // in whose time it repeats
  bool is_gone = false;
  std::optional<Cells> before{};
};

// A signal that the case listens to, so that who sends one finds it.
struct ListenerRow {
  Uuid id{};
  std::string name;
  bool is_gone = false;
  std::optional<Cells> before{};
};

struct HistoryRow {
  int64_t seq = 0;
  std::string act;
  std::string node;
  std::string outcome;
  std::string comment;
  std::string task;
  Json detail{};
  bool is_by_system = false;  // whoever caused the step
};

// deque: references stay valid while tokens are added.
struct CaseState {
  CaseRow row;
  std::deque<Activation> activations;
  std::deque<Token> tokens;
  std::deque<TaskRow> tasks;
  std::deque<TimerRow> timers;
  std::deque<ListenerRow> listeners;

  Token* token(const Uuid& id);
  TaskRow* task(TaskId id);
  Activation* activation(const Uuid& id);
  void take(const std::string& edge);
};

Result<CaseState> load_case(store::View& view, CaseId id);  // NotFound
Result<void> read_listeners(store::View& view, CaseState& into);
// "call/task" is "task" inside what "call" calls.
struct NodePath {
  std::string path;  // ends in "/"; empty in the case's own process
  std::string node;
};
NodePath path_of(std::string_view node);
std::string node_of_row(const store::Row& row);             // of tasks and history: path and node
Result<CaseId> case_of_task(store::View& view, TaskId id);  // NotFound
// Rows that differ from what was read, the case first so that a lost race is a Conflict.
std::vector<store::RowChange> rows_changed(const CaseState& state, const Graph& graph);

std::optional<PersonId> person_or_none(const store::Row& row, std::string_view column);
store::Value value_or_null(const std::optional<PersonId>& person);

}  // namespace anlan::flow
