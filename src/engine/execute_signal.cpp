// Signals and conditions: what reaches a case without anybody knowing the case.

#include "engine/execute.h"

namespace anlan::engine {
namespace {

using Kind = store::RowChange::Kind;

constexpr std::size_t kToldAtOnce = 32;  // cases; others wait for the writer meanwhile

// One case that can't take it must not keep an alarm from the others.
bool is_its_own_trouble(const Error& error) {
  return error.code == ErrorCode::WrongState || error.code == ErrorCode::BadModel ||
         error.code == ErrorCode::NotFound;
}

}  // namespace

Result<void> Execution::signal_one(const flow::Listener& listener, const flow::Signal& signal) {
  const records::Form* form = TRY(form_of(listener.form));
  Json record = TRY(records::read_whole(transaction_, *form, listener.record_id));
  flow::Step step = TRY(flow::signal(
      flow_around(command_->by.actor),
      {.case_id = listener.case_id, .name = signal.name, .data = signal.data, .record = record}));
  return finish_step(*form, listener.record_id, std::move(step));
}

Result<void> Execution::spread(flow::SignalPost post, Kind as) {
  auto told = TRY(flow::listeners(transaction_, post, kToldAtOnce));
  for (const flow::Listener& listener : told) {
    auto done = signal_one(listener, post.signal);
    if (!done && !is_its_own_trouble(done.error())) return done;
    post.seen = listener.id;
  }
  bool is_over = told.size() < kToldAtOnce;
  if (is_over && as == Kind::Insert) return {};
  store::Change change{.actor = command_->by.actor,
                       .act = "signal.spread",
                       .subject_kind = "signal",
                       .subject_id = format_uuid(post.id),
                       .at = around_.now};
  change.rows.push_back(flow::keep_post(post, is_over ? Kind::Delete : as));
  return transaction_.apply(change);
}

Result<void> Execution::go_on_with(const flow::SignalPost& post) {
  Command by_system{.by = system_subject(), .what = {}};
  command_ = &by_system;
  auto done = spread(post, Kind::Update);
  command_ = nullptr;
  return done;
}

Result<void> Execution::begin_flow(const std::string& clock) {
  Command by_time{.by = timeout_subject(), .what = {}};
  command_ = &by_time;
  flow::Step step = TRY(flow::fire_start(flow_around(by_time.by.actor), clock));
  TRY(transaction_.apply(step.change));
  auto done = carry_out(step);
  command_ = nullptr;
  return done;
}

Result<void> Execution::begin_flows(const flow::Letter& letter) {
  auto wishes = TRY(flow::started_by(flow_around(command_->by.actor), letter.name, letter.data));
  for (const flow::NewRecord& wish : wishes) TRY(make_wished(wish));
  return {};
}

Result<void> Execution::look_again(const records::Form& form, RecordId id) {
  if (form.flow.empty() || !around_.packs.library.watches_records(form.flow)) return {};
  Json record = TRY(records::read_whole(transaction_, form, id));
  auto case_id = CaseId::parse(record.text_or("case_id", ""));
  if (!case_id) return {};
  auto step = TRY(flow::record_changed(flow_around(command_->by.actor), *case_id, record));
  if (!step) return {};
  return finish_step(form, id, std::move(*step));
}

}  // namespace anlan::engine
