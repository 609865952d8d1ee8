#include "engine/ahead.h"

#include <map>

#include "engine/duty.h"
#include "flow/ahead.h"
#include "records/ahead.h"
#include "store/ahead.h"

namespace anlan::engine {

std::optional<TaskId> task_of(const Command& command) {
  return std::visit(
      [](const auto& what) -> std::optional<TaskId> {
        if constexpr (requires { what.task; }) return what.task;
        else return std::nullopt;
      },
      command.what);
}

Result<void> read_ahead(store::View& view, const Packs& packs, const AheadWish& wish) {
  bool is_wished = !wish.tasks.empty() || !wish.timers.empty();
  if (!is_wished || !store::reads_ahead(view)) return {};
  auto records = TRY(flow::read_ahead(view, wish.tasks, wish.timers));
  std::map<const records::Form*, std::vector<std::string>> by_form;
  for (const flow::OfRecord& one : records) {
    const records::Form* form = packs.forms.find(one.form);
    if (form) by_form[form].push_back(one.record.text());
  }
  for (auto& [form, ids] : by_form) TRY(records::read_ahead(view, *form, std::move(ids)));
  return {};
}

Result<void> read_ahead(store::View& view, const Packs& packs, Instant now,
                        std::span<const AheadShow> shows) {
  std::vector<store::Sql> questions;
  std::map<const records::Form*, std::vector<std::string>> by_form;
  auto away = duty::asker({view, packs.forms, now});
  for (const AheadShow& show : shows) {
    questions.push_back(TRY(flow::rights_question(*show.by, show.form->id, show.id, away)));
    by_form[show.form].push_back(show.id.text());
  }
  TRY(store::ask_ahead(view, std::move(questions)));
  for (auto& [form, ids] : by_form) TRY(records::read_ahead(view, *form, std::move(ids)));
  return {};
}

}  // namespace anlan::engine
