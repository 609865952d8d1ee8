#pragma once
// The token game. A Machine holds one case during one step: elements move its tokens, what they
// did is collected, finish() turns it into a Step. An element that fails leaves its token where it
// is, as an incident; the rest of the case goes on. Inside the room only.

#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "flow/case_host.h"
#include "flow/case_state.h"
#include "flow/graph.h"
#include "flow/step.h"

namespace anlan::flow {

// A name that only one evaluation sees, such as the item of a collection.
struct ExtraName {
  std::string name;
  rules::Value value;
};

class Machine {
 public:
  Machine(const Around& around, std::shared_ptr<const Graph> graph, CaseState state, Json record,
          Actor actor);

 private:
  // shared: with the model, or its only owner where processes are called (link.h).
  std::shared_ptr<const Graph> owned_;

 public:
  const Around& around;
  const Graph& graph;
  CaseState state;
  Actor actor;
  std::vector<Notice> notices{};
  std::vector<Job> jobs{};
  std::vector<NewRecord> records{};
  std::vector<Letter> letters{};
  std::vector<Signal> signals{};
  // Only of this step; earlier rows stay in the database.
  std::vector<HistoryRow> history{};
  std::vector<store::RowChange> more_rows{};
  std::string ending{};  // the name of the case's end, when this step ends it out of turn

  const Json& record() const { return record_; }
  Instant now() const { return around.now; }
  const Node& node_of(const Token& token) const;

  Result<rules::Value> evaluate(const Formula& formula, const Token& token,
                                const ExtraName* extra = nullptr);
  Result<rules::Value> evaluate_with(const Formula& formula, const Token& token,
                                     std::span<const ExtraName> extras);
  rules::Context names_for(const Token& token);
  // What an expression may know; the host outlives the evaluation.
  CaseHost host() const { return {around, state.row.decisions}; }
  rules::Environment environment(const CaseHost& host) const;
  // Null where the formula is empty.
  Result<rules::Value> evaluate_or_null(const Formula& formula, const Token& token);
  struct Due {
    Instant at{};
    bool is_fixed = false;  // it does not move when the token comes here again
    std::string calendar{};
  };
  // Nothing where the length is null: this clock does not run.
  Result<std::optional<Due>> due(const Deadline& deadline, const Token& token);
  // Who is away now; asked once in a step.
  Result<std::span<const Away>> away();
  // <anlan:set> elements of the node; all are evaluated before the first is written.
  Result<void> apply_settings(const Node& node, const Token& token, bool on_complete);
  // Of the nearest process around the token that has variables of its own.
  Result<void> set_var(const Token& token, const std::string& name, Json value);
  void patch_record(const std::string& field, Json value);

  Token& add_token(const Uuid& activation, const std::string& node);
  // Puts the token before the element at the end of the flow, to be run in this step.
  void move(Token& token, std::size_t edge);
  void schedule(Token& token, Token::Phase phase);
  void consume(Token& token);
  void run();

  HistoryRow& note(std::string act, std::string_view node);
  void tell_task(const TaskRow& task);
  void raise_incident(Token& token, const Error& error);

  // Ends open tasks and timers of a token, with all that runs inside it.
  void close_token_work(Token& token, std::string_view act);
  void drop_timers(const Uuid& token_or_activation);
  void drop_empty_activations();

  Step finish(std::string act, Json detail);

 private:
  void run_queue();
  void run_one(Token& token);
  void settle();
  void keep_listeners();
  rules::Value vars_for(const Token& token);
  void tell_case();
  store::RowChange history_row(const HistoryRow& row);

  Json record_;
  Json patch_;
  std::optional<rules::Value> record_value_;
  std::optional<rules::Value> vars_value_;  // of the case; what is local is made each time
  std::optional<std::vector<Away>> away_;
  std::vector<store::Event> events_{};
  std::deque<Uuid> queue_{};
  std::size_t steps_ = 0;
};

// One function for each kind of element. A refusal becomes an incident of the token.
using ElementStep = Result<void> (*)(Machine&, Token&, const Node&);
Result<void> enter_element(Machine& machine, Token& token);
Result<void> leave_element(Machine& machine, Token& token);

Result<void> enter_plain(Machine& machine, Token& token, const Node& node);
Result<void> enter_end(Machine& machine, Token& token, const Node& node);
Result<void> enter_terminate(Machine& machine, Token& token, const Node& node);
Result<void> enter_user(Machine& machine, Token& token, const Node& node);
Result<void> enter_service(Machine& machine, Token& token, const Node& node);
Result<void> enter_rule(Machine& machine, Token& token, const Node& node);
Result<void> enter_exclusive(Machine& machine, Token& token, const Node& node);
// Parallel and inclusive gateways.
Result<void> enter_join(Machine& machine, Token& token, const Node& node);
Result<void> enter_catch(Machine& machine, Token& token, const Node& node);
Result<void> enter_throw(Machine& machine, Token& token, const Node& node);
Result<void> enter_inside(Machine& machine, Token& token, const Node& node);
// Notices, jobs, counts, records and messages of a node: all or, where one fails, none.
Result<void> carry_out_acts(Machine& machine, const Token& token, const Node& node);
// The ways that an inclusive gateway opens now.
Result<std::vector<std::size_t>> ways_open(Machine& machine, const Token& token, const Node& node);
Result<void> enter_events(Machine& machine, Token& token, const Node& node);

}  // namespace anlan::flow
