#include "engine/execute.h"

#include "core/check.h"
#include "engine/flow_answers.h"
#include "engine/guards.h"
#include "engine/rules_host.h"
#include "engine/sensing.h"

namespace anlan::engine {
namespace {

// Answers are kept per person; before log-in there is nobody, and no key. As key_of in engine.cpp.
std::string asker_of(const Command& command) { return command.by.person.text(); }

// Of a record that was created only its name is kept: who asks again gets it as it is then.
constexpr std::string_view kAgain = "again";  // On disk. Never rename.

std::string kept_text(const Command& command, const Json& answer) {
  const auto* create = std::get_if<CreateRecord>(&command.what);
  if (!create || !answer["record"].has("id")) return write_json(answer);
  Json name = Json::object({{"form", create->form}, {"id", answer["record"]["id"]}});
  return write_json(Json::object({{std::string(kAgain), std::move(name)}}));
}

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
          .library = around_.packs.library,
          .answers = answers_for(writing(actor), [this](const flow::GuardAsk& ask) {
            return ask_guard(guard_desk(), ask);
          })};
}

records::Writing Execution::writing(Actor actor) {
  return {.view = transaction_,
          .actor = actor,
          .now = around_.now,
          .ids = around_.ids,
          .forms = around_.packs.forms,
          .time_zone_offset = around_.config.time_zone_offset,
          .host = std::make_shared<const RulesHost>(transaction_, around_.packs, command_->by),
          .calendars = &around_.packs.library.calendars()};
}

Result<Json> Execution::run(const Command& command) {
  command_ = &command;
  if (auto earlier = TRY(earlier_answer(command))) return *earlier;
  Json answer = TRY(std::visit([this](const auto& what) { return execute(what); }, command.what));
  if (!later_) TRY(keep_answer(command, answer));
  return answer;
}

Result<std::optional<Json>> Execution::earlier_answer(const Command& command) {
  if (command.key.empty()) return std::nullopt;
  KnownAnswers::Key key{asker_of(command), command.key};
  KnownAnswers alone({key});
  KnownAnswers& known = around_.answers ? *around_.answers : alone;
  const KnownAnswers::Answer* answer = TRY(known.find(transaction_, key));
  if (answer == nullptr) return std::nullopt;
  if (answer->fingerprint != command.fingerprint) return refuse(ErrorCode::KeyReused);
  Json kept = TRY(parse_json(answer->text, limits::kXmlBytesMax));
  if (!kept.has(kAgain)) return kept;
  const records::Form* form = TRY(form_of(kept[kAgain].text_or("form", "")));
  RecordId id = TRY(RecordId::parse(kept[kAgain].text_or("id", "")));
  return TRY(answer_record(*form, id));
}

Result<void> Execution::keep_answer(const Command& command, const Json& answer) {
  if (command.key.empty()) return {};
  std::string text = kept_text(command, answer);
  store::Change change{.actor = command.by.actor,
                       .act = "command.answer",
                       .at = around_.now,
                       .is_housekeeping = true};
  change.rows.push_back(
      {.kind = store::RowChange::Kind::Insert,
       .table = "command_answer",
       .key = {{"asker", asker_of(command)}, {"key", command.key}},
       .cells = {{"fingerprint", command.fingerprint}, {"answer", text}, {"at", around_.now.ns}},
       .is_private = true});
  TRY(transaction_.apply(change));
  if (around_.answers == nullptr) return {};
  around_.answers->add({asker_of(command), command.key}, {command.fingerprint, std::move(text)});
  return {};
}

Result<const records::Form*> Execution::form_of(std::string_view id) {
  const records::Form* form = around_.packs.forms.find(id);
  if (form == nullptr) return refuse(ErrorCode::NotFound, "no such form");
  return form;
}

PermitDesk Execution::permit_desk() {
  return {transaction_, around_.packs, *around_.plant, around_.now,
          around_.config.time_zone_offset};
}

GuardDesk Execution::guard_desk() {
  GuardDesk desk{.permits = permit_desk(), .sensing = around_.sensing};
  if (around_.sensing != nullptr) desk.states = around_.sensing->plant_states(around_.now);
  return desk;
}

Result<void> Execution::ask_form_guards(const records::Form& form, RecordId id) {
  const access::Subject& by = command_->by;
  bool is_person = by.actor.kind == Actor::Kind::Person || by.actor.kind == Actor::Kind::Token;
  if (form.guards.empty() || !is_person) return {};
  Json record = TRY(records::read_whole(transaction_, form, id));
  GuardDesk desk = guard_desk();
  const Json nowhere;
  for (const std::string& guard : form.guards) {
    TRY(ask_guard(desk, {.name = guard,
                         .form = form.id,
                         .record_id = id,
                         .record = record,
                         .by = by.person,
                         .position = nowhere}));
  }
  return {};
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
    if (form.id == "permit") TRY(tell_all_of_stop(id, record, step));
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
  if (form.id == "permit" && patch.has("state")) TRY(stop_children(form, id));
  if (form.id == "permit") TRY(stop_neighbours(form, id, patch));
  return carry_out(step);
}

// By the system: whoever set the flow going needs no right on the other record.
Result<void> Execution::carry_out(const flow::Step& step) {
  if (step.records.empty() && step.letters.empty() && step.signals.empty()) return {};
  if (chain_ == limits::kFlowChainMax) {
    return refuse(ErrorCode::LimitReached, "flows that make records of each other without end");
  }
  Command by_system{.by = system_subject(), .what = {}};
  const Command* before = command_;
  command_ = &by_system;
  ++chain_;
  Result<void> done;
  for (const flow::NewRecord& wish : step.records) {
    if (done) done = make_wished(wish);
  }
  for (const flow::Letter& letter : step.letters) {
    if (done) done = deliver(letter);
  }
  for (const flow::Signal& signal : step.signals) {
    if (!done) break;
    done = spread(flow::post(around_.ids, signal, step.case_id), store::RowChange::Kind::Insert);
  }
  --chain_;
  command_ = before;
  return done;
}

Result<void> Execution::make_wished(const flow::NewRecord& wish) {
  const records::Form* form = TRY(form_of(wish.form));
  begun_ = wish.start.empty() ? nullptr : &wish;
  auto made = create_with(*form, wish.fields, wish.id, {.fallback = access::FieldMode::Write});
  begun_ = nullptr;
  if (!made) return std::unexpected(made.error());
  return {};
}

// A record that is gone, has no case, or does not listen has not been told; nobody minds.
Result<void> Execution::deliver(const flow::Letter& letter) {
  if (letter.form.empty()) return begin_flows(letter);
  const records::Form* form = TRY(form_of(letter.form));
  auto record = records::read_whole(transaction_, *form, letter.record);
  if (!record && record.error().code == ErrorCode::NotFound) return {};
  if (!record) return std::unexpected(record.error());
  auto case_id = CaseId::parse(record->text_or("case_id", ""));
  if (!case_id) return {};
  auto step = flow::message(
      flow_around(command_->by.actor),
      {.case_id = *case_id, .name = letter.name, .data = letter.data, .record = *record});
  if (!step && step.error().code == ErrorCode::WrongState) return {};
  if (!step) return std::unexpected(step.error());
  return finish_step(*form, letter.record, std::move(*step));
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
