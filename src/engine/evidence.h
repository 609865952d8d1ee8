#pragma once
// Photo evidence of records: rows when photos are named, arrive and are looked at; the judgement
// anew at every question, from what is known then. docs/formats/evidence.md.

#include <string>
#include <vector>

#include "access/access.h"
#include "core/json.h"
#include "ehs/ehs.h"
#include "records/records.h"
#include "store/store.h"

namespace anlan::engine {

class Engine;

// What a decision may carry and no field of photos: nothing in it is looked at.
inline constexpr std::string_view kPaper = "application/pdf";

// True while any photo badge is red or any pair is not good, or something is still waited for. A
// server without eyes waits for nothing. For deciders: may be asked inside a transaction.
Result<bool> is_evidence_doubtful(store::View& view, const records::Form& form, RecordId id);

// GET .../evidence of docs/formats/http.md, with what the caller may see.
Result<Json> evidence_of(Engine& engine, const access::Subject& by, std::string_view form,
                         RecordId id);
// JPEG of at most 320 px, or the file itself where there is none.
Result<std::string> thumbnail_of(Engine& engine, const access::Subject& by, std::string_view form,
                                 RecordId id, std::string_view sha256);
Result<Json> devices_of(Engine& engine, const access::Subject& by);

// ---- room-internal: rows of engine.3 ----

// A record was made or changed: rows for photos it names for the first time, pairs of before and
// after. To be called after the record's own change was applied; nothing to do is an empty change.
struct EvidenceDesk {
  store::View& view;
  Actor actor;
  Instant now;
  bool has_vision = false;
};
Result<store::Change> note_photos(const EvidenceDesk& desk, const records::Form& form,
                                  const Json& record);
// A file has come: what waited for it from this uploader is there.
Result<void> note_arrival(const EvidenceDesk& desk, const records::FileInfo& file,
                          store::Change& change);
// Whether the photo of this record is here: not one that is merely named.
Result<bool> has_arrived(store::View& view, std::string_view form, RecordId id,
                         std::string_view sha256);

// ---- room-internal: reading ----

struct OtherUse {
  std::string form;
  std::string record;
  std::string sha256;
};
struct PhotoFound {
  std::string field;
  std::string person;  // who named it
  Instant received_at{};
  ehs::PhotoCase known;
  ehs::Judgement judgement;
  std::vector<OtherUse> reused;
  int64_t width = 0, height = 0;
};
// What only packs and plan can tell; without it the judgement lacks ambers, never reds.
struct EvidencePlace {
  std::vector<std::string> places{};                  // codes of area and device
  std::vector<twin::Point> outline{};                 // of the area, metres
  twin::Point middle{};                               // of the outline
  std::optional<std::pair<double, double>> anchor{};  // lat, lon of the middle
  Duration zone = Duration::hours(8);
};
Result<std::vector<PhotoFound>> find_photos(store::View& view, const records::Form& form,
                                            const Json& record, const EvidencePlace& place);

struct PairFound {
  std::string before, after;
  std::string state;  // "waiting", "absent", "failed", "done"
  bool is_same_file = false;
  Json box, result;
  std::string box_by;
  ehs::Verdict verdict = ehs::Verdict::Unclear;
};
// For each photo after the repair the photo before that tells most.
Result<std::vector<PairFound>> find_pairs(store::View& view, const records::Form& form,
                                          const Json& record,
                                          const std::vector<PhotoFound>& photos);
// Where photos of before and after stand.
inline constexpr std::string_view kBeforeField = "photos";
inline constexpr std::string_view kAfterField = "after_photos";
inline constexpr std::size_t kPairSideMax = 6;  // photos on either side that are compared

}  // namespace anlan::engine
