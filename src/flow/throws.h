#pragma once
// Errors, escalations, signals and conditions: who catches what a case throws. Inside the room
// only.

#include <set>

#include "flow/machine.h"

namespace anlan::flow {

// A message or signal that reached the case.
struct Happening {
  bool is_signal = false;
  std::string name;
  Json data;
};
// Every token and surroundings that listen take it; false where none does.
bool take_everywhere(Machine& machine, const Happening& happening);

struct Fault {
  std::string code;
  Json detail{};  // seen as `error` where it is caught
};
// From a place outwards: the nearest event that catches the code. An error that nobody catches ends
// the process it reached the edge of; an escalation that nobody catches is let go.
void throw_error(Machine& machine, Token& token, const Fault& fault);
void throw_escalation(Machine& machine, const Token& token, const Fault& fault);
// The same where nothing ends when nobody catches it: then false.
bool catch_outside(Machine& machine, const Token& token, const Fault& fault);
// The fault of a task that has an error event on its own border.
bool catch_fault(Machine& machine, Token& token, const Error& error);

std::set<std::string> signals_awaited(Machine& machine);
// Conditional events whose condition has become true; whether there was one.
bool take_conditions(Machine& machine);

}  // namespace anlan::flow
