#pragma once
// The parsed model as nodes, edges and scopes. Indexes into the vectors are stable: a Graph is
// made once and never changes. Inside the room only.
//
// Scopes carry the rule of lowcode.md 1.3 for going back: a branch of a parallel block is a scope
// of its own, entering the block makes an activation, the join counts tokens of one activation.
// The content of a sub-process is one more kind of scope, and entering it one more activation.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "core/text.h"
#include "flow/findings.h"
#include "flow/formula.h"
#include "flow/model.h"

namespace anlan::flow {

inline constexpr std::size_t kNone = static_cast<std::size_t>(-1);
inline constexpr std::size_t kRootScope = 0;

enum class NodeKind {
  Start,
  End,
  Terminate,
  User,
  Service,
  Rule,
  Script,
  Manual,
  Send,
  Receive,
  Exclusive,
  Inclusive,
  Parallel,
  Events,  // an event-based gateway
  Catch,
  Throw,
  Boundary,
  Sub,       // an embedded sub-process
  EventSub,  // one that an event starts, beside or instead of what runs around it
  Call       // another deployed process
};

constexpr bool is_gateway(NodeKind kind) {
  return kind == NodeKind::Exclusive || kind == NodeKind::Inclusive || kind == NodeKind::Parallel ||
         kind == NodeKind::Events;
}
constexpr bool is_event(NodeKind kind) {
  return kind == NodeKind::Start || kind == NodeKind::End || kind == NodeKind::Terminate ||
         kind == NodeKind::Catch || kind == NodeKind::Throw || kind == NodeKind::Boundary;
}
constexpr bool is_activity(NodeKind kind) {
  return !is_gateway(kind) && !is_event(kind) && kind != NodeKind::EventSub;
}
// Where a token stays for a while, so that an event on the border can happen.
constexpr bool is_waiting_kind(NodeKind kind) {
  return kind == NodeKind::User || kind == NodeKind::Receive || kind == NodeKind::Sub ||
         kind == NodeKind::Call;
}
constexpr bool has_inside(NodeKind kind) { return kind == NodeKind::Sub || kind == NodeKind::Call; }

// <anlan:set>: a case variable or a field of the record.
struct Setting {
  std::string name;
  Formula value;
  bool is_field = false;
  bool on_complete = false;
};

struct Assign {
  enum class Kind { Role, Person, Initiator, Candidates, Manager, Department, Field, Choice };

  Kind kind = Kind::Role;
  std::string role;
  Formula role_named;  // instead of `role`: a role's id, a list of them, or null for nobody
  Formula person;      // of a department: its unit
  // Of a manager: whose, a record field or empty for the initiator; how far up the chain; and, for
  // everybody on the way, the kind of unit or "role:" where it ends.
  std::string from;
  int64_t level = 1;
  std::string until;
  bool is_told = true;      // gets the notice of an open task
  bool is_by_duty = false;  // of a role's holders those on duty are told first
  std::string field;        // of the record: names who has the task, so a hand-over writes it
};

struct Outcome {
  std::string id;
  LocalText name;
  bool needs_comment = false;
  bool needs_comment_in_doubt = false;  // while evidence of the record is doubtful
  std::vector<std::string> fields;      // must be filled in for this outcome
  std::vector<std::string> guards;      // what the world is asked before this outcome stands
};

// <anlan:approval>: how several signatures become one outcome.
struct Approval {
  enum class Mode { All, Any, Sequence, Vote };
  // The first refusal ends it; as soon as `pass` can't be reached; after everybody was heard.
  enum class RejectRule { First, Ratio, WaitAll };

  Mode mode = Mode::All;
  int64_t pass_millionths = 1'000'000;
  RejectRule reject_rule = RejectRule::First;
  Formula weight;                     // of one signature, which it knows as `person`
  std::vector<std::string> agreeing;  // outcomes that count as a yes
};

struct Multi {
  bool is_sequential = false;
  Formula collection;
  std::string element;  // name under which an item of the collection is seen
  Approval approval;
};

// <anlan:notice>: how people are told that a task is open.
struct OpenNotice {
  std::string kind = "task";
  bool is_urgent = false;
  Formula data;
};

// When something is due: a length from an instant (empty: from now), in the time of a calendar.
struct Deadline {
  Formula within;
  Formula from;
  Formula calendar;
};

// <anlan:ops>: what may be done with a task beside completing it.
struct Ops {
  bool transfers = false;
  bool delegates = false;
  bool retracts = false;
  bool copies = false;
  bool removes_signs = false;
  std::vector<std::string> add_sign;  // "before", "parallel", "after"
};

// <anlan:reject>: ends the case as rejected, or goes back.
struct Rejection {
  bool returns = false;
  std::string to;  // of a return: a node id or a word of `targets`
  std::vector<Setting> settings;
};

// Attributes of <anlan:assign> that say what to do where asking people makes no sense. A skip is
// an act of the system.
struct Policies {
  enum class OnEmpty { Role, Admin, Skip, Stop, Manager };
  enum class Dedupe { No, Adjacent, All };
  enum class SelfApprove { Any, Yes, No, Skip, Manager };

  OnEmpty on_empty = OnEmpty::Role;
  Dedupe dedupe = Dedupe::No;
  SelfApprove self_approve = SelfApprove::Any;
};

// <anlan:sla>: reminders since the task opened, and what happens when its time is over.
struct Sla {
  enum class OnTimeout { Remind, Escalate, Suspend };

  std::vector<Duration> reminders;
  Deadline within;
  OnTimeout on_timeout = OnTimeout::Remind;
  std::string escalate_role;
  Formula escalate_to;
  bool escalates_to_manager = false;
};

// <anlan:cc>: people who are told and never waited for.
struct Copy {
  Formula to;
  std::string role;
  bool on_complete = true;
};

struct UserTask {
  std::vector<Assign> assigns;
  std::vector<std::string> excluded;  // nodes whose doers may not do this one
  std::vector<Formula> exceptions;    // people who may not
  std::string fallback_role;
  std::vector<Outcome> outcomes;
  std::vector<std::string> required;
  std::vector<std::string> return_targets;
  access::NodeRights rights;
  OpenNotice notice;
  Deadline due;
  Formula level;
  std::optional<Multi> multi;
  Ops ops;
  Policies policies;
  std::optional<Rejection> rejection;
  std::optional<Sla> sla;
  std::vector<Copy> copies;
  bool jumps_back = false;  // after a return: straight back to who returned
  bool needs_signature = false;
  bool needs_attachment = false;
  bool needs_comment = false;  // for every outcome

  const Outcome* outcome(std::string_view id) const;
};

struct TimerSpec {
  Deadline first;
  Formula every;
  Formula times;
  Formula done;  // firings that lie behind already
};

// <anlan:act topic="notify">.
struct Notify {
  Formula to;
  std::string role;
  std::string kind;
  Formula level;
  Formula data;
  bool is_urgent = false;
  bool is_by_duty = false;  // of a role's holders those on duty
};

// <anlan:act topic="count">: how many records a filter picks, into a variable.
struct CountSpec {
  std::string var;
  std::string form;
  Formula where;
};

// <anlan:act topic="record">: another record that the system makes; its id into a variable.
struct RecordSpec {
  std::string form;
  std::string var;  // may be empty
  Formula fields;
};

// <anlan:act topic="message">: to the case of another record.
struct LetterSpec {
  std::string form;
  std::string name;
  Formula record;
  Formula data;
};

// <anlan:act topic="job">.
struct JobSpec {
  std::string name;
  Formula data;
};

struct DecisionCall {
  std::string file;  // id in the Library
  std::string decision;
  std::string result;  // case variable
};

// standardLoopCharacteristics: again and again while the condition holds.
struct Looping {
  Formula condition;
  bool tests_before = false;
  int64_t times_max = 0;
};

// Multi-instance of anything but a user task, whose signatures are a Multi.
struct Repeated {
  bool is_sequential = false;
  Formula collection;  // one of these two
  Formula cardinality;
  std::string element;  // variable that an instance sees its item under
  Formula completion;
};

// callActivity: without inputs and outputs both sides share their variables.
struct CallSpec {
  std::string model;
  std::vector<Setting> inputs;
  std::vector<Setting> outputs;
  bool is_isolated = false;
};

struct Node {
  std::string id;
  NodeKind kind = NodeKind::Start;
  LocalText name;
  std::vector<std::size_t> in;
  std::vector<std::size_t> out;
  std::size_t default_edge = kNone;
  std::size_t scope = kRootScope;
  std::vector<Setting> settings;

  std::size_t container = kNone;        // the sub-process around it
  std::size_t begin = kNone;            // its own start event, of what has an inside
  std::vector<std::size_t> event_subs;  // directly inside

  std::optional<UserTask> user;
  // An event has at most one of these: what it waits for or throws.
  std::optional<TimerSpec> timer;
  std::string message;
  std::string signal;
  std::optional<std::string> error;       // code; an empty one catches all
  std::optional<std::string> escalation;  // code; an empty one catches all
  Formula condition;
  Formula data;  // thrown along
  std::optional<Looping> loop;
  std::optional<Repeated> repeated;
  std::optional<CallSpec> calls;
  std::optional<DecisionCall> call;
  std::vector<Notify> notices;          // Service
  std::vector<JobSpec> jobs;            // Service
  std::vector<CountSpec> counts;        // Service
  std::vector<RecordSpec> records;      // Service
  std::vector<LetterSpec> letters;      // Service
  std::vector<std::size_t> boundaries;  // of an activity
  std::size_t host = kNone;             // of a Boundary
  bool is_interrupting = true;
};

struct Edge {
  std::string id;
  LocalText name;
  std::size_t from = kNone;
  std::size_t to = kNone;
  std::size_t scope = kRootScope;
  Formula condition;
};

// A branch of a block, the content of a sub-process, or the whole process (no parent).
struct Scope {
  std::size_t parent = kNone;
  std::size_t block = kNone;
};

struct Block {
  std::size_t fork = kNone;
  std::size_t join = kNone;
  std::size_t first_scope = kNone;  // of its branches, in the order of the fork's ways out
};

// A process that was called, as its nodes stand in the graph of the caller.
struct Part {
  std::string model_id;
  int64_t version = 0;
};

// <anlan:process>: what holds for the whole case.
struct ProcessRules {
  enum class Withdraw { No, UntilFirst, Always };

  Withdraw withdraw = Withdraw::No;
  bool is_permit = false;
  std::vector<Setting> on_withdraw;
};

struct Graph {
  std::string id;
  std::string definitions_id;
  LocalText title;
  std::string xml;
  std::vector<Node> nodes;
  std::vector<Edge> edges;
  std::vector<Scope> scopes;
  std::vector<Block> blocks;
  // id to name, or to code
  std::map<std::string, std::string, std::less<>> messages;
  std::map<std::string, std::string, std::less<>> signals;
  std::map<std::string, std::string, std::less<>> errors;
  std::map<std::string, std::string, std::less<>> escalations;
  std::map<std::string, std::size_t, std::less<>> by_id;
  std::map<std::string, std::size_t, std::less<>> edge_by_id;
  std::size_t start = kNone;            // the plain one, else the first
  std::vector<std::size_t> starts;      // of the process itself
  std::vector<std::size_t> event_subs;  // of the process itself
  std::vector<std::string> approving;   // states of the record that only a person may bring about
  bool has_signals = false;
  bool has_conditions = false;
  std::map<std::string, Part, std::less<>> parts;  // "call/" to what is called there
  ProcessRules rules;

  const std::vector<std::size_t>& event_subs_in(std::size_t container) const {
    return container == kNone ? event_subs : nodes[container].event_subs;
  }
  // The process that a node stands in; `own` unless it was called.
  Part part_of(std::string_view node_id, Part own) const;
  const Node* find(std::string_view node_id) const;
  std::size_t block_of_fork(std::size_t node) const;
  std::size_t block_of_join(std::size_t node) const;
  bool is_scope_within(std::size_t inner, std::size_t outer) const;
  // The event-based gateway whose event this is, or null.
  const Node* events_before(const Node& event) const;
};

// "initiator", "previous", "any": return targets that are found while a case runs.
bool is_target_word(std::string_view target);

// What a reading of XML gives: the graph is only runnable when there is no finding.
struct Reading {
  Graph graph;
  std::vector<ToldFinding> findings;
  std::map<std::string, std::string, std::less<>> lane_roles;  // by node id

  void find_fault(std::string_view element, FindingKind kind, std::vector<std::string> parts = {}) {
    findings.push_back(finding_of(element, kind, std::move(parts)));
  }
};

Result<Reading> read_graph(std::string_view xml);
bool is_fork(const Node& node);
bool is_join(const Node& node);
void find_scopes(Graph& graph);
void lint_graph(Reading& reading);
void lint_acts(Reading& reading);
void lint_clocks(Reading& reading);  // of lint_graph

}  // namespace anlan::flow
