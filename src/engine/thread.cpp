#include "engine/thread.h"

#include <algorithm>

#include "engine/engine.h"
#include "engine/read.h"

namespace anlan::engine {
namespace {

using access::Action;

bool is_readable_text(std::string_view text) {
  if (!is_utf8(text) || trim(text).empty() || count_chars(text) > kMessageCharsMax) return false;
  return std::ranges::none_of(text, [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return byte == 0x7f || (byte < 0x20 && c != '\n' && c != '\t' && c != '\r');
  });
}

}  // namespace

bool is_anonymous_record(const Json& record) {
  return record.text_or("created_by", "") == actor_kind_text(Actor::Kind::Anonymous);
}

std::string reporter_of(const Json& record) {
  std::string reporter = record.text_or("reporter", "");
  return reporter.empty() ? record.text_or("created_by", "") : reporter;
}

bool is_reporter(const Json& record, const access::Subject& by) {
  return !by.person.is_nil() && reporter_of(record) == by.person.text();
}

Result<Json> messages_of(store::View& view, std::string_view form, RecordId id) {
  auto rows =
      TRY(view.query({"SELECT m.*, p.name AS person_name FROM thread_message m "
                      "LEFT JOIN person p ON p.id = m.person "
                      "WHERE m.form = ? AND m.record_id = ? ORDER BY m.at, m.id LIMIT ?",
                      {std::string(form), id.text(), int64_t{kMessagesMax}}}));
  Json list = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    list.push(Json::object({{"id", row.text("id")},
                            {"at", format_instant({row.int64("at")})},
                            {"side", row.text("side")},
                            {"name", row.text_or("person_name", "")},
                            {"text", row.text("body")}}));
  }
  return list;
}

Result<store::Change> message_change(store::View& view, const Message& message, Actor actor,
                                     Instant now) {
  if (!is_readable_text(message.text)) return refuse(ErrorCode::BadField, {}, "text");
  auto counted =
      TRY(view.query({"SELECT count(*) AS n FROM thread_message WHERE form = ? AND record_id = ?",
                      {message.form, message.record}}));
  if (counted[0].int64("n") >= static_cast<int64_t>(kMessagesMax)) {
    return refuse(ErrorCode::LimitReached, "messages of one record");
  }
  store::Change change{.actor = actor,
                       .act = message.form + ".message",
                       .subject_kind = message.form,
                       .subject_id = message.record,
                       .at = now,
                       .detail = Json::object({{"side", message.side}})};
  change.rows.push_back({.kind = store::RowChange::Kind::Insert,
                         .table = "thread_message",
                         .key = {{"id", message.id}},
                         .cells = {{"form", message.form},
                                   {"record_id", message.record},
                                   {"at", now.ns},
                                   {"side", message.side},
                                   {"person", message.person},
                                   {"body", message.text},
                                   {"not_fixed", int64_t{message.is_not_fixed ? 1 : 0}}}});
  change.events.push_back(
      {message.form,
       Json::object({{"form", message.form}, {"id", message.record}, {"what", "thread"}})});
  return change;
}

Result<std::vector<PersonId>> listeners_of(store::View& view, const Json& record) {
  for (std::string_view field : {"owner", "first_receiver"}) {
    auto person = PersonId::parse(record.text_or(field, ""));
    if (person) return std::vector{*person};
  }
  auto rows =
      TRY(view.query({"SELECT DISTINCT person FROM thread_message WHERE record_id = ? AND side = "
                      "'staff' ORDER BY person LIMIT 20",
                      {record.text_or("id", "")}}));
  std::vector<PersonId> people;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto person = PersonId::parse(rows[i].text("person"));
    if (person) people.push_back(*person);
  }
  return people;
}

Result<Json> thread_of(Engine& engine, const access::Subject& by, std::string_view form_id,
                       RecordId id) {
  const Packs& packs = engine.packs();
  const records::Form* form = packs.forms.find(form_id);
  if (form == nullptr) return refuse(ErrorCode::NotFound);
  auto view = TRY(engine.database().snapshot());
  Reader reader(*view, packs, engine.clock().now());
  auto reach = TRY(reader.reach(by, *form, id, Action::Read));
  bool is_visible = reach.is_allowed && TRY(records::is_visible(*view, *form, id, reach.scope));
  auto record = records::read_whole(*view, *form, id);
  if (!record) return std::unexpected(record.error());
  bool is_own = is_reporter(*record, by);
  if (!is_visible && !is_own) return refuse(ErrorCode::NotFound);
  bool may_press = TRY(reader.may_press(by, *form, id, "comment"));
  Json rows = TRY(messages_of(*view, form->id, id));
  return Json::object({{"rows", std::move(rows)},
                       {"is_anonymous", is_anonymous_record(*record)},
                       {"may_write", is_own || may_press || reach.holds_task},
                       {"is_reporter", is_own}});
}

}  // namespace anlan::engine
