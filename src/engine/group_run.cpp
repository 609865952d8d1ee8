#include "engine/group_run.h"

#include <algorithm>

#include "store/ahead.h"

namespace anlan::engine {
namespace {

std::vector<KnownAnswers::Key> keys_of(std::span<const Command* const> commands) {
  std::vector<KnownAnswers::Key> keys;
  for (const Command* command : commands) {
    if (!command->key.empty()) keys.push_back(key_of(*command));
  }
  return keys;
}

bool are_different(std::vector<KnownAnswers::Key> keys) {
  std::ranges::sort(keys);
  return std::ranges::adjacent_find(keys) == keys.end();
}

}  // namespace

KnownAnswers::Key key_of(const Command& command) { return {command.by.person.text(), command.key}; }

GroupRun::GroupRun(const Execution::Around& around, std::vector<const Command*> commands)
    : around_(around),
      commands_(std::move(commands)),
      known_(keys_of(commands_)),
      may_be_late_(commands_.size() > 1 && are_different(keys_of(commands_))),
      answers_(commands_.size()),
      stands_(commands_.size()) {
  around_.answers = &known_;
}

std::vector<store::Work> GroupRun::works() {
  std::vector<store::Work> works;
  for (std::size_t i = 0; i < commands_.size(); ++i) {
    works.push_back([this, i](store::Transaction& transaction) { return run(i, transaction); });
  }
  if (may_be_late_) {
    works.push_back([this](store::Transaction& transaction) { return answer_late(transaction); });
  }
  return works;
}

// A group may be done twice.
Result<void> GroupRun::begin(store::Transaction& transaction) {
  known_.begin_again();
  late_.clear();
  around_.answers_later = may_be_late_ && store::reads_ahead(transaction);
  AheadWish wish;
  for (const Command* command : commands_) {
    if (auto task = task_of(*command)) wish.tasks.push_back(*task);
  }
  return read_ahead(transaction, around_.packs, wish);
}

Result<void> GroupRun::run(std::size_t command, store::Transaction& transaction) {
  auto begun = command == 0 ? begin(transaction) : Result<void>{};
  if (!begun) {
    answers_[command] = std::unexpected(begun.error());
    return begun;
  }
  Execution execution(around_, transaction);
  auto answer = execution.run(*commands_[command]);
  stands_[command] = answer && execution.is_taken_back();
  if (!answer || stands_[command]) known_.remove(key_of(*commands_[command]));
  if (!answer) {
    answers_[command] = answer;
    return std::unexpected(answer.error());
  }
  if (auto refused = execution.refused_after_commit()) {
    answers_[command] = std::unexpected(*refused);
    return {};
  }
  answers_[command] = std::move(answer);
  if (execution.later()) late_.push_back({command, *execution.later()});
  if (execution.is_taken_back()) return refuse(ErrorCode::WrongState, "taken back");
  return {};
}

// Everything before is written and would be committed: who can't be answered now must be refused
// with his own command, so the group is done again.
Result<void> GroupRun::answer_late(store::Transaction& transaction) {
  if (late_.empty()) return {};
  auto answer_all = [&]() -> Result<void> {
    std::vector<AheadShow> shows;
    for (const Late& late : late_) {
      shows.push_back({late.record.form, late.record.id, &commands_[late.command]->by});
    }
    TRY(read_ahead(transaction, around_.packs, around_.now, shows));
    for (const Late& late : late_) {
      Execution execution(around_, transaction);
      answers_[late.command] = TRY(execution.answer_later(*commands_[late.command], late.record));
    }
    return {};
  };
  auto answered = answer_all();
  if (!answered) store::give_up_together(transaction);
  return answered;
}

Result<Json> GroupRun::answer(std::size_t command,
                              const Result<std::vector<Result<void>>>& committed) {
  if (!committed) return std::unexpected(committed.error());
  std::optional<Result<Json>>& answer = answers_[command];
  if (!answer) return refuse(ErrorCode::Internal, "a command was not run");
  const Result<void>& done = (*committed)[command];
  if (*answer && !done && !stands_[command]) return std::unexpected(done.error());
  return std::move(*answer);
}

}  // namespace anlan::engine
