#include "engine/figures.h"

#include <algorithm>
#include <set>

#include "engine/figures_cases.h"

namespace anlan::engine {
namespace {

using access::Action;

constexpr std::size_t kCasesMax = 50'000;  // looked at one by one; two years of a large plant
constexpr Duration kWindowMax = Duration::days(731);
constexpr int64_t kDaysShown = 30;
constexpr double kPercent = 100;
constexpr double kHour = 3600e9;

enum class FigureId {
#define FIGURE(name, id, unit, zh, en, formula_zh, formula_en) name,
#include "engine/figure_texts.def"
#undef FIGURE
};

struct FigureText {
  std::string_view id, unit, zh, en, formula_zh, formula_en;
};
constexpr FigureText kTexts[] = {
#define FIGURE(name, id, unit, zh, en, formula_zh, formula_en) \
  {id, unit, zh, en, formula_zh, formula_en},
#include "engine/figure_texts.def"
#undef FIGURE
};

Result<Duration> offset_of(const std::string& zone) {
  auto shifted = parse_instant("1970-01-02T00:00:00" + zone);
  if (!shifted) return refuse(ErrorCode::Internal, "the plant's time zone offset " + zone);
  return Duration::days(1) - Duration{shifted->ns};
}

Result<Instant> midnight(const std::string& day, const std::string& zone, std::string field) {
  auto at = parse_instant(day + "T00:00:00" + zone);
  if (!at) return refuse(ErrorCode::BadField, "a day, 2026-11-01", std::move(field));
  return *at;
}

// Rounded to a hundredth: nobody measures closer, and it keeps the answer short.
double rounded(double value) {
  return static_cast<double>(static_cast<int64_t>(value * 100 + 0.5)) / 100;
}

Result<Instant> instant_of(const Json& cell) {
  if (!cell.is_text()) return refuse(ErrorCode::StoreFailed, "an instant is missing");
  return parse_instant(cell.as_text());
}

// One board of figures.
class Board {
 public:
  Board(store::View& view, const records::Form& form, const Reach& reach,
        const FigureWindow& window, const std::string& org)
      : view_(view),
        form_(form),
        reach_(reach),
        window_(window),
        org_(org),
        filters_(form, window_, org_) {}

  Result<Json> rows() {
    TRY(counts());
    TRY(closures());
    TRY(replies());
    TRY(shares());
    TRY(heads());
    Json::Array sorted = std::move(rows_);
    std::ranges::sort(sorted, {}, [](const Json& row) { return place_of(row.text_or("id", "")); });
    return Json(std::move(sorted));
  }

 private:
  static std::size_t place_of(std::string_view id) {
    auto text = std::ranges::find(kTexts, id, &FigureText::id);
    return static_cast<std::size_t>(text - std::begin(kTexts));
  }

  records::Query query(Filter filter) const {
    return {.filter = std::move(filter), .scope = reach_.scope, .modes = reach_.modes};
  }
  // Nothing where the caller may not read what the filter asks.
  Result<std::optional<int64_t>> count(const Filter& filter) {
    auto counted = records::count(view_, form_, query(filter));
    if (counted) return std::optional(*counted);
    bool is_closed = counted.error().code == ErrorCode::Forbidden ||
                     counted.error().code == ErrorCode::BadRequest;  // the form has no such field
    if (is_closed) return std::nullopt;
    return std::unexpected(counted.error());
  }
  using Cells = std::vector<std::vector<Json>>;
  Result<std::optional<Cells>> cells(const std::vector<std::string>& members,
                                     const Filter& filter) {
    auto read = records::columns(view_, form_, members, query(filter), kCasesMax);
    if (read) return std::optional(std::move(*read));
    bool is_closed =
        read.error().code == ErrorCode::Forbidden || read.error().code == ErrorCode::BadRequest;
    if (is_closed) return std::nullopt;
    return std::unexpected(read.error());
  }

  struct Value {
    std::optional<double> value{};
    int64_t base = 0;
    std::optional<double> low{}, high{};
    const Filter* filter = nullptr;  // null: not the caller's to see
    int64_t cases = 0;
    bool is_count = false;  // of things that are there: no sample of anything
  };
  void add(FigureId id, const Value& value) {
    const FigureText& text = kTexts[static_cast<std::size_t>(id)];
    Json row =
        Json::object({{"id", text.id},
                      {"name", Json::object({{"zh", text.zh}, {"en", text.en}})},
                      {"value", value.value ? Json(rounded(*value.value)) : Json()},
                      {"unit", text.unit},
                      {"base", value.base},
                      {"formula", Json::object({{"zh", text.formula_zh}, {"en", text.formula_en}})},
                      {"small", !value.is_count && ehs::is_small(value.base)},
                      {"form", form_.id},
                      {"filter", value.filter == nullptr ? Json() : filter_json(*value.filter)},
                      {"cases", value.cases}});
    if (value.low) row.set("low", rounded(*value.low));
    if (value.high) row.set("high", rounded(*value.high));
    rows_.push_back(std::move(row));
  }

  Result<void> add_count(FigureId id, const Filter& filter) {
    std::optional<int64_t> number = TRY(count(filter));
    if (!number) {
      add(id, {});
      return {};
    }
    add(id, {.value = static_cast<double>(*number),
             .base = *number,
             .filter = &filter,
             .cases = *number,
             .is_count = true});
    return {};
  }

  // `part` of `all`, as a share with the exact interval of the count above the line.
  struct Rate {
    int64_t part = 0, all = 0;
    double scale = 1;
    const Filter* filter = nullptr;
    int64_t cases = 0;
  };
  void add_rate(FigureId id, const Rate& rate) {
    Value value{.base = rate.all, .filter = rate.filter, .cases = rate.cases};
    if (rate.all > 0) {
      double one = rate.scale / static_cast<double>(rate.all);
      ehs::Interval interval = ehs::poisson_interval(rate.part);
      value.value = static_cast<double>(rate.part) * one;
      value.low = interval.low * one;
      value.high = interval.high * one;
      if (rate.scale == kPercent) value.high = std::min(*value.high, kPercent);
    }
    add(id, value);
  }

  Result<void> add_share(FigureId id, const Filter& part, const Filter& all) {
    std::optional<int64_t> above = TRY(count(part));
    std::optional<int64_t> below = TRY(count(all));
    if (!above || !below) add(id, {});
    else add_rate(id, {*above, *below, kPercent, &part, *above});
    return {};
  }

  Result<void> counts() {
    TRY(add_count(FigureId::Open, filters_.open()));
    TRY(add_count(FigureId::Overdue, filters_.overdue()));
    TRY(add_count(FigureId::Closed, filters_.closed()));
    TRY(add_count(FigureId::Reports, filters_.reported()));
    TRY(add_count(FigureId::MajorOpen, filters_.major_open()));
    return add_count(FigureId::NotFixed, filters_.not_fixed());
  }

  // A time to something: its quantile, or how long it is at least where too many still wait.
  void add_wait(FigureId id, const Filter& filter, const std::vector<ehs::Wait>& waits,
                double part) {
    ehs::WaitCurve curve = ehs::WaitCurve::of(waits);
    auto cases = static_cast<int64_t>(waits.size());
    Value value{.base = cases, .filter = &filter, .cases = cases};
    value.value = part > 0 ? curve.within(part) : curve.mean();
    bool is_longer = part > 0 && !value.value && cases > 0;
    if (is_longer) value.low = curve.last();
    add(id, value);
  }

  ehs::Wait wait_of(Instant begin, std::optional<Instant> end) const {
    Instant until = end.value_or(window_.now);
    return {.hours = std::max(0.0, static_cast<double>((until - begin).ns) / kHour),
            .is_over = end.has_value()};
  }

  Result<void> closures() {
    Filter found = filters_.found();
    auto read = TRY(cells({"created_at", "verified_at"}, found));
    if (!read) {
      for (FigureId id : {FigureId::ClosureMean, FigureId::ClosureHalf, FigureId::ClosureMost}) {
        add(id, {});
      }
      return {};
    }
    std::vector<ehs::Wait> waits;
    for (const std::vector<Json>& row : *read) {
      Instant begin = TRY(instant_of(row[0]));
      std::optional<Instant> end;
      if (!row[1].is_null()) end = TRY(instant_of(row[1]));
      waits.push_back(wait_of(begin, end));
    }
    add_wait(FigureId::ClosureMean, found, waits, 0);
    add_wait(FigureId::ClosureHalf, found, waits, 0.5);
    add_wait(FigureId::ClosureMost, found, waits, 0.9);
    return {};
  }

  Result<void> replies() {
    Filter reported = filters_.reported();
    auto read = TRY(cells({"id", "created_at", "created_by"}, reported));
    if (!read) {
      add(FigureId::FirstReply, {});
      add(FigureId::ActiveReporters, {});
      return {};
    }
    Reporters reporters;
    for (const std::vector<Json>& row : *read) reporters[row[0].as_text()] = row[2].as_text();
    auto first = TRY(first_replies(view_, form_, reporters));
    std::vector<ehs::Wait> waits;
    for (const std::vector<Json>& row : *read) {
      Instant begin = TRY(instant_of(row[1]));
      auto reply = first.find(row[0].as_text());
      waits.push_back(
          wait_of(begin, reply == first.end() ? std::nullopt : std::optional(reply->second)));
    }
    add_wait(FigureId::FirstReply, reported, waits, 0.5);
    return add_reporters(reporters);
  }

  Result<void> add_reporters(const Reporters& reporters) {
    Filter named = filters_.named();
    std::set<std::string, std::less<>> people;
    int64_t cases = 0;
    for (const auto& [id, reporter] : reporters) {
      if (reporter == actor_kind_text(Actor::Kind::Anonymous)) continue;
      ++cases;
      if (PersonId::parse(reporter)) people.insert(reporter);
    }
    add(FigureId::ActiveReporters, {.value = static_cast<double>(people.size()),
                                    .base = cases,
                                    .filter = &named,
                                    .cases = cases,
                                    .is_count = true});
    return {};
  }

  Result<void> shares() {
    TRY(add_share(FigureId::RepeatRate, filters_.repeated(), filters_.found()));
    TRY(add_share(FigureId::AnonymousShare, filters_.anonymous(), filters_.reported()));
    Filter due = filters_.due();
    auto read = TRY(cells({"due_at", "verified_at"}, due));
    if (!read) {
      add(FigureId::OnTimeRate, {});
      return {};
    }
    int64_t in_time = 0;
    for (const std::vector<Json>& row : *read) {
      if (row[1].is_null()) continue;
      Instant due_at = TRY(instant_of(row[0]));
      Instant verified_at = TRY(instant_of(row[1]));
      if (verified_at <= due_at) ++in_time;
    }
    auto all = static_cast<int64_t>(read->size());
    add_rate(FigureId::OnTimeRate, {in_time, all, kPercent, &due, all});
    return {};
  }

  // Heads can be set against reports only where the caller sees every report of the unit.
  Result<void> heads() {
    Filter reported = filters_.reported();
    std::string unit = org_.empty() ? "/" : org_;
    bool sees_all = matches(reach_.scope, Json::object({{"org_path", unit}}));
    std::optional<int64_t> number = TRY(count(reported));
    if (!sees_all || !number) {
      add(FigureId::ReportsPerHead, {});
      return {};
    }
    int64_t people = TRY(head_count(view_, unit));
    add_rate(FigureId::ReportsPerHead, {*number, people, 1, &reported, *number});
    return {};
  }

  store::View& view_;
  const records::Form& form_;
  const Reach& reach_;
  FigureWindow window_;
  std::string org_;
  FigureFilters filters_;
  Json::Array rows_;
};

struct Days {
  std::string from, to;
};

// Without wishes the last 30 days, today with them.
Result<Days> days_of(const FigureWish& wish, Instant now, const std::string& zone) {
  Duration offset = TRY(offset_of(zone));
  std::string to = wish.to.empty() ? format_instant(now + offset).substr(0, 10) : wish.to;
  if (!wish.from.empty()) return Days{wish.from, to};
  Instant last = TRY(midnight(to, zone, "to"));
  Instant first = last - Duration::days(kDaysShown - 1);
  return Days{format_instant(first + offset).substr(0, 10), to};
}

}  // namespace

Result<Json> figures(Engine& engine, const access::Subject& by, const FigureWish& wish) {
  const records::Form* form = engine.packs().forms.find("hazard");
  if (form == nullptr) return refuse(ErrorCode::NotFound, "no pack with hazards");
  Instant now = engine.clock().now();
  const std::string& zone = engine.config().time_zone_offset;
  Days days = TRY(days_of(wish, now, zone));
  FigureWindow window{.begin = TRY(midnight(days.from, zone, "from")), .now = now};
  Instant last = TRY(midnight(days.to, zone, "to"));
  window.end = last + Duration::days(1);
  bool is_window = window.begin < window.end && window.end - window.begin <= kWindowMax;
  if (!is_window) return refuse(ErrorCode::BadField, "from a day to a later one", "from");
  if (!wish.org.empty() && !wish.org.starts_with('/')) {
    return refuse(ErrorCode::BadField, "a path, /AL/WS1/", "org");
  }
  auto view = TRY(engine.database().snapshot());
  Reader reader(*view, engine.packs(), now);
  Reach reach = TRY(reader.reach(by, *form, Action::Aggregate));
  Board board(*view, *form, reach, window, wish.org);
  Json rows = TRY(board.rows());
  return Json::object({{"from", days.from},
                       {"to", days.to},
                       {"org", wish.org},
                       {"made_at", format_instant(now)},
                       {"rows", std::move(rows)}});
}

}  // namespace anlan::engine
