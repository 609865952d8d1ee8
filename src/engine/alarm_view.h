#pragma once
// What stands behind one alarm: its response card, the rule behind its limit, the orders made of
// it, and why it is or is not sounding.

#include "engine/engine.h"

namespace anlan::engine {

// {"card": fields of the response_card that fits best, or null, "basis": {"asked","unit","basis",
// "mark","source","is_of_pack","is_looser","reason"} of a gas alarm or null, "orders": [{"id",
// "number","state","raised_at"}], newest first, at most 10, "chatter": see chatter.h}. Forbidden,
// NotFound.
Result<Json> alarm_card(Engine& engine, const access::Subject& by, RecordId alarm);

// {"sounding", "steps": [{"step","ok", ...}], "told": [...], "next": {...} or null, "journal":
// rows} in the order in which a sample becomes a sound; docs/formats/sensing.md, "Why it sounds".
Result<Json> alarm_why(Engine& engine, const access::Subject& by, RecordId alarm);

// What changed of the list of alarms (Engine::alarms), for a page that has it already: {"of": ids
// that were looked at, "rows": those of them that are on the list for the reader, as the list shows
// them, "counts"}. Members of a first-out group are looked at together, as one marks the others.
// What the reader may not see is in "of" only: gone, as what is normal again. At most
// kAlarmChangesMax ids. Forbidden, LimitReached.
inline constexpr std::size_t kAlarmChangesMax = 100;
Result<Json> alarm_changes(Engine& engine, const access::Subject& by,
                           const std::vector<RecordId>& ids);

// The fourth time within kRepeatWindow is counted on the list and rings nobody's phone. Never of
// what guards people.
inline constexpr int64_t kToldOften = 3;

// The best of `cards` for an alarm: a card that names a tag, then area, device class, gas level,
// purpose, kind; what a card names must hold. Null where none fits.
Json best_card(const std::vector<Json>& cards, const Json& facts);

}  // namespace anlan::engine
