#pragma once
// <anlan:cc>: people who are told and never waited for. Inside the room only.

#include "flow/machine.h"

namespace anlan::flow {

enum class CopyTime { Open, Complete };
Result<void> tell_copies(Machine& machine, const Token& token, const Node& node, CopyTime time);
void tell_copy(Machine& machine, const Node& node, std::vector<PersonId> people,
               std::string_view comment);

}  // namespace anlan::flow
