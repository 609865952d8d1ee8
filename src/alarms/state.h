#pragma once
// The ISA-18.2 / IEC 62682 state of one alarm as orthogonal fields; the letter of the standard's
// figure is derived for display.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alarms/definition.h"
#include "core/id.h"
#include "core/json.h"

namespace anlan::alarms {

struct Shelf {
  std::optional<Instant> until{};  // nothing: one-shot, ends when the condition clears
  std::string reason;
  PersonId by{};
  Instant since{};

  bool operator==(const Shelf&) const = default;
};

struct State {
  std::string occurrence{};  // UUIDv7 of this annunciation; empty before the first
  bool is_active = false;
  bool is_acked = true;
  bool is_latched = false;
  std::optional<Shelf> shelf{};
  std::vector<std::string> suppressed_by{};  // reasons, sorted
  bool is_out_of_service = false;
  std::string out_reason{};
  std::optional<Instant>
      out_until{};         // comes back by itself; nothing: taken out by an older version
  std::string out_link{};  // "form/id" of the permit or order that it is out for
  double value = 0;
  history::Quality quality = history::Quality::Good;
  // Raised and cleared by source time, received and acknowledged by ours; 0: not (yet).
  Instant raised_at{}, received_at{}, cleared_at{}, acked_at{};
  PersonId acked_by{};
  int64_t count = 0;  // occurrences so far

  // Shown and sounded: neither shelved, suppressed nor out of service.
  bool is_annunciated() const;
  // "A" normal, "B" unacknowledged, "C" acknowledged, "D" returned unacknowledged, "E" latched
  // unacknowledged, "F" latched acknowledged, "G" shelved, "H" suppressed by design, "I" out of
  // service. Where more than one of the last three holds, the later letter is shown.
  char letter() const;
  bool operator==(const State&) const = default;
};

// Members of docs/formats/sensing.md ("Alarm") that the state knows: {"id","occurrence","active",
// "acked","latched","shelf","suppressed","out_of_service","out_reason","out_until","out_link",
// "letter","annunciated","value","quality","raised_at","received_at","cleared_at","acked_at",
// "acked_by","count"}. Persons are ids; the rest (name, limit ...) the caller adds.
Json state_json(RecordId definition, const State& state);
std::string_view quality_text(history::Quality quality);  // "good","uncertain","bad","stale"

}  // namespace anlan::alarms
