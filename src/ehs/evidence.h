#pragma once
// What a photo in a record is worth as evidence: everything that its manifest claims, compared with
// what the server knows. Pure: the caller brings the facts, among them whether the signature holds.
// Green says that nothing speaks against it, not that it is true. docs/formats/evidence.md.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/time.h"

namespace anlan::ehs {

// From what on something is told; figures of practice, not of a law.
struct EvidenceRules {
  Duration skew_max = Duration::minutes(2);
  Duration receipt_max = Duration::hours(24);     // a shift without network is honest
  Duration step_back_max = Duration::seconds(5);  // phones set their clocks by small steps
  Duration exif_gap_max = Duration::minutes(10);
  double exif_gap_max_m = 200;
  double accuracy_max_m = 50;
  int64_t fix_age_max_s = 300;
  double fence_slack_m = 30;  // beside the stated accuracy: outlines are drawn by hand
  double context_min = 0.85;  // outside the box; below it a person looks again
  double same_scene_min = 0.5;
};

enum class Level { Info, Amber, Red };
enum class Badge { Green, Amber, Red, Pending };
std::string_view level_text(Level level);
std::string_view badge_text(Badge badge);
// Red is worst, then pending, amber, green.
Badge worse(Badge a, Badge b);

struct Reason {
  std::string code;  // stable: text key evidence.reason.<code>
  Level level = Level::Info;
  Json detail{};  // figures for the text
};

struct DeviceKey {
  std::string person;
  std::optional<Instant> revoked_at{};
};

struct EarlierUse {
  enum class How { File, Original, Scene };
  How how = How::File;
};

// A photo of a record with all that is known of it.
struct PhotoCase {
  Json item;              // as in the record
  std::string person;     // who put it there: an id, or the kind of actor
  Instant received_at{};  // of the record's change that named it
  bool is_arrived = false;
  std::string kind{};  // of the file; empty while it is not there
  bool is_video_welcome = false;
  Json claims{};  // what the file says of its making: {"taken_at","lat","lon"}
  std::optional<DeviceKey> key{};
  bool is_signed = false;  // the signature holds for this manifest and key
  // The manifest before, as the device names it.
  bool is_first_of_device = false;
  bool is_previous_known = false;
  bool is_previous_shared = false;  // another manifest follows the same one
  std::optional<Instant> previous_taken_at{};
  bool is_op_shared = false;  // its operation made another record
  std::vector<EarlierUse> earlier{};
  std::optional<double> outside_m{};  // of the area; 0 inside; none where nobody can tell
  std::vector<std::string> places{};  // codes that a scanned label may show
  enum class Look { Absent, Waiting, Failed, Done };
  Look look = Look::Absent;
  Duration zone{};  // of the plant's clocks: what a camera writes has none
};

struct Judgement {
  Badge badge = Badge::Green;
  std::vector<Reason> reasons{};
};
Judgement judge(const PhotoCase& photo, const EvidenceRules& rules = {});

// The members of a manifest of version 1; nothing where the text is none.
struct Manifest {
  std::string op, original, photo, person, device, previous, source, place;
  Instant taken_at{}, server_at{};
  int64_t skew_ms = 0;
  Json position{};  // null or {"lat","lon","accuracy_m","age_s"}
};
std::optional<Manifest> read_manifest(std::string_view text);

// Metres between two places on earth; good for a plant.
double ground_m(double lat_a, double lon_a, double lat_b, double lon_b);

// ---- a photo before and one after ----
enum class Verdict { Good, Recheck, Reupload, Unclear };
std::string_view verdict_text(Verdict verdict);
// `result` of docs/formats/evidence.md.
Verdict judge_pair(const Json& result, bool is_same_file, const EvidenceRules& rules = {});

}  // namespace anlan::ehs
