#pragma once
// What runs inside a token: sub-processes and called processes. The token waits at its node, the
// content has an activation of its own that names the token as its host. Several instances are
// several such activations. Inside the room only.

#include "flow/machine.h"

namespace anlan::flow {

bool is_hosting(const CaseState& state, const Token& token);
// Whether an activation is another one or lies somewhere inside it.
bool is_inside(CaseState& state, const Uuid& inner, const Uuid& outer);
// The nearest activation around that is a process or sub-process, not a block of branches.
Activation* container_of(Machine& machine, const Uuid& activation);
// The sub-process that an activation is the content of; kNone for the process itself.
std::size_t container_node(const Graph& graph, const Activation& activation);

// Cancels every token in an activation, with all that lies inside it; the activation stays.
void cancel_inside(Machine& machine, const Uuid& activation, std::string_view act);
void cancel_hosted(Machine& machine, const Token& host, std::string_view act);
// Finishes one that has become empty: its host goes on or begins the next instance.
bool end_inside(Machine& machine);

// One item for each instance, null where there is nothing to see; one in all where nothing repeats.
Result<Json> instance_items(Machine& machine, const Token& token, const Node& node);
struct Instances {
  int64_t total = 0;
  int64_t done = 0;
  int64_t active = 0;
};
// Whether the completion condition says that the others need not happen.
Result<bool> completes(Machine& machine, const Token& token, const Node& node,
                       const Instances& count);

// Clocks of event sub-processes begin when what they stand in is entered.
Result<void> plan_event_subs(Machine& machine, const Activation& activation);
struct Started {
  std::string name;  // "message", "error", "firing": how the data is seen inside
  Json data;
};
// An event sub-process begins; one that interrupts ends all else in its surroundings.
void start_event_sub(Machine& machine, const Uuid& around, const Node& event_sub,
                     const Started& started);
// Event sub-processes that listen in an activation now: none while one that interrupts runs.
std::vector<std::size_t> event_subs_open(Machine& machine, const Activation& activation);

// An event on the border happened to the host: it ends the host, or starts a way beside it.
void happen_at_border(Machine& machine, Token& host, const Node& event, const Started& started,
                      std::string_view act);

}  // namespace anlan::flow
