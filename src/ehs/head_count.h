#pragma once
// Who is safe, who is not, and of whom nobody knows: positions, gates, permits, the visitor list
// and people's own word, merged. Unknown is a value: silence never becomes "safe".

#include <optional>
#include <string>
#include <vector>

#include "core/id.h"
#include "core/json.h"
#include "core/time.h"
#include "twin/twin.h"

namespace anlan::ehs {

enum class Safety { Safe, Unsafe, Unknown };  // "safe", "unsafe", "unknown"; stored
std::string_view safety_text(Safety safety);
std::optional<Safety> parse_safety(std::string_view text);

// Everything that is known of one badge.
struct Traces {
  RecordId badge{};
  std::string code;
  bool is_on_site = true;                 // by the badge's record
  std::optional<twin::Sighting> sight{};  // newest position that is believed
  std::optional<Instant> doubted_at{};    // of a newer one that is not
  std::optional<twin::GatePass> pass{};   // newest one that was let through
  std::string permit_zone{};              // of an active or suspended permit that names the person
  std::optional<Instant> permit_at{};     // since when
  std::optional<Instant> visit_at{};      // on the visitor list since
  // The person's own word or somebody's sign-off, in this response.
  std::optional<Safety> said{};
  std::optional<Instant> said_at{};
  bool is_signed_off = false;  // said by somebody else
};

struct HeadCountRules {
  twin::Point centre{};
  double radius_m = 300;
  double muster_radius_m = 25;             // so near to a muster point or exit somebody is there
  Duration fresh = Duration::seconds(15);  // a position older than this says nothing of now
};

struct Counted {
  RecordId badge{};
  Safety safety = Safety::Unknown;
  // "muster" "said_safe" "signed_off" "left" "inside" "doubtful" "silent" "never_seen"
  // "said_unsafe"
  std::string why;
  std::string source;  // "position" "gate" "permit" "visitor" "phone" "person"; "" for none
  std::optional<Instant> seen{};
  std::string zone{};
  std::optional<twin::Point> at{};
};

// The mean of the zone's corners; nothing for a zone that the plan does not know.
std::optional<twin::Point> middle_of(const twin::Plan& plan, std::string_view zone_code);

// Who must be counted at the start: everybody on site whose last trace lies within the radius, who
// was last seen there before falling silent, or of whom nothing is known at all.
bool is_concerned(const Traces& traces, const twin::Plan& plan, const HeadCountRules& rules);
Counted count_one(const Traces& traces, const twin::Plan& plan, const HeadCountRules& rules,
                  Instant now);

}  // namespace anlan::ehs
