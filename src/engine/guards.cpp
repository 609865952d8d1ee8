#include "engine/guards.h"

#include <algorithm>
#include <array>

#include "engine/permit_entry_guard.h"
#include "engine/retention.h"

namespace anlan::engine {
namespace {

struct Row {
  std::string_view name;
  Result<Json> (*ask)(const GuardCall&);
  bool is_of_permit = true;
};

// Packs name them. Never rename.
constexpr std::array kGuards{Row{"permit_people", guard_people},
                             Row{"permit_place", guard_place},
                             Row{"permit_conflict", guard_conflict},
                             Row{"permit_parent", guard_parent},
                             Row{"permit_rules", guard_rules},
                             Row{"permit_gas", guard_gas},
                             Row{"permit_isolation", guard_isolation},
                             Row{"permit_inside", guard_inside},
                             Row{"permit_measures", guard_measures},
                             Row{"permit_jsa", guard_jsa},
                             Row{"permit_closing", guard_closing},
                             Row{"permit_free", guard_free},
                             Row{"permit_entry", guard_entry},
                             Row{"presence", guard_presence},
                             Row{"alarm_limit", guard_alarm_limit, false},
                             Row{"retention", guard_retention, false}};

// As the permit will be: who takes over is judged before he has, a longer time before it holds.
Json as_it_will_be(const flow::GuardAsk& ask) {
  Json permit = ask.record;
  if (ask.node == "handover" || ask.node == "relieve") {
    for (const char* part : {"leader", "guardian"}) {
      const Json& next = ask.record["next_" + std::string(part)];
      if (!next.is_null()) permit.set(part, next);
    }
  }
  if (ask.node == "extend" && !ask.record["extend_to"].is_null()) {
    permit.set("valid_to", ask.record["extend_to"]);
  }
  return permit;
}

Result<Json> permit_of(const GuardDesk& desk, const flow::GuardAsk& ask) {
  if (ask.form == "permit") return as_it_will_be(ask);
  const records::Form* form = desk.permits.packs.forms.find("permit");
  auto id = RecordId::parse(ask.record.text_or("permit", ""));
  if (form == nullptr || !id) return refuse(ErrorCode::MissingField, "no permit", "permit");
  return records::read_whole(desk.permits.view, *form, *id);
}

// Says which guard caught what, for the count of refused acts.
Error caught(Error error, std::string_view guard, const Json& permit, std::string_view node) {
  auto known = error.params.empty() ? Result<Json>(Json::object()) : parse_json(error.params);
  Json params = known && known->is_object() ? *known : Json::object();
  params.set("guard", guard).set("guarded", permit["id"]).set("node", node);
  error.params = write_json(params);
  return error;
}

}  // namespace

bool is_guard(std::string_view name) { return std::ranges::contains(kGuards, name, &Row::name); }

Result<Json> ask_guard(const GuardDesk& desk, const flow::GuardAsk& ask) {
  auto row = std::ranges::find(kGuards, ask.name, &Row::name);
  if (row == kGuards.end()) {
    return refuse(ErrorCode::BadModel, "there is no guard '" + std::string(ask.name) + "'");
  }
  Json permit;
  if (row->is_of_permit) permit = TRY(permit_of(desk, ask));
  auto said = row->ask({desk, ask, permit});
  if (said || !row->is_of_permit) return said;
  return std::unexpected(caught(said.error(), row->name, permit, ask.node));
}

std::unexpected<Error> refuse_with(ErrorCode code, std::string field, const Json& params,
                                   std::string detail) {
  return std::unexpected(Error{.code = code,
                               .detail = std::move(detail),
                               .field = std::move(field),
                               .params = write_json(params)});
}

}  // namespace anlan::engine
