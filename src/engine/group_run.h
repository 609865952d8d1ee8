#pragma once
// A group of commands in one transaction: what they will ask of tasks, cases and records is read
// before the first of them, and the records that they answer with are read after the last, each for
// all of them together. Done again one by one, every command asks for itself. Only engine.cpp uses
// this.

#include <optional>
#include <span>
#include <vector>

#include "engine/ahead.h"
#include "engine/execute.h"
#include "engine/known_answers.h"

namespace anlan::engine {

class GroupRun {
 public:
  // `around` and the commands stay where they are until the group is answered.
  GroupRun(const Execution::Around& around, std::vector<const Command*> commands);
  GroupRun(const GroupRun&) = delete;
  GroupRun& operator=(const GroupRun&) = delete;

  // In the order of the commands; where there are several, one more that answers.
  std::vector<store::Work> works();
  // What the command is answered when the group has come to `committed`.
  Result<Json> answer(std::size_t command, const Result<std::vector<Result<void>>>& committed);

 private:
  struct Late {
    std::size_t command;
    Execution::Later record;
  };
  Result<void> begin(store::Transaction& transaction);
  Result<void> run(std::size_t command, store::Transaction& transaction);
  Result<void> answer_late(store::Transaction& transaction);

  Execution::Around around_;
  std::vector<const Command*> commands_;
  KnownAnswers known_;
  bool may_be_late_;  // no two are one request, whose second is answered as the first
  std::vector<std::optional<Result<Json>>> answers_;
  std::vector<bool> stands_;  // the answer, though nothing was written
  std::vector<Late> late_;
};

KnownAnswers::Key key_of(const Command& command);

}  // namespace anlan::engine
