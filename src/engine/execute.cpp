#include "engine/execute.h"

#include "core/check.h"

namespace anlan::engine {
namespace {

// Answers are kept per person; before log-in there is nobody, and no key.
std::string asker_of(const Command& command) { return command.by.person.text(); }

}  // namespace

access::Desk Execution::desk() {
  return {
      .view = transaction_, .actor = command_->by.actor, .now = around_.now, .ids = around_.ids};
}

flow::Around Execution::flow_around(Actor actor) {
  return {.view = transaction_,
          .actor = actor,
          .now = around_.now,
          .ids = around_.ids,
          .library = around_.packs.library};
}

records::Writing Execution::writing(Actor actor) {
  return {.view = transaction_,
          .actor = actor,
          .now = around_.now,
          .ids = around_.ids,
          .forms = around_.packs.forms,
          .time_zone_offset = around_.config.time_zone_offset};
}

Result<Json> Execution::run(const Command& command) {
  command_ = &command;
  if (auto earlier = TRY(earlier_answer(command))) return *earlier;
  Json answer = TRY(std::visit([this](const auto& what) { return execute(what); }, command.what));
  TRY(keep_answer(command, answer));
  return answer;
}

Result<std::optional<Json>> Execution::earlier_answer(const Command& command) {
  if (command.key.empty()) return std::nullopt;
  auto rows = TRY(transaction_.query(
      {"SELECT fingerprint, answer FROM command_answer WHERE asker = ? AND key = ?",
       {asker_of(command), command.key}}));
  if (rows.empty()) return std::nullopt;
  if (rows[0].text("fingerprint") != command.fingerprint) return refuse(ErrorCode::KeyReused);
  return TRY(parse_json(rows[0].text("answer"), limits::kXmlBytesMax));
}

Result<void> Execution::keep_answer(const Command& command, const Json& answer) {
  if (command.key.empty()) return {};
  store::Change change{.actor = command.by.actor,
                       .act = "command.answer",
                       .at = around_.now,
                       .is_housekeeping = true};
  change.rows.push_back({.kind = store::RowChange::Kind::Insert,
                         .table = "command_answer",
                         .key = {{"asker", asker_of(command)}, {"key", command.key}},
                         .cells = {{"fingerprint", command.fingerprint},
                                   {"answer", write_json(answer)},
                                   {"at", around_.now.ns}},
                         .is_private = true});
  return transaction_.apply(change);
}

Result<const records::Form*> Execution::form_of(std::string_view id) {
  const records::Form* form = around_.packs.forms.find(id);
  if (form == nullptr) return refuse(ErrorCode::NotFound, "no such form");
  return form;
}

Result<void> Execution::require(std::string_view form) {
  auto verdict = around_.packs.policy.may(
      command_->by, {.form = std::string(form), .action = access::Action::Administer});
  if (!verdict.allowed) return refuse(ErrorCode::Forbidden, verdict.reason);
  return {};
}

Result<void> Execution::finish_step(const records::Form& form, RecordId id, flow::Step step) {
  if (is_seeding_) step.notices.clear();
  Json patch = step.record_patch;
  if (patch.is_object() && !patch.as_object().empty()) {
    auto written = TRY(records::patch_by_flow(writing(step.change.actor), form, id, patch));
    step.change.append(std::move(written.change));
  }
  // Every notice names the record by its readable number.
  Json number;
  if (!step.notices.empty()) {
    Json record = TRY(records::read_whole(transaction_, form, id));
    number = record["number"];
  }
  for (flow::Notice& notice : step.notices) {
    Json data = notice.data.is_null() ? Json::object() : std::move(notice.data);
    data.set("node", notice.node).set("number", number);
    add_notice(step.change, {.persons = std::move(notice.persons),
                             .kind = form.id + ".notice." + notice.kind,
                             .level = notice.level,
                             .form = form.id,
                             .record = id.text(),
                             .data = std::move(data),
                             .is_urgent = notice.is_urgent});
  }
  add_jobs(form, id, step);
  TRY(transaction_.apply(step.change));
  if (form.id == "response") TRY(after_response_step(id));
  return {};
}

Result<void> Execution::fire_timer(const flow::DueTimer& timer) {
  const records::Form* form = TRY(form_of(timer.form));
  Json record = TRY(records::read_whole(transaction_, *form, timer.record_id));
  Command by_time{.by = timeout_subject(), .what = {}};
  command_ = &by_time;
  const Actor& actor = by_time.by.actor;
  flow::Step step = TRY(flow::fire_timer(flow_around(actor), timer.id, record));
  auto done = finish_step(*form, timer.record_id, std::move(step));
  command_ = nullptr;
  return done;
}

}  // namespace anlan::engine
