#include <algorithm>

#include "api/handlers.h"
#include "connect/connect.h"
#include "engine/alarm_performance.h"
#include "engine/alarm_view.h"
#include "engine/retirement.h"

namespace anlan::api {
namespace {

constexpr std::size_t kTrendPoints = 600;
constexpr int64_t kJournalMax = alarms::kJournalRowsMax;

std::string query_or(const Call& call, std::string_view name, std::string_view otherwise) {
  auto found = call.query.find(std::string(name));
  return found == call.query.end() ? std::string(otherwise) : found->second;
}

Result<Instant> query_instant(const Call& call, std::string_view name) {
  auto at = parse_instant(query_or(call, name, ""));
  if (!at) return refuse(ErrorCode::BadField, "an ISO 8601 instant", std::string(name));
  return *at;
}

Result<engine::What> act_on(const Call& call, std::string_view button, alarms::Event event) {
  return engine::ActOnAlarm{
      .alarm = TRY(path_id(call)), .button = std::string(button), .event = std::move(event)};
}

// Stands beside and proves it with their own password; engine asks whether they may. Nil: nobody.
Result<PersonId> second_person(Services& at, const Call& call) {
  std::string login = call.body.text_or("second_login", "");
  if (login.empty()) return PersonId{};
  if (at.login_wait(call.request.address, login) > Duration{}) {
    return refuse(ErrorCode::TooManyRequests);
  }
  auto check = TRY(at.engine.check_password(login, call.body.text_or("second_password", "")));
  if (!check.is_right || !check.person) return refuse(ErrorCode::LoginFailed);
  return *check.person;
}

}  // namespace

Result<RecordId> path_id(const Call& call, std::string_view name) {
  auto id = RecordId::parse(call.params.at(std::string(name)));
  if (!id) return refuse(ErrorCode::NotFound, "not an id");
  return *id;
}

namespace handle {

Result<Json> plan(Services& at, const Call& call) { return at.engine.plan(call.by); }

Result<Json> tags(Services& at, const Call& call) {
  engine::TagWish wish{.words = query_or(call, "search", ""),
                       .area = query_or(call, "area", ""),
                       .code = query_or(call, "code", ""),
                       .is_retired = query_or(call, "retired", "") == "1"};
  auto whole = [&](std::string_view name, std::size_t& into) -> Result<void> {
    if (query_or(call, name, "").empty()) return {};
    int64_t given = TRY(query_number(call, name));
    if (given < 0) return refuse(ErrorCode::BadField, {}, std::string(name));
    into = static_cast<std::size_t>(given);
    return {};
  };
  TRY(whole("from", wish.from));
  TRY(whole("limit", wish.count));
  return at.engine.tags(call.by, wish);
}

Result<Json> trend(Services& at, const Call& call) {
  Instant from = TRY(query_instant(call, "from"));
  Instant to = TRY(query_instant(call, "to"));
  std::size_t points = kTrendPoints;
  if (!query_or(call, "points", "").empty()) {
    int64_t wish = TRY(query_number(call, "points"));
    points = wish <= 0 ? 0 : static_cast<std::size_t>(wish);
  }
  return at.engine.trend(call.by, call.params.at("code"), from, to, points);
}

Result<Json> retirements(Services& at, const Call& call) {
  return engine::retirements(at.engine, call.by);
}

Result<engine::What> retire(Services&, const Call& call) {
  auto id = RecordId::parse(call.body.text_or("id", ""));
  if (!id) return refuse(ErrorCode::BadField, "not an id", "id");
  return engine::RetireRecord{.form = call.body.text_or("form", ""),
                              .id = *id,
                              .is_back = call.body.bool_or("is_back", false),
                              .reason = call.body.text_or("reason", "")};
}

Result<Json> sources(Services& at, const Call& call) {
  auto verdict =
      at.engine.packs().policy.may(call.by, {.form = "tag", .action = access::Action::List});
  if (!verdict.allowed) return refuse(ErrorCode::Forbidden, verdict.reason);
  Json rows = at.config.outside.sources ? at.config.outside.sources() : Json::array();
  return Json::object({{"rows", std::move(rows)}});
}

// For whoever may bring in tags: it opens a connection into the plant.
Result<Json> browse_source(Services& at, const Call& call) {
  bool may = false;
  for (const char* form : {"tag", "setup"}) {
    access::Ask ask{.form = form, .action = access::Action::Administer};
    may = may || at.engine.packs().policy.may(call.by, ask).allowed;
  }
  if (!may) return refuse(ErrorCode::Forbidden);
  int64_t from = 0;
  if (!query_or(call, "from", "").empty()) from = TRY(query_number(call, "from"));
  if (from < 0) return refuse(ErrorCode::BadField, "0 and more", "from");
  if (!at.config.outside.browse) return refuse(ErrorCode::WrongState, "no sources are connected");
  return at.config.outside.browse(call.params.at("code"), query_or(call, "node", ""),
                                  static_cast<std::size_t>(from));
}

// Nothing asked for: the whole list.
Result<Json> alarms(Services& at, const Call& call) {
  std::string only = query_or(call, "only", "");
  if (only.empty()) return at.engine.alarms(call.by);
  std::vector<RecordId> ids;
  for (std::string_view part : split(only, ',')) {
    if (ids.size() == engine::kAlarmChangesMax) return refuse(ErrorCode::LimitReached, "", "only");
    auto id = RecordId::parse(part);
    if (!id) return refuse(ErrorCode::BadField, "ids with commas between", "only");
    ids.push_back(*id);
  }
  return engine::alarm_changes(at.engine, call.by, ids);
}

Result<Json> alarm_journal(Services& at, const Call& call) {
  alarms::JournalWish wish{.tag = query_or(call, "tag", ""),
                           .area = query_or(call, "area", ""),
                           .kind = query_or(call, "kind", ""),
                           .act = query_or(call, "act", ""),
                           .before = query_or(call, "before", "")};
  std::string id = query_or(call, "alarm", "");
  if (!id.empty()) {
    auto parsed = RecordId::parse(id);
    if (!parsed) return refuse(ErrorCode::BadField, "not an id", "alarm");
    wish.definition = *parsed;
  }
  if (!query_or(call, "from", "").empty()) wish.from = TRY(query_instant(call, "from"));
  if (!query_or(call, "to", "").empty()) wish.to = TRY(query_instant(call, "to"));
  int64_t limit = 100;
  if (!query_or(call, "limit", "").empty()) limit = TRY(query_number(call, "limit"));
  if (limit < 1 || limit > kJournalMax) return refuse(ErrorCode::BadField, "1 to 500", "limit");
  wish.count = static_cast<std::size_t>(limit);
  return at.engine.alarm_journal(call.by, wish);
}

Result<Json> alarm_performance(Services& at, const Call& call) {
  auto end_of = [&](std::string_view name) -> Result<std::optional<Instant>> {
    if (query_or(call, name, "").empty()) return std::nullopt;
    return TRY(query_instant(call, name));
  };
  auto from = TRY(end_of("from"));
  auto to = TRY(end_of("to"));
  std::string area = query_or(call, "area", "");
  Json found = TRY(engine::alarm_performance(at.engine, call.by, from, to, area));
  if (query_or(call, "follow_min", "").empty()) return found;
  int64_t minutes = TRY(query_number(call, "follow_min"));
  engine::FollowWish wish{.from = TRY(parse_instant(found.text_or("from", ""))),
                          .to = TRY(parse_instant(found.text_or("to", ""))),
                          .within = Duration::minutes(std::clamp<int64_t>(minutes, 0, 10'000)),
                          .area = area};
  found.set("follows", TRY(engine::alarm_followings(at.engine, call.by, wish)));
  return found;
}

Result<Json> alarm_card(Services& at, const Call& call) {
  return engine::alarm_card(at.engine, call.by, TRY(path_id(call)));
}

Result<Json> alarm_why(Services& at, const Call& call) {
  return engine::alarm_why(at.engine, call.by, TRY(path_id(call)));
}

Result<engine::What> order_alarm_work(Services&, const Call& call) {
  return engine::OrderWork{.alarm = TRY(path_id(call)),
                           .occurrence = call.body.text_or("occurrence", ""),
                           .reason = call.body.text_or("reason", "")};
}

Result<engine::What> acknowledge_alarm(Services&, const Call& call) {
  return act_on(call, "ack",
                alarms::Acknowledge{.occurrence = call.body.text_or("occurrence", ""),
                                    .comment = call.body.text_or("comment", "")});
}

Result<engine::What> reset_alarm(Services&, const Call& call) {
  return act_on(call, "reset", alarms::Reset{.comment = call.body.text_or("comment", "")});
}

Result<engine::What> shelve_alarm(Services& at, const Call& call) {
  alarms::ShelveIt shelve{.length = std::nullopt, .reason = call.body.text_or("reason", "")};
  if (auto minutes = call.body["minutes"].as_int64()) shelve.length = Duration::minutes(*minutes);
  shelve.second_person = TRY(second_person(at, call));
  return act_on(call, "shelve", std::move(shelve));
}

Result<engine::What> unshelve_alarm(Services&, const Call& call) {
  return act_on(call, "unshelve", alarms::Unshelve{});
}

Result<engine::What> take_alarm_out(Services& at, const Call& call) {
  if (!call.body.bool_or("is_out", true)) return act_on(call, "out_of_service", alarms::PutBack{});
  alarms::TakeOut out{.reason = call.body.text_or("reason", "")};
  if (auto hours = call.body["hours"].as_int64()) {
    out.length = Duration::hours(std::clamp<int64_t>(*hours, 0, 10'000));
  }
  out.link = call.body.text_or("link", "");
  out.second_person = TRY(second_person(at, call));
  return act_on(call, "out_of_service", std::move(out));
}

Result<Json> presence(Services& at, const Call& call) { return at.engine.presence(call.by); }

Result<Json> track(Services& at, const Call& call) {
  return at.engine.track(call.by, TRY(path_id(call, "badge")), query_or(call, "purpose", ""));
}

Result<Json> looks(Services& at, const Call& call) { return at.engine.looks(call.by); }

}  // namespace handle
}  // namespace anlan::api
