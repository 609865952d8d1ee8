// The thread between a reporter, named or not, and those who follow the report.

#include "engine/anonymous.h"
#include "engine/execute.h"
#include "engine/read.h"
#include "engine/thread.h"

namespace anlan::engine {
namespace {

using access::Action;

constexpr std::size_t kCodesMax = 5;  // of one report: repeated requests whose answer was lost

Json answer_of(const Message& message, std::string_view name, Instant now) {
  return Json::object({{"id", message.id},
                       {"at", format_instant(now)},
                       {"side", message.side},
                       {"name", name},
                       {"text", message.text}});
}

struct Writer {
  bool is_reporter = false;
  bool may_write = false;
};

Result<Writer> writer_of(store::View& view, const Packs& packs, const access::Subject& by,
                         const records::Form& form, const Json& record, Instant now) {
  Writer writer{.is_reporter = is_reporter(record, by)};
  RecordId id = TRY(RecordId::parse(record.text_or("id", "")));
  Reader reader(view, packs, now);
  auto reach = TRY(reader.reach(by, form, id, Action::Read));
  bool is_visible = reach.is_allowed && TRY(records::is_visible(view, form, id, reach.scope));
  if (!is_visible && !writer.is_reporter) return refuse(ErrorCode::NotFound);
  bool may_press = TRY(reader.may_press(by, form, id, "comment"));
  writer.may_write = writer.is_reporter || may_press || reach.holds_task;
  return writer;
}

// Whoever follows the report hears what the reporter says, and the other way round.
Result<void> add_listeners(store::View& view, const Message& message, const Json& record,
                           NoticeWish& wish) {
  if (message.side == "reporter") {
    wish.persons = TRY(listeners_of(view, record));
  } else if (auto reporter = PersonId::parse(reporter_of(record))) {
    wish.persons = {*reporter};
  }
  std::erase_if(wish.persons, [&](PersonId person) { return person.text() == message.person; });
  return {};
}

}  // namespace

Result<Json> Execution::execute(const WriteMessage& what) {
  const access::Subject& by = command_->by;
  const records::Form* form = TRY(form_of(what.form));
  Json record = TRY(records::read_whole(transaction_, *form, what.id));
  Writer writer = TRY(writer_of(transaction_, around_.packs, by, *form, record, around_.now));
  if (!writer.may_write) return refuse(ErrorCode::Forbidden);
  if (what.is_not_fixed && !writer.is_reporter) {
    return refuse(ErrorCode::Forbidden, "only the reporter says so", "is_not_fixed");
  }
  Message message{.id = format_uuid(around_.ids.next()),
                  .form = form->id,
                  .record = what.id.text(),
                  .side = writer.is_reporter ? "reporter" : "staff",
                  .person = by.person.text(),
                  .text = what.text,
                  .is_not_fixed = what.is_not_fixed};
  store::Change change = TRY(message_change(transaction_, message, by.actor, around_.now));
  NoticeWish wish{.kind = form->id + ".notice.answer",
                  .form = form->id,
                  .record = what.id.text(),
                  .data = Json::object({{"number", record["number"]}})};
  TRY(add_listeners(transaction_, message, record, wish));
  add_notice(change, wish);
  TRY(transaction_.apply(change));
  bool is_first_reply = !writer.is_reporter && form->find("first_reply_at") != nullptr &&
                        record["first_reply_at"].is_null();
  if (is_first_reply) {
    Json patch = Json::object({{"first_reply_at", format_instant(around_.now)}});
    auto written = TRY(records::patch_by_flow(writing(by.actor), *form, what.id, patch));
    TRY(transaction_.apply(written.change));
  }
  if (what.is_not_fixed) {
    CaseId case_id = TRY(CaseId::parse(record.text_or("case_id", "")));
    flow::Step step =
        TRY(flow::message(flow_around(by.actor), {.case_id = case_id,
                                                  .name = "not_fixed",
                                                  .data = Json::object({{"text", what.text}}),
                                                  .record = record}));
    TRY(finish_step(*form, what.id, std::move(step)));
  }
  return Json::object({{"message", answer_of(message, by.name, around_.now)}});
}

// The fingerprint stands for the request: the same one again answers the same report, and its fresh
// code opens it too, since the first answer may have been lost.
Result<Json> Execution::execute(const AnonymousReport& what) {
  if (command_->by.actor.kind != Actor::Kind::Anonymous) return refuse(ErrorCode::Forbidden);
  const std::string& request = command_->fingerprint;
  auto known = TRY(transaction_.query(
      {"SELECT form, record_id FROM anonymous_code WHERE request_sha256 = ?", {request}}));
  const records::Form* form = TRY(form_of(known.empty() ? what.form : known[0].text("form")));
  if (known.size() >= kCodesMax) return refuse(ErrorCode::LimitReached, {}, "code");
  std::optional<RecordId> id;
  if (!known.empty()) id = TRY(RecordId::parse(known[0].text("record_id")));
  else id = TRY(create_one(*form, without_traces(*form, what.fields), std::nullopt));
  store::Change change{.actor = command_->by.actor,
                       .act = "anonymous.code",
                       .at = around_.now,
                       .is_housekeeping = true};
  change.rows.push_back(
      {.kind = store::RowChange::Kind::Insert,
       .table = "anonymous_code",
       .key = {{"code_sha256", code_hash(what.code)}},
       .cells = {{"form", form->id}, {"record_id", id->text()}, {"request_sha256", request}},
       .is_private = true});
  TRY(transaction_.apply(change));
  Json record = TRY(records::read_whole(transaction_, *form, *id));
  return Json::object({{"number", record["number"]}});
}

Result<Json> Execution::execute(const AnonymousMessage& what) {
  AnonymousRecord at = TRY(find_report(transaction_, what.code));
  const records::Form* form = TRY(form_of(at.form));
  Json record = TRY(records::read_whole(transaction_, *form, at.id));
  const Actor& actor = command_->by.actor;
  Message message{.id = format_uuid(around_.ids.next()),
                  .form = form->id,
                  .record = at.id.text(),
                  .side = "reporter",
                  .person = {},
                  .text = what.text,
                  .is_not_fixed = what.is_not_fixed};
  store::Change change = TRY(message_change(transaction_, message, actor, around_.now));
  NoticeWish wish{.persons = TRY(listeners_of(transaction_, record)),
                  .kind = form->id + ".notice.answer",
                  .form = form->id,
                  .record = at.id.text(),
                  .data = Json::object({{"number", record["number"]}})};
  add_notice(change, wish);
  TRY(transaction_.apply(change));
  if (!what.is_not_fixed) return Json::object();
  CaseId case_id = TRY(CaseId::parse(record.text_or("case_id", "")));
  flow::Step step =
      TRY(flow::message(flow_around(actor), {.case_id = case_id,
                                             .name = "not_fixed",
                                             .data = Json::object({{"text", what.text}}),
                                             .record = record}));
  TRY(finish_step(*form, at.id, std::move(step)));
  return Json::object();
}

}  // namespace anlan::engine
