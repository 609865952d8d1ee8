#include "alarms/evaluator.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace anlan::alarms {
namespace {

using history::Quality;
using history::TagIndex;

constexpr double kEndless = std::numeric_limits<double>::infinity();
constexpr double kLargest = std::numeric_limits<double>::max();
constexpr double kHalf = 0.5;
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

double below(double value) { return std::nextafter(value, -kEndless); }
double above(double value) { return std::nextafter(value, kEndless); }

// Whose samples a definition looks at, each once.
std::vector<TagIndex> tags_of(const Definition& definition) {
  if (definition.kind != Kind::Formula) return {definition.tag};
  std::vector<TagIndex> tags;
  for (const FormulaInput& input : definition.inputs) {
    if (!std::ranges::contains(tags, input.tag)) tags.push_back(input.tag);
  }
  return tags;
}

// Whether the same samples get the same answers: names, areas and priorities may differ.
bool is_judged_alike(const Definition& one, const Definition& other) {
  auto judged = [](const Definition& of) {
    return std::tie(of.tag, of.kind, of.limit, of.deadband, of.on_delay, of.off_delay, of.window,
                    of.reference, of.formula, of.inputs, of.votes, of.of);
  };
  return judged(one) == judged(other);
}

Result<void> check_all(const std::vector<Definition>& definitions) {
  if (definitions.size() > kDefinitionsMax) {
    return refuse(ErrorCode::LimitReached, "too many alarm definitions");
  }
  std::unordered_set<RecordId> ids;
  std::unordered_set<std::string_view> codes;
  for (const Definition& definition : definitions) {
    TRY(check_definition(definition));
    if (!ids.insert(definition.id).second || !codes.insert(definition.code).second) {
      return refuse(ErrorCode::BadField, "alarm " + definition.code + " is there twice", "code");
    }
  }
  return {};
}

}  // namespace

Result<Evaluator> Evaluator::make(std::vector<Definition> definitions,
                                  const std::vector<RecordId>& active, Instant now) {
  TRY(check_all(definitions));
  std::unordered_set<RecordId> were_active(active.begin(), active.end());
  Evaluator made;
  made.definitions_ = std::move(definitions);
  std::size_t tags = 0;
  for (const Definition& one : made.definitions_) {
    if (one.kind == Kind::Stale) {
      made.stale_.push_back({static_cast<uint32_t>(made.limits_.size()), now.ns});
    }
    if (Judge::is_needed(one)) {
      made.judges_.emplace(static_cast<uint32_t>(made.limits_.size()), Judge(one));
    }
    if (one.kind == Kind::Formula) {
      Formula formula = TRY(Formula::make(one));
      made.formulas_.emplace(static_cast<uint32_t>(made.limits_.size()), std::move(formula));
    }
    made.limits_.push_back(limit_of(one, were_active.contains(one.id)));
    for (TagIndex tag : tags_of(one)) tags = std::max<std::size_t>(tags, tag + std::size_t{1});
    tags = std::max<std::size_t>(tags, std::max(one.tag, one.reference) + std::size_t{1});
  }
  made.tags_.resize(tags);
  made.closely_.resize(tags + 1);
  made.is_reference_.resize(tags);
  for (const Definition& one : made.definitions_) {
    if (one.kind == Kind::Deviation) made.is_reference_[one.reference] = true;
  }
  made.arrange();
  return made;
}

std::vector<RecordId> Evaluator::active() const {
  std::vector<RecordId> ids;
  for (std::size_t i = 0; i < limits_.size(); ++i) {
    if (limits_[i].is_active) ids.push_back(definitions_[i].id);
  }
  return ids;
}

void Evaluator::go_on_from(Evaluator& before, std::span<const RecordId> doubtful) {
  for (std::size_t tag = 0; tag < std::min(tags_.size(), before.tags_.size()); ++tag) {
    tags_[tag] = before.tags_[tag];
    uint32_t first = closely_[tag].first;
    closely_[tag] = before.closely_[tag];
    closely_[tag].first = first;
  }
  std::unordered_map<RecordId, uint32_t> known;
  for (uint32_t i = 0; i < before.definitions_.size(); ++i) {
    known.emplace(before.definitions_[i].id, i);
  }
  std::unordered_set<RecordId> is_doubtful(doubtful.begin(), doubtful.end());
  for (uint32_t i = 0; i < definitions_.size(); ++i) {
    auto there = known.find(definitions_[i].id);
    if (there == known.end()) continue;
    if (!is_doubtful.contains(definitions_[i].id)) {
      limits_[i].is_active = before.limits_[there->second].is_active;
    }
    if (is_judged_alike(definitions_[i], before.definitions_[there->second])) {
      go_on_with(i, there->second, before);
    }
  }
  std::unordered_map<RecordId, int64_t> heard;
  for (auto [definition, since_ns] : before.stale_) {
    heard.emplace(before.definitions_[definition].id, since_ns);
  }
  for (Listening& one : stale_) {
    auto since = heard.find(definitions_[one.definition].id);
    if (since != heard.end()) one.since_ns = since->second;
  }
  for (TagIndex tag = 0; tag < tags_.size(); ++tag) draw_band(tag);
}

void Evaluator::go_on_with(uint32_t here, uint32_t there, Evaluator& before) {
  auto judge = judges_.find(here);
  auto used = before.judges_.find(there);
  if (judge != judges_.end() && used != before.judges_.end()) judge->second = used->second;
  auto formula = formulas_.find(here);
  auto recorded = before.formulas_.find(there);
  if (formula != formulas_.end() && recorded != before.formulas_.end()) {
    formula->second.go_on_from(recorded->second);
  }
  Limit& limit = limits_[here];
  const Limit& other = before.limits_[there];
  if (!other.is_waiting() || other.is_active != limit.is_active) return;
  limit.since_ns = other.since_ns;
  limit.since_received_ns = other.since_received_ns;
  limit.is_listed = true;
  waiting_.push_back(here);
}

Evaluator::Limit Evaluator::limit_of(const Definition& definition, bool is_active) {
  static_assert(sizeof(Limit) == 64);
  Limit made{.sign = 1,
             .trip = kEndless,
             .clear = -kEndless,
             .on_delay_ns = definition.on_delay.ns,
             .off_delay_ns = definition.off_delay.ns,
             .tag = definition.tag,
             .is_stale_kind = definition.kind == Kind::Stale,
             .is_active = is_active,
             .has_judge = Judge::is_needed(definition) || definition.kind == Kind::Formula};
  double limit = definition.limit;
  double deadband = definition.deadband;
  switch (definition.kind) {
    case Kind::HighHigh:
    case Kind::High:
    case Kind::Rise:
    case Kind::Deviation:
      made.trip = limit;
      made.clear = std::min(limit - deadband, below(limit));
      break;
    case Kind::LowLow:
    case Kind::Low:
      made.sign = -1;
      made.trip = -limit;
      made.clear = std::min(-(limit + deadband), below(-limit));
      break;
    case Kind::On:
      made.trip = kHalf;
      made.clear = below(kHalf);
      break;
    case Kind::Off:
      made.sign = -1;
      made.trip = above(-kHalf);
      made.clear = -kHalf;
      break;
    case Kind::Fall:
      // A fall of 5 a minute is a rate of -5.
      made.sign = -1;
      made.trip = limit;
      made.clear = std::min(limit - deadband, below(limit));
      break;
    case Kind::Stuck:
      made.on_delay_ns = 0;  // its judge waits
      break;
    case Kind::Stale:
    case Kind::Formula: break;
  }
  return made;
}

// Groups the definitions by tag, in their order.
void Evaluator::arrange() {
  std::size_t places = 0;
  for (const Definition& one : definitions_) {
    for (TagIndex tag : tags_of(one)) {
      ++closely_[tag + 1].first;
      ++places;
    }
  }
  for (std::size_t tag = 1; tag < closely_.size(); ++tag) {
    closely_[tag].first += closely_[tag - 1].first;
  }
  by_tag_.resize(places);
  std::vector<uint32_t> used(tags_.size());
  for (std::size_t i = 0; i < definitions_.size(); ++i) {
    for (TagIndex tag : tags_of(definitions_[i])) {
      by_tag_[closely_[tag].first + used[tag]++] = static_cast<uint32_t>(i);
    }
  }
  for (TagIndex tag = 0; tag < tags_.size(); ++tag) draw_band(tag);
}

void Evaluator::evaluate(std::span<const history::Sample> samples, std::vector<Trip>& out) {
  for (const history::Sample& sample : samples) {
    if (sample.tag >= tags_.size()) continue;
    Tag& tag = tags_[sample.tag];
    int64_t at_ns = std::min(sample.at.ns, sample.received.ns);
    if (at_ns < tag.last_at_ns) continue;
    bool is_quiet =
        sample.quality == Quality::Good && sample.value >= tag.low && sample.value <= tag.high;
    if (!is_quiet) {
      look_closely(sample, at_ns, out);
      continue;
    }
    tag.last_at_ns = at_ns;
    tag.last_good_ns = std::max(tag.last_good_ns, sample.received.ns);
    tag.value = sample.value;
  }
}

void Evaluator::look_closely(const history::Sample& sample, int64_t at_ns, std::vector<Trip>& out) {
  std::span<const uint32_t> definitions = of_tag(sample.tag);
  if (definitions.empty() && !is_reference_[sample.tag]) return;
  Tag& tag = tags_[sample.tag];
  Closely& last = closely_[sample.tag];
  bool has_quality = sample.quality == Quality::Good || sample.quality == Quality::Uncertain;
  last.is_known = has_quality && std::isfinite(sample.value);
  last.quality = sample.quality;
  last.at = sample.at;
  last.received = sample.received;
  tag.last_at_ns = at_ns;
  if (last.is_known) tag.value = sample.value;
  bool is_good = last.is_known && sample.quality == Quality::Good;
  if (is_good) tag.last_good_ns = std::max(tag.last_good_ns, sample.received.ns);
  for (uint32_t definition : definitions) {
    Limit& limit = limits_[definition];
    if (!last.is_known && !limit.is_stale_kind) continue;
    std::optional<bool> is_against;
    if (is_good) note_window(definition, sample.tag, at_ns);
    if (limit.has_judge) is_against = ask_judge(definition, at_ns, sample.received.ns);
    else if (limit.is_stale_kind) is_against = limit.is_active && is_good;
    else is_against = limit.speaks_against(tag.value);
    if (!is_against) continue;
    if (*is_against) {
      wait_or_flip(definition, at_ns, sample.tag, out);
    } else {
      limit.since_ns = -1;
    }
  }
  draw_band(sample.tag);
}

// What is known now: a good value that is not old.
std::optional<double> Evaluator::fresh_value(TagIndex tag, int64_t received_ns) const {
  const Tag& other = tags_[tag];
  bool is_fresh = other.last_good_ns >= 0 && received_ns - other.last_good_ns < kFreshDefault.ns;
  if (!is_fresh || !closely_[tag].is_known) return std::nullopt;
  return other.value;
}

void Evaluator::note_window(uint32_t definition, TagIndex tag, int64_t at_ns) {
  if (definitions_[definition].kind != Kind::Formula) return;
  formulas_.at(definition).take(tag, at_ns, tags_[tag].value);
}

std::vector<WindowNow> Evaluator::windows(uint32_t definition) const {
  auto formula = formulas_.find(definition);
  return formula == formulas_.end() ? std::vector<WindowNow>{} : formula->second.windows();
}

std::optional<bool> Evaluator::ask_formula(uint32_t definition, int64_t received_ns) {
  Formula& formula = formulas_.at(definition);
  std::vector<std::optional<double>> values;
  for (const FormulaInput& input : formula.inputs()) {
    values.push_back(fresh_value(input.tag, received_ns));
  }
  auto is_true = formula.ask(std::move(values), {received_ns});
  if (!is_true) return std::nullopt;
  return limits_[definition].is_active != *is_true;
}

std::optional<bool> Evaluator::ask_judge(uint32_t definition, int64_t at_ns, int64_t received_ns) {
  const Limit& limit = limits_[definition];
  if (definitions_[definition].kind == Kind::Formula) return ask_formula(definition, received_ns);
  std::optional<double> reference = fresh_value(definitions_[definition].reference, received_ns);
  return judges_.at(definition)
      .speaks_against({.sign = limit.sign, .trip = limit.trip, .clear = limit.clear},
                      limit.is_active, tags_[limit.tag].value, at_ns, reference);
}

void Evaluator::wait_or_flip(uint32_t definition, int64_t at_ns, TagIndex by,
                             std::vector<Trip>& out) {
  Limit& limit = limits_[definition];
  int64_t received_ns = closely_[by].received.ns;
  if (!limit.is_waiting()) {
    limit.since_ns = at_ns;
    limit.since_received_ns = received_ns;
  }
  int64_t waited_ns = std::max(at_ns - limit.since_ns, received_ns - limit.since_received_ns);
  if (waited_ns >= limit.delay_ns()) {
    flip(definition, by, out);
  } else if (!limit.is_listed) {
    limit.is_listed = true;
    waiting_.push_back(definition);
  }
}

void Evaluator::flip(uint32_t definition, TagIndex by, std::vector<Trip>& out) {
  Limit& limit = limits_[definition];
  const Closely& last = closely_[by];
  limit.is_active = !limit.is_active;
  limit.since_ns = -1;
  out.push_back({.definition = definition,
                 .is_active = limit.is_active,
                 .value = tags_[limit.tag].value,
                 .quality = last.quality,
                 .at = last.at,
                 .received = last.received});
  if (limit.is_stale_kind && !limit.is_active) {
    next_stale_ns_ = std::min(next_stale_ns_, tags_[limit.tag].last_good_ns + limit.on_delay_ns);
  }
}

void Evaluator::tick(Instant now, std::vector<Trip>& out) {
  end_delays(now, out);
  find_stale(now, out);
}

// Drops from the list what waits no more; what is unknown now goes on waiting.
void Evaluator::end_delays(Instant now, std::vector<Trip>& out) {
  std::erase_if(waiting_, [&](uint32_t definition) {
    Limit& limit = limits_[definition];
    if (is_silent(limit, now)) limit.since_ns = -1;
    bool is_due =
        closely_[limit.tag].is_known && now.ns - limit.since_received_ns >= limit.delay_ns();
    if (limit.is_waiting() && is_due) {
      auto still = ask_again(definition, now);
      if (!still) is_due = false;
      if (still == false) limit.since_ns = -1;
    }
    if (limit.is_waiting() && !is_due) return false;
    limit.is_listed = false;
    if (!limit.is_waiting()) return true;
    flip(definition, limit.tag, out);
    draw_band(limit.tag);
    return true;
  });
}

// A condition over several tags may have ended, or become unknown, without a word of its own tag.
std::optional<bool> Evaluator::ask_again(uint32_t definition, Instant now) {
  const Definition& one = definitions_[definition];
  if (one.kind == Kind::Formula) return ask_formula(definition, now.ns);
  if (one.kind != Kind::Deviation) return true;
  std::optional<double> reference = fresh_value(one.reference, now.ns);
  if (!reference) return std::nullopt;
  return limits_[definition].speaks_against(std::abs(tags_[one.tag].value - *reference));
}

// A Stale alarm that waits to be cleared starts again when no good value followed the first.
bool Evaluator::is_silent(const Limit& limit, Instant now) const {
  return limit.is_stale_kind && now.ns - tags_[limit.tag].last_good_ns >= limit.on_delay_ns;
}

void Evaluator::find_stale(Instant now, std::vector<Trip>& out) {
  if (now.ns < next_stale_ns_) return;
  next_stale_ns_ = kNever;
  for (auto [definition, since_ns] : stale_) {
    Limit& limit = limits_[definition];
    if (limit.is_active) continue;
    const Tag& tag = tags_[limit.tag];
    int64_t due_ns = std::max(tag.last_good_ns, since_ns) + limit.on_delay_ns;
    if (now.ns < due_ns) {
      next_stale_ns_ = std::min(next_stale_ns_, due_ns);
      continue;
    }
    limit.is_active = true;
    out.push_back({.definition = definition,
                   .is_active = true,
                   .value = tag.value,
                   .quality = Quality::Stale,
                   .at = now,
                   .received = now});
    draw_band(limit.tag);
  }
}

// The values that change nothing of the tag's definitions; none while something waits, as then
// every sample counts.
void Evaluator::draw_band(TagIndex tag) {
  Tag& drawn = tags_[tag];
  drawn.low = 1;
  drawn.high = -1;
  if (of_tag(tag).empty() || !closely_[tag].is_known) return;
  double low = -kLargest;
  double high = kLargest;
  for (uint32_t definition : of_tag(tag)) {
    const Limit& limit = limits_[definition];
    if (limit.is_waiting() || limit.has_judge) return;
    if (limit.is_stale_kind) {
      if (limit.is_active) return;
      continue;
    }
    double bound = limit.is_active ? above(limit.clear) : below(limit.trip);
    bool is_lower_bound = limit.is_active == (limit.sign > 0);
    if (is_lower_bound) low = std::max(low, limit.sign * bound);
    if (!is_lower_bound) high = std::min(high, limit.sign * bound);
  }
  drawn.low = low;
  drawn.high = high;
}

bool Evaluator::is_fresh(TagIndex tag, Instant now) const {
  if (tag >= tags_.size() || tags_[tag].last_good_ns < 0 || of_tag(tag).empty()) return false;
  int64_t limit_ns = kNever;
  for (uint32_t definition : of_tag(tag)) {
    const Limit& limit = limits_[definition];
    if (limit.is_stale_kind) limit_ns = std::min(limit_ns, limit.on_delay_ns);
  }
  if (limit_ns == kNever) limit_ns = kFreshDefault.ns;
  return now.ns - tags_[tag].last_good_ns < limit_ns;
}

std::optional<Instant> Evaluator::waiting_since(uint32_t definition) const {
  const Limit& limit = limits_.at(definition);
  if (!limit.is_waiting()) return std::nullopt;
  return Instant{limit.since_received_ns};
}

std::span<const uint32_t> Evaluator::of_tag(TagIndex tag) const {
  uint32_t first = closely_[tag].first;
  return std::span(by_tag_).subspan(first, closely_[tag + 1].first - first);
}

}  // namespace anlan::alarms
