// What is known of the photos of a record, gathered for ehs::judge.

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <set>

#include "core/hash.h"
#include "core/text.h"
#include "engine/device_key.h"
#include "engine/evidence.h"

namespace anlan::engine {
namespace {

struct Named {
  std::string uploader, original, device, manifest, previous, op;
  Instant received_at{};
  bool is_arrived = false;
};
using NamedRows = std::map<std::pair<std::string, std::string>, Named>;  // by field and hash

class Finder {
 public:
  Finder(store::View& view, const records::Form& form, const Json& record,
         const EvidencePlace& place)
      : view_(view), form_(form), record_(record), place_(place) {}

  Result<std::vector<PhotoFound>> find() {
    id_ = record_.text_or("id", "");
    TRY(read_named());
    std::vector<PhotoFound> found;
    for (const records::Field& field : form_.fields) {
      const Json& photos = record_[field.key];
      if (field.kind != records::FieldKind::Photos || !photos.is_array()) continue;
      for (const Json& item : photos.as_array()) {
        PhotoFound one = TRY(find_one(field, item));
        found.push_back(std::move(one));
      }
    }
    return found;
  }

 private:
  Result<void> read_named() {
    auto rows = TRY(
        view_.query({"SELECT * FROM evidence WHERE form = ? AND record_id = ?", {form_.id, id_}}));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      named_[{row.text("field"), row.text("sha256")}] = {.uploader = row.text("uploader"),
                                                         .original = row.text("original"),
                                                         .device = row.text("device"),
                                                         .manifest = row.text("manifest"),
                                                         .previous = row.text("previous"),
                                                         .op = row.text("op"),
                                                         .received_at = {row.int64("received_at")},
                                                         .is_arrived = !row.is_null("arrived_at")};
    }
    return {};
  }

  // A photo of a time before there was evidence: what the record tells.
  Named older() const {
    auto at = parse_instant(record_.text_or("created_at", ""));
    return {.uploader = record_.text_or("created_by", ""),
            .received_at = at.value_or(Instant{}),
            .is_arrived = true};
  }

  Result<PhotoFound> find_one(const records::Field& field, const Json& item) {
    std::string sha = item.text_or("sha256", "");
    auto known = named_.find({field.key, sha});
    Named named = known == named_.end() ? older() : known->second;
    PhotoFound out{.field = field.key, .person = named.uploader, .received_at = named.received_at};
    out.known = {.item = item,
                 .person = named.uploader,
                 .received_at = named.received_at,
                 .is_arrived = named.is_arrived,
                 .is_video_welcome = field.takes_video,
                 .places = place_.places,
                 .zone = place_.zone};
    TRY(read_photo(sha, out));
    TRY(read_uses(named, sha, out));
    if (!named.manifest.empty()) {
      TRY(read_key(item, out));
      TRY(read_chain(named, out));
    }
    out.known.outside_m = outside(item);
    out.judgement = ehs::judge(out.known);
    return out;
  }

  Result<void> read_photo(const std::string& sha, PhotoFound& out) {
    auto rows = TRY(view_.query({"SELECT * FROM photo WHERE sha256 = ?", {sha}}));
    if (rows.empty()) return {};
    if (out.known.is_arrived) {
      out.known.kind = rows[0].text("kind");
      out.known.claims = TRY(parse_json(rows[0].text("claims")));
      out.width = rows[0].int64("width");
      out.height = rows[0].int64("height");
    }
    const std::string& look = rows[0].text("look");
    using Look = ehs::PhotoCase::Look;
    out.known.look = look == "done"      ? Look::Done
                     : look == "waiting" ? Look::Waiting
                     : look == "failed"  ? Look::Failed
                                         : Look::Absent;
    return {};
  }

  // Records that had this exposure earlier. Who comes later has to explain it.
  Result<void> read_uses(const Named& named, const std::string& sha, PhotoFound& out) {
    if (named.uploader == actor_kind_text(Actor::Kind::System)) return {};  // a flow's own copy
    std::set<std::string> originals{sha};
    if (!named.original.empty()) originals.insert(named.original);
    using How = ehs::EarlierUse::How;
    TRY(add_uses({"SELECT * FROM evidence WHERE sha256 = ?", {sha}}, How::File, named, out));
    for (const std::string& original : originals) {
      TRY(add_uses(
          {"SELECT * FROM evidence WHERE original = ? OR sha256 = ?", {original, original}},
          How::Original, named, out));
    }
    TRY(add_uses({"SELECT e.* FROM photo_reuse r JOIN evidence e ON e.sha256 = r.other "
                  "WHERE r.sha256 = ?",
                  {sha}},
                 How::Scene, named, out));
    return {};
  }

  Result<void> add_uses(store::Sql sql, ehs::EarlierUse::How how, const Named& named,
                        PhotoFound& out) {
    constexpr std::size_t kUsesMax = 50;
    sql.text += " LIMIT 200";
    auto rows = TRY(view_.query(sql));
    for (std::size_t i = 0; i < rows.size() && out.reused.size() < kUsesMax; ++i) {
      auto row = rows[i];
      bool is_own = row.text("form") == form_.id && row.text("record_id") == id_;
      if (is_own) continue;
      Instant at{row.int64("received_at")};
      bool is_earlier =
          at < named.received_at || (at == named.received_at && row.text("record_id") < id_);
      if (!is_earlier) continue;
      OtherUse use{row.text("form"), row.text("record_id"), row.text("sha256")};
      bool is_listed = std::ranges::any_of(out.reused, [&](const OtherUse& other) {
        return other.form == use.form && other.record == use.record;
      });
      if (is_listed) continue;
      out.known.earlier.push_back({how});
      out.reused.push_back(std::move(use));
    }
    return {};
  }

  Result<void> read_key(const Json& item, PhotoFound& out) {
    auto rows = TRY(view_.query({"SELECT person, key, revoked_at FROM device_key WHERE id = ?",
                                 {item.text_or("device", "")}}));
    if (rows.empty()) return {};
    out.known.key = ehs::DeviceKey{.person = rows[0].text("person")};
    if (!rows[0].is_null("revoked_at")) {
      out.known.key->revoked_at = Instant{rows[0].int64("revoked_at")};
    }
    out.known.is_signed = is_signed_by(rows[0].text("key"), item.text_or("manifest", ""),
                                       item.text_or("signature", ""));
    return {};
  }

  Result<void> read_chain(const Named& named, PhotoFound& out) {
    auto others = TRY(view_.query(
        {"SELECT manifest FROM evidence WHERE device = ? AND previous = ? AND manifest <> ? "
         "AND manifest <> '' LIMIT 1",
         {named.device, named.previous, named.manifest}}));
    out.known.is_previous_shared = !others.empty();
    if (named.previous.empty()) {
      auto before = TRY(view_.query(
          {"SELECT manifest FROM evidence WHERE device = ? AND manifest <> ? AND manifest <> '' "
           "AND taken_at < (SELECT MIN(taken_at) FROM evidence WHERE manifest = ?) LIMIT 1",
           {named.device, named.manifest, named.manifest}}));
      out.known.is_first_of_device = before.empty();
    } else {
      auto previous = TRY(
          view_.query({"SELECT taken_at FROM evidence WHERE manifest = ? AND device = ? LIMIT 1",
                       {named.previous, named.device}}));
      out.known.is_previous_known = !previous.empty();
      if (!previous.empty() && !previous[0].is_null("taken_at")) {
        out.known.previous_taken_at = Instant{previous[0].int64("taken_at")};
      }
    }
    auto shared = TRY(view_.query(
        {"SELECT record_id FROM evidence WHERE op = ? AND op <> '' AND record_id <> ? LIMIT 1",
         {named.op, id_}}));
    out.known.is_op_shared = !shared.empty();
    return {};
  }

  // Metres outside of the area. The plan has no degrees: the area's own stand for its middle.
  std::optional<double> outside(const Json& item) const {
    auto manifest = ehs::read_manifest(item.text_or("manifest", ""));
    const Json& position = manifest ? manifest->position : item["position"];
    if (!place_.anchor || !position.is_object()) return std::nullopt;
    auto lat = position["lat"].as_double();
    auto lon = position["lon"].as_double();
    if (!lat || !lon) return std::nullopt;
    auto [lat0, lon0] = *place_.anchor;
    double east = ehs::ground_m(lat0, lon0, lat0, *lon) * (*lon < lon0 ? -1 : 1);
    double north = ehs::ground_m(lat0, lon0, *lat, lon0) * (*lat < lat0 ? -1 : 1);
    twin::Point at{place_.middle.x + east, place_.middle.y + north};
    if (place_.outline.empty()) return std::nullopt;
    if (twin::is_inside(place_.outline, at)) return 0;
    double nearest = HUGE_VAL;
    for (std::size_t i = 0; i < place_.outline.size(); ++i) {
      twin::Point next = place_.outline[(i + 1) % place_.outline.size()];
      nearest = std::min(nearest, twin::distance_m(twin::Segment{place_.outline[i], next}, at));
    }
    return nearest;
  }

  store::View& view_;
  const records::Form& form_;
  const Json& record_;
  const EvidencePlace& place_;
  std::string id_;
  NamedRows named_;
};

// The more it tells, the higher: a re-upload, then the surest same scene.
double rank_of(const PairFound& pair) {
  if (pair.verdict == ehs::Verdict::Reupload) return 10;
  if (pair.state != "done") return -1;
  const Json& same = pair.result["same_scene"];
  return same.is_number() ? same.as_double().value_or(0) : 0;
}

const PhotoFound* photo_of(const std::vector<PhotoFound>& photos, std::string_view field,
                           std::string_view sha) {
  auto found = std::ranges::find_if(photos, [&](const PhotoFound& photo) {
    return photo.field == field && photo.known.item["sha256"] == Json(sha);
  });
  return found == photos.end() ? nullptr : &*found;
}

bool is_same_file(const PhotoFound& a, const PhotoFound& b) {
  auto names = [](const PhotoFound& photo) {
    std::set<std::string> out{photo.known.item.text_or("sha256", "")};
    if (photo.known.item.has("original_sha256")) {
      out.insert(photo.known.item.text_or("original_sha256", ""));
    }
    return out;
  };
  std::set<std::string> of_a = names(a);
  return std::ranges::any_of(names(b),
                             [&](const std::string& name) { return of_a.contains(name); });
}

}  // namespace

Result<std::vector<PhotoFound>> find_photos(store::View& view, const records::Form& form,
                                            const Json& record, const EvidencePlace& place) {
  return Finder(view, form, record, place).find();
}

Result<std::vector<PairFound>> find_pairs(store::View& view, const records::Form& form,
                                          const Json& record,
                                          const std::vector<PhotoFound>& photos) {
  auto rows = TRY(view.query({"SELECT * FROM photo_pair WHERE form = ? AND record_id = ?",
                              {form.id, record.text_or("id", "")}}));
  std::map<std::string, PairFound> best;  // by after
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    PairFound pair{.before = row.text("photo_before"),
                   .after = row.text("photo_after"),
                   .state = row.text("state"),
                   .box_by = row.text("box_by")};
    const PhotoFound* before = photo_of(photos, kBeforeField, pair.before);
    const PhotoFound* after = photo_of(photos, kAfterField, pair.after);
    bool is_film =
        before && after &&
        (before->known.kind.starts_with("video/") || after->known.kind.starts_with("video/"));
    if (before == nullptr || after == nullptr || is_film) continue;
    pair.box = TRY(parse_json(row.text("box")));
    pair.result = TRY(parse_json(row.text("result")));
    pair.is_same_file = is_same_file(*before, *after);
    pair.verdict = ehs::judge_pair(pair.result, pair.is_same_file);
    auto [entry, is_new] = best.try_emplace(pair.after, pair);
    // A pair that a person drew a box in is the one that people talk about.
    bool is_marked = !pair.box_by.empty();
    bool was_marked = !entry->second.box_by.empty();
    bool is_better = is_marked != was_marked ? is_marked : rank_of(pair) > rank_of(entry->second);
    if (!is_new && is_better) entry->second = std::move(pair);
  }
  std::vector<PairFound> out;
  for (const PhotoFound& photo : photos) {
    if (photo.field != kAfterField) continue;
    auto found = best.find(photo.known.item.text_or("sha256", ""));
    if (found != best.end()) out.push_back(found->second);
  }
  return out;
}

Result<bool> is_evidence_doubtful(store::View& view, const records::Form& form, RecordId id) {
  Json record = TRY(records::read_whole(view, form, id));
  auto photos = TRY(find_photos(view, form, record, {}));
  for (const PhotoFound& photo : photos) {
    bool is_waiting = photo.judgement.badge == ehs::Badge::Pending ||
                      photo.known.look == ehs::PhotoCase::Look::Waiting;
    if (photo.judgement.badge == ehs::Badge::Red || is_waiting) return true;
  }
  auto pairs = TRY(find_pairs(view, form, record, photos));
  return std::ranges::any_of(pairs, [](const PairFound& pair) {
    bool is_unseen = pair.state == "absent" && !pair.is_same_file;
    return !is_unseen && (pair.state != "done" || pair.verdict != ehs::Verdict::Good);
  });
}

}  // namespace anlan::engine
