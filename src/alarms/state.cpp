#include "alarms/state.h"

namespace anlan::alarms {
namespace {

Json instant_json(Instant at) { return at.ns == 0 ? Json() : Json(format_instant(at)); }

Json person_json(PersonId person) { return person.is_nil() ? Json() : Json(person.text()); }

Json shelf_json(const std::optional<Shelf>& shelf) {
  if (!shelf) return {};
  return Json::object({{"until", shelf->until ? instant_json(*shelf->until) : Json()},
                       {"reason", shelf->reason},
                       {"by", person_json(shelf->by)},
                       {"since", instant_json(shelf->since)}});
}

}  // namespace

bool State::is_annunciated() const { return !shelf && suppressed_by.empty() && !is_out_of_service; }

// ISA-18.2-2016, the figure of alarm states.
char State::letter() const {
  if (is_out_of_service) return 'I';
  if (!suppressed_by.empty()) return 'H';
  if (shelf) return 'G';
  if (is_active) return is_acked ? 'C' : 'B';
  if (is_latched) return is_acked ? 'F' : 'E';
  return is_acked ? 'A' : 'D';
}

std::string_view quality_text(history::Quality quality) {
  switch (quality) {
    case history::Quality::Good: return "good";
    case history::Quality::Uncertain: return "uncertain";
    case history::Quality::Bad: return "bad";
    case history::Quality::Stale: return "stale";
  }
  return "bad";
}

Json state_json(RecordId definition, const State& state) {
  Json suppressed = Json::array();
  for (const std::string& reason : state.suppressed_by) suppressed.push(reason);
  return Json::object({{"id", definition.text()},
                       {"occurrence", state.occurrence},
                       {"active", state.is_active},
                       {"acked", state.is_acked},
                       {"latched", state.is_latched},
                       {"shelf", shelf_json(state.shelf)},
                       {"suppressed", std::move(suppressed)},
                       {"out_of_service", state.is_out_of_service},
                       {"out_reason", state.out_reason},
                       {"out_until", state.out_until ? instant_json(*state.out_until) : Json()},
                       {"out_link", state.out_link.empty() ? Json() : Json(state.out_link)},
                       {"letter", std::string(1, state.letter())},
                       {"annunciated", state.is_annunciated()},
                       {"value", state.value},
                       {"quality", quality_text(state.quality)},
                       {"raised_at", instant_json(state.raised_at)},
                       {"received_at", instant_json(state.received_at)},
                       {"cleared_at", instant_json(state.cleared_at)},
                       {"acked_at", instant_json(state.acked_at)},
                       {"acked_by", person_json(state.acked_by)},
                       {"count", state.count}});
}

}  // namespace anlan::alarms
