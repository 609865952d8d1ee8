// Guards that are about the spot: gas, who is inside, measures, who stands there.

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/text.h"
#include "engine/guards.h"
#include "engine/sensing.h"

namespace anlan::engine {
namespace {

constexpr Duration kSeenMax = Duration::minutes(2);
constexpr Duration kClockSlack = Duration::minutes(2);  // a phone's clock runs so far ahead
constexpr double kMetresPerDegree = 111'320;            // of latitude; of longitude at the equator

bool is_passed(const Json& test) {
  return test["verdict"] == Json("pass") || test["verdict"] == Json("passed") ||
         test["verdict"] == Json("none");
}

std::unexpected<Error> no_test(std::string field, const Json& params) {
  return refuse_with(ErrorCode::GasTestMissing, std::move(field), params);
}

// The newest test of each point and level.
std::map<std::string, Json> newest_tests(const std::vector<Json>& tests) {
  std::map<std::string, Json> newest;
  for (const Json& test : tests) {
    Json& kept = newest[test.text_or("point", "") + "|" + test.text_or("level", "")];
    if (kept.is_null() || kept.text_or("sampled_at", "") <= test.text_or("sampled_at", "")) {
      kept = test;
    }
  }
  return newest;
}

// How new the analysis must be.
struct GasNeed {
  Duration age_max{};
  bool is_since_stop = false;  // sampled after the work was stopped
};

// At the start by `gas_start_min`. After a stop that asks for no new analysis, and that was no
// longer than the text allows, what held while the work went on holds still.
Result<GasNeed> gas_need(const GuardCall& call, const Json& limits, double start_min) {
  auto minutes = [](double value) { return Duration::seconds(static_cast<int64_t>(value * 60)); };
  if (call.permit["state"] != Json("suspended")) return GasNeed{minutes(start_min)};
  const PermitDesk& desk = call.desk.permits;
  auto needs = permit_decision(desk, call.permit, "needs");
  if (!needs && needs.error().code != ErrorCode::NotFound) return std::unexpected(needs.error());
  auto stopped = instant_in(call.permit, "suspended_at");
  auto break_min = number_in(limits, "retest_min");
  auto work_min = number_in(call.permit, "limit_gas_min");
  bool is_long = break_min && stopped && desk.now - *stopped > minutes(*break_min);
  bool is_new_asked = is_long || !work_min || !needs || (*needs)["gas"] != Json(false);
  if (is_new_asked) return GasNeed{minutes(start_min), true};
  return GasNeed{minutes(*work_min)};
}

Result<void> check_test(const GuardCall& call, const Json& test, const GasNeed& need) {
  Json params = Json::object({{"point", test["point"]}, {"level", test["level"]}});
  auto sampled = instant_in(test, "sampled_at");
  if (!is_passed(test)) return no_test("gas_fault", params.set("verdict", test["verdict"]));
  Instant now = call.desk.permits.now;
  bool is_recent = sampled && *sampled <= now + kClockSlack && now - *sampled <= need.age_max;
  auto stopped = instant_in(call.permit, "suspended_at");
  bool is_after = !need.is_since_stop || !stopped || (sampled && *sampled > *stopped);
  if (is_recent && is_after) return {};
  return no_test("gas_at", params.set("sampled_at", test["sampled_at"]));
}

// Whoever samples has the certificate that the figures ask for, then.
Result<void> check_analyst(const GuardCall& call, const Json& limits, const Json& test) {
  auto person = PersonId::parse(test.text_or("analyst", ""));
  auto sampled = instant_in(test, "sampled_at");
  auto all = TRY(certificates(call.desk.permits));
  for (const std::string& kind : kinds_asked(limits, "analyst")) {
    bool has_it = person && sampled && certified_until(*all, *person, kind, *sampled) > *sampled;
    if (has_it) continue;
    return refuse_with(ErrorCode::CertificateMissing, "analyst",
                       Json::object({{"person", test["analyst"]}, {"kind", kind}}));
  }
  return {};
}

Result<void> check_levels(const Json& limits, const std::map<std::string, Json>& newest) {
  const Json& levels = limits["gas_levels"];
  if (!levels.is_array()) return {};
  for (const Json& level : levels.as_array()) {
    bool is_tested =
        std::ranges::any_of(newest, [&](const auto& one) { return one.second["level"] == level; });
    if (!is_tested) return no_test("gas_at", Json::object({{"level", level}}));
  }
  return {};
}

// "measures.2"
std::string place_of_row(std::size_t at) { return "measures." + std::to_string(at); }

bool has_word(const Json& list, std::string_view word) {
  if (list.is_array()) return std::ranges::contains(list.as_array(), Json(word));
  if (!list.is_text()) return false;
  for (std::string_view text = list.as_text(); !text.empty();) {
    std::size_t end = std::min(text.find_first_of(" ,\n"), text.size());
    if (text.substr(0, end) == word) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

// A guide is walked step by step: each with its time on the phone, one after the other, before the
// measure itself is said to be done.
Result<void> check_steps(const GuardCall& call, const Json& row, std::size_t at) {
  auto lines = [](const Json& text) {
    std::vector<std::string> found;
    if (!text.is_text()) return found;
    for (std::string_view line : split(text.as_text(), '\n')) {
      if (!trim(line).empty()) found.emplace_back(trim(line));
    }
    return found;
  };
  std::size_t asked = lines(row["steps_zh"]).size();
  if (asked == 0) return {};
  std::vector<std::string> told = lines(row["steps_at"]);
  auto wrong = [&](std::size_t step) {
    return refuse_with(ErrorCode::MeasuresOpen, place_of_row(at) + ".steps_at",
                       Json::object({{"key", row["key"]},
                                     {"steps", static_cast<int64_t>(asked)},
                                     {"step", static_cast<int64_t>(step + 1)}}));
  };
  if (told.size() != asked) return wrong(std::min(told.size(), asked));
  Instant end = call.desk.permits.now + kClockSlack;
  if (auto done = instant_in(row, "device_at")) end = std::min(end, *done);
  Instant before{};
  for (std::size_t step = 0; step < told.size(); ++step) {
    auto when = parse_instant(told[step]);
    if (!when || *when < before || *when > end) return wrong(step);
    before = *when;
  }
  return {};
}

// When each measure was confirmed, by the phone; one after the other, each with its time.
Result<void> check_pace(const GuardCall& call, const Json::Array& measures, double seconds_min) {
  struct Done {
    Instant at;
    std::size_t row;
  };
  std::vector<Done> done;
  for (std::size_t at = 0; at < measures.size(); ++at) {
    if (!measures[at].bool_or("is_involved", false)) continue;
    auto when = instant_in(measures[at], "device_at");
    if (!when) when = instant_in(measures[at], "done_at");
    bool is_told = when && *when <= call.desk.permits.now + kClockSlack;
    if (!is_told) {
      return refuse_with(ErrorCode::MeasuresOpen, place_of_row(at) + ".device_at",
                         Json::object({{"key", measures[at]["key"]}}));
    }
    done.push_back({*when, at});
  }
  std::ranges::sort(done, {}, &Done::at);
  for (std::size_t i = 1; i < done.size(); ++i) {
    double took = static_cast<double>((done[i].at - done[i - 1].at).ns) / 1e9;
    if (took >= seconds_min) continue;
    return refuse_with(
        ErrorCode::MeasuresOpen, place_of_row(done[i].row) + ".device_at",
        Json::object({{"key", measures[done[i].row]["key"]}, {"s", took}, {"min_s", seconds_min}}));
  }
  return {};
}

struct Spot {
  std::optional<twin::Point> at{};
  std::string zone{};
};

// Of the phone, in metres of the plan. A plan has no place on the globe of its own: the middle of
// the permit's zone has one, as the area's record says.
std::optional<twin::Point> phone_point(const GuardCall& call) {
  const Json& position = call.ask.position;
  auto x = number_in(position, "x");
  auto y = number_in(position, "y");
  if (x && y) return twin::Point{*x, *y};
  auto lat = number_in(position, "lat");
  auto lon = number_in(position, "lon");
  const PlantModel& plant = call.desk.permits.plant;
  const AreaInfo* area = plant.area_by_id(call.permit.text_or("area", ""));
  const twin::Zone* zone = area == nullptr ? nullptr : plant.plan().find_zone(area->code);
  bool is_known = lat && lon && zone != nullptr && area->lat && area->lon;
  if (!is_known) return std::nullopt;
  double east =
      (*lon - *area->lon) * kMetresPerDegree * std::cos(*area->lat * std::numbers::pi / 180);
  double north = (*lat - *area->lat) * kMetresPerDegree;
  return twin::Point{(zone->box.low.x + zone->box.high.x) / 2 + east,
                     (zone->box.low.y + zone->box.high.y) / 2 + north};
}

// How far from the work; nothing where that can't be said. In the same zone without a point it is
// near enough.
std::optional<double> distance_to_work(const GuardCall& call, const Spot& spot) {
  ehs::PermitPlace place = place_of(call.desk.permits, call.permit);
  if (place.at && spot.at) return twin::distance_m(*place.at, *spot.at);
  if (spot.at) {
    const twin::Zone* zone = call.desk.permits.plant.plan().find_zone(place.area);
    if (zone == nullptr) return std::nullopt;
    ehs::PermitPlace person{.at = spot.at};
    return ehs::gap_m(person, place, call.desk.permits.plant.plan());
  }
  if (!spot.zone.empty() && spot.zone == place.area) return 0;
  return std::nullopt;
}

Json seen(std::string_view how, double metres, Instant at) {
  return Json::object({{"how", how}, {"distance_m", metres}, {"at", format_instant(at)}});
}

}  // namespace

Result<Json> guard_gas(const GuardCall& call) {
  auto limits = TRY(permit_limits_of(call.desk.permits, call.permit));
  auto minutes = number_in(*limits, "gas_start_min");
  if (!minutes) return Json();
  GasNeed need = TRY(gas_need(call, *limits, *minutes));
  std::vector<Json> tests = TRY(hung_on(call, "permit_gas"));
  if (tests.empty()) return no_test("gas_at", Json::object());
  auto newest = newest_tests(tests);
  TRY(check_levels(*limits, newest));
  for (const auto& [point, test] : newest) {
    TRY(check_test(call, test, need));
    TRY(check_analyst(call, *limits, test));
  }
  return Json();
}

Result<Json> guard_inside(const GuardCall& call) {
  int64_t inside = call.permit.int_or("inside_count", 0);
  Json people = Json::array();
  for (const Json& row : TRY(hung_on(call, "permit_entry"))) {
    if (row["out_at"].is_null() && !row["in_at"].is_null()) people.push(row["person"]);
  }
  if (inside <= 0 && people.as_array().empty()) return Json();
  return refuse_with(ErrorCode::PeopleInside, "inside_count",
                     Json::object({{"count", inside}, {"people", std::move(people)}}));
}

Result<Json> guard_measures(const GuardCall& call) {
  auto limits = TRY(permit_limits_of(call.desk.permits, call.permit));
  const Json& measures = call.permit["measures"];
  if (!measures.is_array()) return Json();
  for (std::size_t at = 0; at < measures.as_array().size(); ++at) {
    const Json& row = measures.as_array()[at];
    if (!row.bool_or("is_involved", false)) continue;
    Json params = Json::object({{"key", row["key"]}});
    if (!row.bool_or("is_done", false)) {
      return refuse_with(ErrorCode::MeasuresOpen, place_of_row(at), params);
    }
    bool lacks = row.bool_or("needs_evidence", false) &&
                 !has_word(call.permit["evidenced"], row.text_or("key", ""));
    if (lacks) {
      params.set("evidence", "missing");
      return refuse_with(ErrorCode::EvidenceMissing, place_of_row(at), params);
    }
    TRY(check_steps(call, row, at));
  }
  auto seconds = number_in(*limits, "measure_min_s");
  if (seconds) TRY(check_pace(call, measures.as_array(), *seconds));
  return Json();
}

// By the badge, else by the phone. Who has no positioning at all may say why he signs none the
// less; the timeline then says that it is not proven.
Result<Json> guard_presence(const GuardCall& call) {
  const PermitDesk& desk = call.desk.permits;
  auto limits = TRY(permit_limits_of(desk, call.permit));
  auto radius = number_in(*limits, "sign_radius_m");
  if (!radius) return Json();
  const BadgeInfo* badge = desk.plant.badge_of(call.ask.by);
  std::optional<Trace> trace;
  if (badge != nullptr && call.desk.sensing != nullptr) {
    trace = call.desk.sensing->presence().of(badge->code);
  }
  std::optional<double> metres;
  if (trace && trace->sight && !trace->doubted && desk.now - trace->sight->seen <= kSeenMax) {
    metres = distance_to_work(call, {trace->sight->at, trace->sight->zone});
    if (metres && *metres <= *radius) return seen("badge", *metres, trace->sight->seen);
  }
  auto sent = instant_in(call.ask.position, "at");
  bool is_fresh = sent && desk.now - *sent <= kSeenMax && *sent - desk.now <= kClockSlack;
  if (auto point = phone_point(call); is_fresh && point) {
    metres = distance_to_work(call, {.at = point});
    if (metres && *metres <= *radius) return seen("phone", *metres, *sent);
  }
  bool is_positioned = (trace && trace->sight) || metres;
  if (!is_positioned && !trim(call.ask.comment).empty()) {
    return Json::object({{"how", "unproven"}});
  }
  Json params = Json::object({{"radius_m", *radius}});
  if (metres) params.set("distance_m", *metres);
  return refuse_with(ErrorCode::PlaceUnproven, is_positioned ? "" : "comment", params);
}

}  // namespace anlan::engine
