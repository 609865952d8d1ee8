#include "engine/response_view.h"

#include <algorithm>
#include <array>

#include "engine/permits.h"
#include "engine/show.h"

namespace anlan::engine {
namespace {

constexpr std::array kOver = {"closed", "stopped", "false_alarm"};
constexpr std::array kPosts = {"commander", "isolate", "monitor", "guide", "medical"};

std::string voucher_of(std::string_view post) {
  if (post == "monitor") return "reading";
  if (post == "guide") return "position";
  return post == "commander" ? "" : "photo";
}

Json files_of(const Json& record, std::string_view post) {
  Json files = Json::array();
  auto add = [&](std::string_view field) {
    const Json& photos = record[field];
    if (!photos.is_array()) return;
    for (const Json& photo : photos.as_array()) files.push(photo["sha256"]);
  };
  if (post == "isolate") add("voucher_isolate");
  if (post == "medical") add("voucher_medical");
  if (post == "monitor") add("voucher_monitor_photo");
  return files;
}

Json name_of_node(const flow::Model* model, std::string_view node) {
  if (model == nullptr) return local({std::string(node), std::string(node)});
  LocalText name = model->name_of(node);
  return local(name);
}

}  // namespace

bool is_response_over(std::string_view state) { return std::ranges::contains(kOver, state); }

Json response_head(const Json& record, const PlantModel& plant) {
  Json head = record;
  head.remove("hazard");
  const AreaInfo* area = plant.area_by_id(record.text_or("area", ""));
  if (area != nullptr) head.set("area", area->code).set("area_name", local(area->name));
  head.set("name", record["procedure_name"]);
  return head;
}

Result<Json> ended_at(store::View& view, RecordId response) {
  for (const ehs::Step& step : TRY(ehs::steps_of(view, response))) {
    if (is_response_over(step.step)) return Json(format_instant(step.at));
  }
  return Json();
}

Result<Json> ResponseView::budgets() {
  const rules::Model* model = packs_.library.decision("response_budgets", 0);
  if (model == nullptr) return Json::array();
  rules::Outcome outcome =
      TRY(model->decide("budgets",
                        rules::context_from_json(Json::object({{"level", record_["level"]},
                                                               {"mode", record_["mode"]},
                                                               {"trigger", record_["trigger"]}})),
                        {.now = now_}));
  Json rows = rules::json_from_value(outcome.value);
  return rows.is_array() ? rows : Json::array();
}

Result<Json> ResponseView::steps() {
  auto stamped = TRY(ehs::steps_of(view_, id_));
  Instant begin = TRY(parse_instant(record_.text_or("raised_at", "")));
  Json rows = Json::array();
  bool is_over = is_response_over(record_.text_or("state", ""));
  Json budgeted = TRY(budgets());
  for (const Json& budget : budgeted.as_array()) {
    std::string name = budget.text_or("step", "");
    auto step = std::ranges::find(stamped, name, &ehs::Step::step);
    bool is_live_step = name == "asked" || name == "confirmed";
    if (step == stamped.end() && is_live_step && record_["mode"] == Json("drill")) continue;
    auto limit = budget["budget_ms"].is_number()
                     ? std::optional(budget["budget_ms"].as_double().value_or(0))
                     : std::nullopt;
    Json row = Json::object({{"step", name},
                             {"name", Json::object({{"zh", budget["zh"]}, {"en", budget["en"]}})},
                             {"budget_ms", limit ? Json(static_cast<int64_t>(*limit)) : Json()},
                             {"source", budget["source"]}});
    if (step == stamped.end()) {
      bool is_late =
          !is_over && limit && static_cast<double>((now_ - begin).to_milliseconds()) > *limit;
      row.set("at", nullptr).set("took_ms", nullptr).set("is_late", is_late).set("by", nullptr);
    } else {
      int64_t took = std::max<int64_t>(0, (step->at - begin).to_milliseconds());
      row.set("at", format_instant(step->at))
          .set("took_ms", took)
          .set("is_late", limit && static_cast<double>(took) > *limit)
          .set("by", actor_json(reader_, step->actor))
          .set("detail", step->detail);
    }
    rows.push(std::move(row));
  }
  return rows;
}

Result<Json> ResponseView::message_of(const std::string& notice) {
  if (notice.empty()) return Json();
  auto rows = TRY(view_.query(
      {"SELECT at, sent_at, delivered_at, read_at, acknowledged_at FROM notice WHERE id = ?",
       {notice}}));
  if (rows.empty()) return Json();
  Json message = Json::object({{"at", format_instant({rows[0].int64("at")})}});
  for (const char* column : {"sent_at", "delivered_at", "read_at", "acknowledged_at"}) {
    message.set(column,
                rows[0].is_null(column) ? Json() : Json(format_instant({rows[0].int64(column)})));
  }
  return message;
}

Result<Json> ResponseView::people() {
  Json rows = Json::array();
  auto seen = sensing_.presence().all();
  bool is_over = is_response_over(record_.text_or("state", ""));
  for (const ehs::PersonRow& person : TRY(ehs::people_of(view_, id_))) {
    const BadgeInfo* badge = plant_.badge(person.badge);
    std::optional<twin::Point> at = person.at;
    std::optional<Instant> last = person.seen;
    std::string zone = person.zone;
    auto trace = badge == nullptr || is_over ? seen.end() : seen.find(badge->code);
    if (trace != seen.end() && trace->second.sight) {
      at = trace->second.sight->at;
      zone = trace->second.sight->zone;
      if (!last || trace->second.sight->seen > *last) last = trace->second.sight->seen;
    }
    Json row = Json::object({{"id", person.badge.text()},
                             {"badge", badge == nullptr ? "" : badge->code},
                             {"holder", badge == nullptr ? "" : badge->holder},
                             {"kind", badge == nullptr ? "" : badge->kind},
                             {"has_phone", badge != nullptr && !badge->person.is_nil()},
                             {"status", ehs::safety_text(person.safety)},
                             {"why", person.why},
                             {"seen_at", instant_or_null(last)},
                             {"age_ms", last ? Json((now_ - *last).to_milliseconds()) : Json()},
                             {"source", person.source},
                             {"zone", zone},
                             {"x", at ? Json(at->x) : Json()},
                             {"y", at ? Json(at->y) : Json()},
                             {"route", person.route}});
    row.set("message", TRY(message_of(person.notice)));
    rows.push(std::move(row));
  }
  std::ranges::stable_sort(rows.as_array(), {}, [](const Json& row) {
    std::string status = row.text_or("status", "");
    return status == "unknown" ? 0 : status == "unsafe" ? 1 : 2;
  });
  return rows;
}

// How many of these people a notice told that their permit is suspended.
Result<int64_t> ResponseView::told_of(const std::string& permit,
                                      const std::vector<PersonId>& people) {
  auto rows =
      TRY(view_.query({"SELECT DISTINCT person FROM notice WHERE form = 'permit' AND "
                       "record_id = ? AND kind = 'permit.notice.suspended'",
                       {permit}}));
  int64_t told = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto person = PersonId::parse(rows[i].text("person"));
    if (person && std::ranges::contains(people, *person)) ++told;
  }
  return told;
}

Result<Json> ResponseView::permits() {
  Json rows = Json::array();
  const records::Form* form = packs_.forms.find("permit");
  if (form == nullptr) return rows;
  for (const ehs::Step& step : TRY(ehs::steps_of(view_, id_))) {
    if (step.step != "suspended") continue;
    for (const Json& id : step.detail["permits"].as_array()) {
      auto permit = records::read_whole(view_, *form, TRY(RecordId::parse(id.as_text())));
      if (!permit) continue;
      const AreaInfo* area = plant_.area_by_id(permit->text_or("area", ""));
      std::vector<PersonId> people = people_on(*permit);
      int64_t told = TRY(told_of(id.as_text(), people));
      rows.push(Json::object({{"id", id},
                              {"number", (*permit)["number"]},
                              {"kind", (*permit)["kind"]},
                              {"state", (*permit)["state"]},
                              {"area", area == nullptr ? "" : area->code},
                              {"reason", (*permit)["suspend_reason"]},
                              {"suspended_at", (*permit)["suspended_at"]},
                              {"told", told},
                              {"people", static_cast<int64_t>(people.size())}}));
    }
  }
  return rows;
}

Result<Json> ResponseView::gates() {
  auto rules = TRY(view_.query({"SELECT gate, is_open, reason, response FROM gate_rule"}));
  Json rows = Json::array();
  for (const twin::Gate& gate : plant_.plan().gates()) {
    Json row = Json::object({{"code", gate.code},
                             {"name", local(gate.name)},
                             {"zone", gate.zone},
                             {"x", gate.at.x},
                             {"y", gate.at.y},
                             {"is_open", true},
                             {"reason", ""}});
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (rules[i].text("gate") != gate.code) continue;
      row.set("is_open", rules[i].int64("is_open") != 0).set("reason", rules[i].text("reason"));
    }
    rows.push(std::move(row));
  }
  return rows;
}

Result<Json> ResponseView::team() {
  auto roster = TRY(flow::roster(view_, "response", id_));
  Json events = TRY(flow::timeline(view_, packs_.library, "response", id_));
  auto versioned = packs_.library.newest("emergency_response");
  Json rows = Json::array();
  for (std::string_view post : kPosts) {
    Json row = Json::object({{"post", post}, {"voucher", voucher_of(post)}});
    row.set("name", name_of_node(versioned.model, "do_" + std::string(post)));
    bool is_there = false;
    for (const flow::RosterEntry& task : roster) {
      bool is_sign = task.node == "sign_" + std::string(post);
      bool is_work = task.node == "do_" + std::string(post);
      if (!is_sign && !is_work) continue;
      is_there = true;
      auto who = task.completed_by ? task.completed_by : task.assignee;
      if (who) {
        row.set("person", who->text()).set("person_name", TRY(reader_.person_name(who->text())));
      }
      if (is_sign) {
        row.set("called_at", format_instant(task.created));
        bool is_done = task.state == "done";
        row.set("signed_in_at", is_done ? instant_or_null(task.ended) : Json());
      } else {
        row.set("task", task.id.text()).set("task_state", task.state);
        row.set("done_at", task.state == "done" ? instant_or_null(task.ended) : Json());
      }
    }
    if (!is_there) continue;
    int64_t escalated = std::ranges::count_if(events.as_array(), [&](const Json& event) {
      return event["act"] == Json("timer.fire") && event.text_or("node", "").contains(post);
    });
    row.set("escalated", escalated);
    rows.push(std::move(row));
  }
  return rows;
}

Result<Json> ResponseView::log() {
  Json rows = TRY(flow::timeline(view_, packs_.library, "response", id_));
  rows = TRY(reader_.with_names(std::move(rows)));
  for (const ehs::Step& step : TRY(ehs::steps_of(view_, id_))) {
    rows.push(Json::object({{"at", format_instant(step.at)},
                            {"act", "step." + step.step},
                            {"name", Json()},
                            {"actor", actor_json(reader_, step.actor)},
                            {"detail", step.detail}}));
  }
  std::ranges::stable_sort(rows.as_array(), {},
                           [](const Json& row) { return row.text_or("at", ""); });
  return rows;
}

Result<Json> ResponseView::messages() {
  auto rows = TRY(view_.query(
      {"SELECT COUNT(*) AS n, COUNT(sent_at) AS sent, COUNT(delivered_at) AS delivered, "
       "COUNT(read_at) AS seen, COUNT(acknowledged_at) AS acknowledged FROM notice "
       "WHERE form = 'response' AND record_id = ?",
       {id_.text()}}));
  Json out = Json::object({{"total", rows[0].int64("n")},
                           {"sent", rows[0].int64("sent")},
                           {"delivered", rows[0].int64("delivered")},
                           {"read", rows[0].int64("seen")},
                           {"acknowledged", rows[0].int64("acknowledged")}});
  auto left = TRY(view_.query(
      {"SELECT o.channel, o.state, COUNT(*) AS n FROM outgoing o JOIN notice n ON n.id = o.notice "
       "WHERE n.form = 'response' AND n.record_id = ? GROUP BY o.channel, o.state "
       "ORDER BY o.channel, o.state",
       {id_.text()}}));
  Json channels = Json::object();
  int64_t failed = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    Json one = channels[left[i].text("channel")];
    if (one.is_null()) one = Json::object();
    one.set(left[i].text("state"), left[i].int64("n"));
    if (left[i].text("state") == "failed") failed += left[i].int64("n");
    channels.set(left[i].text("channel"), std::move(one));
  }
  return std::move(out.set("failed", failed).set("by_channel", std::move(channels)));
}

// Which leaf of the ledger holds each step, by the step's name.
Result<Json> ResponseView::leaves_of_steps() {
  auto rows = TRY(store::acts_on(view_, "response", id_.text(), "response.step"));
  Json leaves = Json::object();
  for (const store::ActOn& act : rows) {
    for (const Json& step : act.detail["steps"].as_array()) {
      leaves.set(step.as_text(), Json::object({{"leaf", act.leaf}, {"act", act.act}}));
    }
  }
  return leaves;
}

Result<Json> ResponseView::report() {
  Json leaves = TRY(leaves_of_steps());
  Json all = TRY(steps());
  Json late = Json::array();
  Json missing = Json::array();
  for (Json& step : all.as_array()) {
    step.set("proof", leaves[step.text_or("step", "")]);
    Json one = Json::object({{"step", step["step"]}, {"name", step["name"]}});
    if (step["at"].is_null()) missing.push(one);
    else if (step.bool_or("is_late", false)) late.push(one);
  }
  Json team_rows = TRY(team());
  for (Json& row : team_rows.as_array()) {
    std::string post = row.text_or("post", "");
    if (row.text_or("voucher", "").empty()) continue;
    bool is_given = row["done_at"].is_text();
    row.set("voucher", Json::object({{"kind", voucher_of(post)},
                                     {"given", is_given},
                                     {"files", files_of(record_, post)}}));
    if (!is_given) missing.push(Json::object({{"step", "do_" + post}, {"name", row["name"]}}));
  }
  Json people_rows = TRY(people());
  Json unknown = Json::array();
  for (const Json& person : people_rows.as_array()) {
    if (person["status"] == Json("unknown")) unknown.push(person["holder"]);
  }
  Json counted = Json::object({{"counts", TRY(ehs::counts_of(view_, id_))},
                               {"named_unknown", std::move(unknown)},
                               {"rows", std::move(people_rows)}});
  Json head = response_head(record_, plant_);
  head.set("closed_at", TRY(ended_at(view_, id_)));
  Json out = Json::object({{"response", std::move(head)},
                           {"steps", std::move(all)},
                           {"people", std::move(counted)},
                           {"team", std::move(team_rows)},
                           {"late", std::move(late)},
                           {"missing", std::move(missing)}});
  out.set("permits", TRY(permits()));
  out.set("messages", TRY(messages()));
  return out;
}

}  // namespace anlan::engine
