#include "engine/presence.h"

#include <algorithm>

#include "core/json.h"
#include "core/log.h"

namespace anlan::engine {
namespace {

enum FrameKind : uint32_t { kSightings = 1, kPasses = 2 };  // on disk: never renumber

Json sighting_json(const twin::Sighting& one) {
  Json json = Json::object({{"b", one.badge},
                            {"z", one.zone},
                            {"a", one.accuracy_m},
                            {"s", one.seen.ns},
                            {"r", one.received.ns}});
  if (one.at) json.set("x", one.at->x).set("y", one.at->y);
  if (one.doubt != twin::Doubt::None) json.set("d", static_cast<int64_t>(one.doubt));
  return json;
}

twin::Sighting sighting_from(const Json& json) {
  twin::Sighting one{.badge = json.text_or("b", ""),
                     .zone = json.text_or("z", ""),
                     .accuracy_m = json["a"].is_number() ? json["a"].as_double().value_or(0) : 0,
                     .seen = {json.int_or("s", 0)},
                     .received = {json.int_or("r", 0)}};
  if (json["x"].is_number() && json["y"].is_number()) {
    one.at = twin::Point{json["x"].as_double().value_or(0), json["y"].as_double().value_or(0)};
  }
  int64_t doubt = json.int_or("d", 0);
  bool is_known = doubt >= 0 && doubt <= static_cast<int64_t>(twin::Doubt::NoGeoreference);
  one.doubt = is_known ? static_cast<twin::Doubt>(doubt) : twin::Doubt::Inaccurate;
  return one;
}

Json pass_json(const twin::GatePass& one) {
  return Json::object({{"b", one.badge},
                       {"g", one.gate},
                       {"z", one.zone},
                       {"i", one.is_in},
                       {"l", one.was_let},
                       {"s", one.seen.ns},
                       {"r", one.received.ns}});
}

twin::GatePass pass_from(const Json& json) {
  return {.badge = json.text_or("b", ""),
          .gate = json.text_or("g", ""),
          .zone = json.text_or("z", ""),
          .is_in = json.bool_or("i", true),
          .was_let = json.bool_or("l", true),
          .seen = {json.int_or("s", 0)},
          .received = {json.int_or("r", 0)}};
}

}  // namespace

Result<std::unique_ptr<Presence>> Presence::open(const std::string& folder, bool sync,
                                                 Clock& clock) {
  std::unique_ptr<Presence> presence(new Presence(clock));
  presence->log_ = TRY(history::SegmentLog::open(
      {.folder = folder, .segment_bytes = 4 << 20, .sync = sync},
      [&](const history::Frame& frame) { return presence->restore(frame); }));
  return presence;
}

Result<void> Presence::restore(const history::Frame& frame) {
  Json body = TRY(parse_json(frame.bytes, limits::kXmlBytesMax));
  Instant written{body.int_or("at", 0)};
  if (clock_.now() - written > kKeep) return {};
  frames_.emplace_back(written, frame.number);
  for (const Json& row : body["rows"].as_array()) {
    if (frame.kind == kSightings) note(sighting_from(row));
    else if (frame.kind == kPasses) note(pass_from(row));
  }
  return {};
}

void Presence::note(const twin::Sighting& sighting) {
  Trace& trace = traces_[sighting.badge];
  if (trace.sight && trace.sight->seen >= sighting.seen) return;
  // An old one is still the last that is known, and its time says how much it is worth.
  if (sighting.doubt != twin::Doubt::None && sighting.doubt != twin::Doubt::TooOld) {
    if (!trace.doubted || trace.doubted->seen < sighting.seen) trace.doubted = sighting;
    return;
  }
  if (trace.doubted && trace.doubted->seen <= sighting.seen) trace.doubted.reset();
  trace.sight = sighting;
  auto& track = tracks_[sighting.badge];
  if (track.size() >= kTrackPointsMax) track.erase(track.begin(), track.begin() + 100);
  track.push_back(sighting);
}

void Presence::note(const twin::GatePass& pass) {
  if (!pass.was_let) return;
  Trace& trace = traces_[pass.badge];
  if (trace.pass && trace.pass->seen >= pass.seen) return;
  trace.pass = pass;
}

Result<void> Presence::keep(uint32_t kind, const Json& rows) {
  Instant now = clock_.now();
  std::string bytes = write_json(Json::object({{"at", now.ns}, {"rows", rows}}));
  uint64_t number = TRY(log_->append(kind, bytes));
  std::lock_guard lock(mutex_);
  frames_.emplace_back(now, number);
  return {};
}

Result<void> Presence::take(std::span<const twin::Sighting> sightings) {
  if (sightings.empty()) return {};
  Json rows = Json::array();
  {
    std::lock_guard lock(mutex_);
    for (const twin::Sighting& one : sightings) {
      rows.push(sighting_json(one));
      note(one);
    }
  }
  return keep(kSightings, rows);
}

Result<void> Presence::take(std::span<const twin::GatePass> passes) {
  if (passes.empty()) return {};
  Json rows = Json::array();
  {
    std::lock_guard lock(mutex_);
    for (const twin::GatePass& one : passes) {
      rows.push(pass_json(one));
      note(one);
    }
  }
  return keep(kPasses, rows);
}

std::map<std::string, Trace> Presence::all() {
  std::lock_guard lock(mutex_);
  return {traces_.begin(), traces_.end()};
}

std::optional<Trace> Presence::of(std::string_view badge) {
  std::lock_guard lock(mutex_);
  auto found = traces_.find(badge);
  if (found == traces_.end()) return std::nullopt;
  return found->second;
}

bool Presence::is_anybody_seen() {
  std::lock_guard lock(mutex_);
  return std::ranges::any_of(
      traces_, [](const auto& one) { return one.second.sight || one.second.doubted; });
}

std::vector<twin::Sighting> Presence::track(std::string_view badge) {
  std::lock_guard lock(mutex_);
  auto found = tracks_.find(badge);
  return found == tracks_.end() ? std::vector<twin::Sighting>{} : found->second;
}

// The last trace of somebody stays in memory while the program runs: who fell silent an hour ago
// must still be found. Tracks and the log keep half an hour.
void Presence::forget_old(Instant now) {
  uint64_t last_old = 0;
  {
    std::lock_guard lock(mutex_);
    auto first_young = std::ranges::find_if(
        frames_, [&](const auto& frame) { return now - frame.first <= kKeep; });
    if (first_young != frames_.begin()) last_old = std::prev(first_young)->second;
    frames_.erase(frames_.begin(), first_young);
    for (auto& [badge, track] : tracks_) {
      auto young = std::ranges::find_if(
          track, [&](const twin::Sighting& one) { return now - one.seen <= kKeep; });
      track.erase(track.begin(), young);
    }
  }
  if (last_old == 0) return;
  auto done = log_->forget_up_to(last_old);
  if (!done)
    log(LogLevel::Warning, "old positions stay", Json::object({{"detail", done.error().detail}}));
}

}  // namespace anlan::engine
