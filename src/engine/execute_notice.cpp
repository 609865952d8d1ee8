// Notices and their receipts, jobs that flows ask for, messages that leave the browser.

#include "engine/execute.h"

namespace anlan::engine {
namespace {

using Kind = store::RowChange::Kind;

constexpr std::size_t kSubscriptionsMax = 10;  // browsers of one person

store::RowChange job_row(const std::string& id, std::vector<store::Cell> cells, int64_t version) {
  return {.kind = Kind::Update,
          .table = "job",
          .key = {{"id", id}},
          .cells = std::move(cells),
          .version = version};
}

}  // namespace

void Execution::add_notice(store::Change& change, const NoticeWish& wish) {
  std::string first;
  for (PersonId person : wish.persons) {
    std::string id = format_uuid(around_.ids.next());
    if (first.empty()) first = id;
    change.rows.push_back({.kind = Kind::Insert,
                           .table = "notice",
                           .key = {{"id", id}},
                           .cells = {{"at", around_.now.ns},
                                     {"person", person.text()},
                                     {"kind", wish.kind},
                                     {"level", wish.level},
                                     {"form", wish.form},
                                     {"record_id", wish.record},
                                     {"data", write_json(wish.data)},
                                     {"urgent", int64_t{wish.is_urgent ? 1 : 0}}}});
    change.events.push_back({.topic = "notice",
                             .payload = Json::object({{"notice", id},
                                                      {"person", person.text()},
                                                      {"kind", wish.kind},
                                                      {"form", wish.form},
                                                      {"record", wish.record},
                                                      {"level", wish.level},
                                                      {"urgent", wish.is_urgent}})});
    if (wish.is_urgent) add_pushes(change, id, person);
  }
  if (!wish.is_urgent || first.empty()) return;
  // Groups hear once, however many people are told.
  for (std::size_t i = 0; i < around_.config.robots.size(); ++i) {
    add_outgoing(change, first, "robot", std::to_string(i));
  }
}

void Execution::add_outgoing(store::Change& change, const std::string& notice,
                             std::string_view channel, const std::string& address) {
  change.rows.push_back({.kind = Kind::Insert,
                         .table = "outgoing",
                         .key = {{"id", format_uuid(around_.ids.next())}},
                         .cells = {{"notice", notice},
                                   {"channel", std::string(channel)},
                                   {"address", address},
                                   {"state", std::string("waiting")},
                                   {"at", around_.now.ns},
                                   {"reason", std::string()}}});
}

// One message for each browser of the person that wants to be woken.
void Execution::add_pushes(store::Change& change, const std::string& notice, PersonId person) {
  auto rows = transaction_.query(
      {"SELECT id FROM push_subscription WHERE person = ? ORDER BY id", {person.text()}});
  if (!rows) return;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    add_outgoing(change, notice, "push", (*rows)[i].text("id"));
  }
}

void Execution::add_jobs(const records::Form& form, RecordId id, flow::Step& step) {
  for (const flow::Job& job : step.jobs) {
    Json data = job.data.is_null() ? Json::object() : job.data;
    data.set("node", job.node);
    step.change.rows.push_back({.kind = Kind::Insert,
                                .table = "job",
                                .key = {{"id", format_uuid(around_.ids.next())}},
                                .cells = {{"name", job.name},
                                          {"form", form.id},
                                          {"record_id", id.text()},
                                          {"data", write_json(data)},
                                          {"state", std::string("due")},
                                          {"tries", int64_t{0}},
                                          {"created_at", around_.now.ns},
                                          {"next_at", around_.now.ns},
                                          {"error", std::string()},
                                          {"version", int64_t{1}}}});
  }
}

// A job that is not due any more was done before: WrongState, so that nothing happens twice.
Result<void> Execution::close_job(store::Change& change, const std::string& job,
                                  std::string_view error) {
  auto rows =
      TRY(transaction_.query({"SELECT state, tries, version FROM job WHERE id = ?", {job}}));
  if (rows.empty()) return refuse(ErrorCode::NotFound, "no such job");
  if (rows[0].text("state") != "due") return refuse(ErrorCode::WrongState, "the job is done");
  constexpr int64_t kTriesMax = 5;
  int64_t tries = rows[0].int64("tries") + 1;
  bool is_over = error.empty() || tries >= kTriesMax;
  std::vector<store::Cell> cells = {{"tries", tries}, {"error", std::string(error)}};
  if (is_over) {
    cells.push_back({"state", std::string(error.empty() ? "done" : "failed")});
    cells.push_back({"done_at", around_.now.ns});
  } else {
    cells.push_back({"next_at", (around_.now + Duration::seconds(tries)).ns});
  }
  change.rows.push_back(job_row(job, std::move(cells), rows[0].int64("version")));
  return {};
}

Result<Json> Execution::execute(const EndJob& what) {
  store::Change change{.actor = command_->by.actor,
                       .act = what.error.empty() ? "job.done" : "job.failed",
                       .subject_kind = "job",
                       .subject_id = what.job,
                       .at = around_.now,
                       .detail = Json::object({{"error", what.error}})};
  TRY(close_job(change, what.job, what.error));
  TRY(transaction_.apply(change));
  return Json::object();
}

Result<Json> Execution::execute(const NoticeReceipt& what) {
  auto rows = TRY(transaction_.query(
      {"SELECT person, form, record_id, delivered_at, read_at, acknowledged_at FROM notice "
       "WHERE id = ?",
       {what.id}}));
  if (rows.empty() || rows[0].text("person") != command_->by.person.text()) {
    return refuse(ErrorCode::NotFound);
  }
  bool is_delivery = what.kind == "delivered";
  std::string column = is_delivery ? "delivered_at" : "acknowledged_at";
  if (!rows[0].is_null(column)) return Json::object();
  store::Change change{.actor = command_->by.actor,
                       .act = is_delivery ? "notice.delivered" : "notice.acknowledge",
                       .subject_kind = "notice",
                       .subject_id = what.id,
                       .at = around_.now};
  std::vector<store::Cell> cells = {{column, around_.now.ns}};
  // Who answers has it and has seen it.
  if (!is_delivery && rows[0].is_null("delivered_at")) {
    cells.push_back({"delivered_at", around_.now.ns});
  }
  if (!is_delivery && rows[0].is_null("read_at")) cells.push_back({"read_at", around_.now.ns});
  change.rows.push_back({.kind = Kind::Update,
                         .table = "notice",
                         .key = {{"id", what.id}},
                         .cells = std::move(cells)});
  TRY(transaction_.apply(change));
  return Json::object();
}

Result<Json> Execution::execute(const NoticesSent& what) {
  store::Change change{.actor = command_->by.actor,
                       .act = "notice.sent",
                       .subject_kind = "notice",
                       .subject_id = what.ids.empty() ? std::string() : what.ids.front(),
                       .at = around_.now,
                       .detail = Json::object({{"count", static_cast<int64_t>(what.ids.size())}})};
  for (const std::string& id : what.ids) {
    auto rows = TRY(transaction_.query({"SELECT sent_at FROM notice WHERE id = ?", {id}}));
    if (rows.empty() || !rows[0].is_null("sent_at")) continue;
    change.rows.push_back({.kind = Kind::Update,
                           .table = "notice",
                           .key = {{"id", id}},
                           .cells = {{"sent_at", around_.now.ns}}});
  }
  if (!change.rows.empty()) TRY(transaction_.apply(change));
  return Json::object();
}

Result<Json> Execution::execute(const PutSubscription& what) {
  const std::string person = command_->by.person.text();
  auto rows = TRY(transaction_.query(
      {"SELECT id, endpoint FROM push_subscription WHERE person = ? ORDER BY at", {person}}));
  store::Change change{.actor = command_->by.actor,
                       .act = "push.subscribe",
                       .at = around_.now,
                       .is_housekeeping = true};
  std::size_t kept = rows.size();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    bool is_same = rows[i].text("endpoint") == what.endpoint;
    if (!is_same && kept < kSubscriptionsMax) continue;
    --kept;
    change.rows.push_back({.kind = Kind::Delete,
                           .table = "push_subscription",
                           .key = {{"id", rows[i].text("id")}},
                           .is_private = true});
  }
  change.rows.push_back({.kind = Kind::Insert,
                         .table = "push_subscription",
                         .key = {{"id", format_uuid(around_.ids.next())}},
                         .cells = {{"person", person},
                                   {"endpoint", what.endpoint},
                                   {"p256dh", what.p256dh},
                                   {"auth", what.auth},
                                   {"at", around_.now.ns}},
                         .is_private = true});
  TRY(transaction_.apply(change));
  return Json::object();
}

Result<Json> Execution::execute(const DropSubscriptions&) {
  auto rows = TRY(transaction_.query(
      {"SELECT id FROM push_subscription WHERE person = ?", {command_->by.person.text()}}));
  if (rows.empty()) return Json::object();
  store::Change change{.actor = command_->by.actor,
                       .act = "push.unsubscribe",
                       .at = around_.now,
                       .is_housekeeping = true};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    change.rows.push_back({.kind = Kind::Delete,
                           .table = "push_subscription",
                           .key = {{"id", rows[i].text("id")}},
                           .is_private = true});
  }
  TRY(transaction_.apply(change));
  return Json::object();
}

Result<Json> Execution::execute(const OutgoingReceipt& what) {
  auto rows =
      TRY(transaction_.query({"SELECT o.notice, o.address, o.state, n.sent_at FROM outgoing o "
                              "JOIN notice n ON n.id = o.notice WHERE o.id = ?",
                              {what.id}}));
  if (rows.empty()) return refuse(ErrorCode::NotFound);
  if (rows[0].text("state") != "waiting") return Json::object();
  store::Change change{.actor = command_->by.actor,
                       .act = "message." + what.state,
                       .subject_kind = "notice",
                       .subject_id = rows[0].text("notice"),
                       .at = around_.now,
                       .detail = Json::object({{"status", what.http_status}})};
  std::vector<store::Cell> cells = {{"state", what.state}, {"reason", what.reason}};
  if (what.state == "sent") cells.push_back({"sent_at", around_.now.ns});
  change.rows.push_back({.kind = Kind::Update,
                         .table = "outgoing",
                         .key = {{"id", what.id}},
                         .cells = std::move(cells)});
  if (what.state == "sent" && rows[0].is_null("sent_at")) {
    change.rows.push_back({.kind = Kind::Update,
                           .table = "notice",
                           .key = {{"id", rows[0].text("notice")}},
                           .cells = {{"sent_at", around_.now.ns}}});
  }
  if (what.state == "gone") {
    auto known = TRY(transaction_.query(
        {"SELECT id FROM push_subscription WHERE id = ?", {rows[0].text("address")}}));
    if (!known.empty()) {
      change.rows.push_back({.kind = Kind::Delete,
                             .table = "push_subscription",
                             .key = {{"id", rows[0].text("address")}},
                             .is_private = true});
    }
  }
  TRY(transaction_.apply(change));
  return Json::object();
}

}  // namespace anlan::engine
