#include "engine/view_as.h"

#include "core/text.h"
#include "engine/execute.h"

namespace anlan::engine {
namespace {

constexpr std::size_t kReasonCharsMax = 200;

}  // namespace

Result<Json> Execution::execute(const BeginView& what) {
  TRY(require("people"));
  const access::Subject& by = command_->by;
  if (by.session.is_nil()) return refuse(ErrorCode::Forbidden, "only whoever is logged in looks");
  if (trim(what.reason).empty()) return refuse(ErrorCode::MissingField, {}, "reason");
  if (!is_utf8(what.reason) || count_chars(what.reason) > kReasonCharsMax) {
    return refuse(ErrorCode::BadField, {}, "reason");
  }
  access::Person person = TRY(access::find_person(transaction_, what.person));
  if (person.state != "active") return refuse(ErrorCode::NotFound, "this person has left");
  std::string id = format_uuid(around_.ids.next());
  Instant until = around_.now + kViewLength;
  store::Change change{.actor = by.actor,
                       .act = "view.begin",
                       .subject_kind = "person",
                       .subject_id = what.person.text(),
                       .at = around_.now,
                       .detail = Json::object({{"view", id}, {"reason", what.reason}})};
  change.rows.push_back({.kind = store::RowChange::Kind::Insert,
                         .table = "view_as",
                         .key = {{"id", id}},
                         .cells = {{"viewer", by.person.text()},
                                   {"session", by.session.text()},
                                   {"person", what.person.text()},
                                   {"reason", what.reason},
                                   {"began_at", around_.now.ns},
                                   {"until_at", until.ns},
                                   {"version", int64_t{1}}}});
  TRY(transaction_.apply(change));
  return Json::object({{"view", id}, {"until", format_instant(until)}});
}

Result<Json> Execution::execute(const EndView& what) {
  auto rows = TRY(transaction_.query(
      {"SELECT viewer, person, ended_at, version FROM view_as WHERE id = ?", {what.view}}));
  bool is_own = !rows.empty() && rows[0].text("viewer") == command_->by.person.text();
  if (!is_own) return refuse(ErrorCode::NotFound);
  if (!rows[0].is_null("ended_at")) return Json::object();
  store::Change change{.actor = command_->by.actor,
                       .act = "view.end",
                       .subject_kind = "person",
                       .subject_id = rows[0].text("person"),
                       .at = around_.now,
                       .detail = Json::object({{"view", what.view}})};
  change.rows.push_back({.kind = store::RowChange::Kind::Update,
                         .table = "view_as",
                         .key = {{"id", what.view}},
                         .cells = {{"ended_at", around_.now.ns}},
                         .version = rows[0].int64("version")});
  TRY(transaction_.apply(change));
  return Json::object();
}

Result<access::Subject> eyes_of(Engine& engine, const access::Subject& viewer,
                                std::string_view id) {
  auto view = TRY(engine.database().snapshot());
  auto rows = TRY(view->query(
      {"SELECT session, person, until_at, ended_at FROM view_as WHERE id = ?", {std::string(id)}}));
  bool is_own = !rows.empty() && rows[0].text("session") == viewer.session.text();
  if (!is_own) return viewer;
  auto may =
      engine.packs().policy.may(viewer, {.form = "people", .action = access::Action::Administer});
  if (!may.allowed) return refuse(ErrorCode::Forbidden, may.reason);
  bool is_open = rows[0].is_null("ended_at") && engine.clock().now().ns < rows[0].int64("until_at");
  if (!is_open) return refuse(ErrorCode::Forbidden, "this view is over", "view");
  PersonId person = TRY(PersonId::parse(rows[0].text("person")));
  access::Subject eyes = TRY(access::subject_of(*view, person));
  eyes.viewer = viewer.person;
  eyes.language = viewer.language;
  return eyes;
}

}  // namespace anlan::engine
