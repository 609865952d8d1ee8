#include "ehs/evidence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace anlan::ehs {
namespace {

constexpr double kEarthRadius_m = 6'371'000;
constexpr int64_t kSkewMax_ms = 4'000'000'000'000;  // a clock at 1970 in the year 2096

double number_of(const Json& object, std::string_view name, double otherwise) {
  const Json& value = object[name];
  return value.is_number() ? value.as_double().value_or(otherwise) : otherwise;
}

bool is_hash_or_empty(std::string_view text) {
  return text.empty() || (text.size() == 64 &&
                          text.find_first_not_of("0123456789abcdef") == std::string_view::npos);
}

class Judge {
 public:
  Judge(const PhotoCase& photo, const EvidenceRules& rules) : photo_(photo), rules_(rules) {}

  Judgement judge() {
    const Json& item = photo_.item;
    if (!photo_.is_arrived) add("not_arrived", Level::Info);
    judge_file();
    judge_uses();
    if (!item.has("manifest")) {
      add("unsigned", Level::Amber);
      judge_position(item["position"]);
    } else if (auto manifest = read_manifest(item["manifest"].as_text())) {
      judge_signature(*manifest);
      judge_names(*manifest);
      judge_chain(*manifest);
      judge_times(*manifest);
      judge_position(manifest->position);
      judge_source(*manifest);
      judge_exif(*manifest);
    } else {
      add("manifest_bad", Level::Red);
    }
    judge_look();
    return finish();
  }

 private:
  void add(std::string code, Level level, Json detail = {}) {
    out_.reasons.push_back({std::move(code), level, std::move(detail)});
  }

  bool is_video() const { return photo_.kind.starts_with("video/"); }

  void judge_file() {
    if (is_video() && !photo_.is_video_welcome) add("not_a_photo", Level::Red);
  }

  void judge_uses() {
    auto has = [&](EarlierUse::How how) {
      return std::ranges::any_of(photo_.earlier,
                                 [&](const EarlierUse& use) { return use.how == how; });
    };
    if (has(EarlierUse::How::File)) add("reused_file", Level::Red);
    if (has(EarlierUse::How::Original)) add("reused_original", Level::Red);
    if (has(EarlierUse::How::Scene)) add("reused_scene", Level::Red);
  }

  void judge_signature(const Manifest& manifest) {
    if (!photo_.item.has("signature") || !photo_.item.has("device")) {
      add("unsigned", Level::Amber);
      return;
    }
    if (!photo_.key) return add("key_unknown", Level::Red);
    if (!photo_.is_signed) return add("signature_wrong", Level::Red);
    if (photo_.key->person != photo_.person) return add("key_foreign", Level::Red);
    // The phone's clock is no witness: whoever holds a lost phone can set it back. What comes long
    // after the key was revoked is judged by when it came.
    bool was_revoked = photo_.key->revoked_at && manifest.server_at >= *photo_.key->revoked_at;
    if (was_revoked) return add("key_revoked", Level::Red);
    bool is_after = photo_.key->revoked_at && photo_.received_at >= *photo_.key->revoked_at;
    if (is_after) add("key_revoked_since", Level::Amber);
  }

  void judge_names(const Manifest& manifest) {
    const Json& item = photo_.item;
    if (item.text_or("sha256", "") != manifest.photo) add("photo_mismatch", Level::Red);
    bool has_original = item.has("original_sha256");
    if (has_original && item.text_or("original_sha256", "") != manifest.original) {
      add("original_mismatch", Level::Red);
    }
    if (manifest.person != photo_.person) add("person_mismatch", Level::Red);
    if (item.has("device") && item.text_or("device", "") != manifest.device) {
      add("device_mismatch", Level::Red);
    }
    if (photo_.is_op_shared) add("op_shared", Level::Red);
    auto taken = parse_instant(item.text_or("taken_at", ""));
    if (taken && *taken != manifest.taken_at) add("time_mismatch", Level::Red);
    const Json& position = item["position"];
    if (position.is_null()) return;
    bool is_same = manifest.position.is_object() &&
                   number_of(position, "lat", 1000) == number_of(manifest.position, "lat", 2000) &&
                   number_of(position, "lon", 1000) == number_of(manifest.position, "lon", 2000);
    if (!is_same) add("position_mismatch", Level::Red);
  }

  void judge_chain(const Manifest& manifest) {
    if (photo_.is_previous_shared) add("chain_fork", Level::Red);
    bool is_gap =
        manifest.previous.empty() ? !photo_.is_first_of_device : !photo_.is_previous_known;
    if (is_gap && !photo_.is_previous_shared) add("chain_gap", Level::Amber);
    bool runs_back = photo_.previous_taken_at &&
                     manifest.taken_at + rules_.step_back_max < *photo_.previous_taken_at;
    if (runs_back) add("time_backwards", Level::Amber);
  }

  void judge_times(const Manifest& manifest) {
    int64_t real_ms = (manifest.taken_at - manifest.server_at).to_milliseconds();
    int64_t skew_ms = std::max(std::abs(real_ms), std::abs(manifest.skew_ms));
    Duration ahead = manifest.server_at - photo_.received_at;
    skew_ms = std::max(skew_ms, ahead.to_milliseconds());
    if (skew_ms > rules_.skew_max.to_milliseconds()) {
      add("clock_skew", Level::Amber, Json::object({{"seconds", skew_ms / 1000}}));
    }
    Duration late = photo_.received_at - manifest.server_at;
    if (late > rules_.receipt_max) {
      add("late", Level::Amber, Json::object({{"hours", late.to_seconds() / 3600}}));
    }
  }

  void judge_position(const Json& position) {
    if (!position.is_object()) return add("position_missing", Level::Info);
    double accuracy_m = number_of(position, "accuracy_m", 0);
    if (accuracy_m > rules_.accuracy_max_m) {
      add("position_inaccurate", Level::Amber,
          Json::object({{"metres", static_cast<int64_t>(accuracy_m)}}));
    }
    auto age_s = static_cast<int64_t>(number_of(position, "age_s", 0));
    if (age_s > rules_.fix_age_max_s) {
      add("position_old", Level::Amber, Json::object({{"seconds", age_s}}));
    }
    if (!photo_.outside_m) return add("position_not_checked", Level::Info);
    if (*photo_.outside_m > accuracy_m + rules_.fence_slack_m) {
      add("position_outside", Level::Amber,
          Json::object({{"metres", static_cast<int64_t>(*photo_.outside_m)}}));
    }
  }

  void judge_source(const Manifest& manifest) {
    if (manifest.source == "gallery") add("gallery", Level::Amber);
    if (manifest.source == "unknown") add("source_unknown", Level::Info);
    if (manifest.place.empty()) return;
    bool is_here = std::ranges::find(photo_.places, manifest.place) != photo_.places.end();
    add(is_here ? "place_confirmed" : "place_other", is_here ? Level::Info : Level::Amber,
        Json::object({{"place", manifest.place}}));
  }

  void judge_exif(const Manifest& manifest) {
    std::string text = photo_.claims.text_or("taken_at", "");
    auto local =
        text.empty() ? Result<Instant>(refuse(ErrorCode::NotFound)) : parse_instant(text + "Z");
    if (local) {
      Duration gap = *local - (manifest.taken_at + photo_.zone);
      if (std::abs(gap.to_seconds()) > rules_.exif_gap_max.to_seconds()) {
        add("exif_time", Level::Amber,
            Json::object({{"minutes", std::abs(gap.to_seconds()) / 60}}));
      }
    }
    if (!photo_.claims.has("lat") || !manifest.position.is_object()) return;
    double away_m =
        ground_m(number_of(photo_.claims, "lat", 0), number_of(photo_.claims, "lon", 0),
                 number_of(manifest.position, "lat", 0), number_of(manifest.position, "lon", 0));
    if (away_m > rules_.exif_gap_max_m + number_of(manifest.position, "accuracy_m", 0)) {
      add("exif_place", Level::Amber, Json::object({{"metres", static_cast<int64_t>(away_m)}}));
    }
  }

  void judge_look() {
    if (is_video() || !photo_.is_arrived) return;
    if (photo_.look == PhotoCase::Look::Absent) add("vision_absent", Level::Info);
    if (photo_.look == PhotoCase::Look::Waiting) add("vision_waiting", Level::Info);
    if (photo_.look == PhotoCase::Look::Failed) add("vision_failed", Level::Info);
  }

  Judgement finish() {
    for (const Reason& reason : out_.reasons) {
      if (reason.level == Level::Red) out_.badge = Badge::Red;
      if (reason.level == Level::Amber) out_.badge = worse(out_.badge, Badge::Amber);
    }
    if (!photo_.is_arrived) out_.badge = worse(out_.badge, Badge::Pending);
    std::ranges::stable_sort(out_.reasons, [](const Reason& a, const Reason& b) {
      return static_cast<int>(a.level) > static_cast<int>(b.level);
    });
    return std::move(out_);
  }

  const PhotoCase& photo_;
  const EvidenceRules& rules_;
  Judgement out_;
};

// In this order and nothing else: one manifest has one spelling.
constexpr std::array<std::string_view, 13> kMembers{
    "v",        "op",        "original", "photo",  "person",   "device", "previous",
    "taken_at", "server_at", "skew_ms",  "source", "position", "place"};
constexpr std::array<std::string_view, 4> kPositionMembers{"lat", "lon", "accuracy_m", "age_s"};

bool is_position_or_null(const Json& value) {
  if (value.is_null()) return true;
  if (!value.is_object() || value.as_object().size() != kPositionMembers.size()) return false;
  for (std::size_t i = 0; i < kPositionMembers.size(); ++i) {
    const auto& [name, part] = value.as_object()[i];
    if (name != kPositionMembers[i] || !part.is_number()) return false;
  }
  return std::abs(number_of(value, "lat", 91)) <= 90 &&
         std::abs(number_of(value, "lon", 181)) <= 180 && number_of(value, "accuracy_m", -1) >= 0 &&
         number_of(value, "accuracy_m", -1) <= 4.1e7 && number_of(value, "age_s", -1) >= 0 &&
         number_of(value, "age_s", -1) <= 1e9;
}

}  // namespace

std::string_view level_text(Level level) {
  if (level == Level::Red) return "red";
  return level == Level::Amber ? "amber" : "info";
}

std::string_view badge_text(Badge badge) {
  switch (badge) {
    case Badge::Green: return "green";
    case Badge::Amber: return "amber";
    case Badge::Red: return "red";
    case Badge::Pending: return "pending";
  }
  return "red";
}

Badge worse(Badge a, Badge b) {
  auto rank = [](Badge badge) {
    constexpr std::array kRising{Badge::Green, Badge::Amber, Badge::Pending, Badge::Red};
    return std::ranges::find(kRising, badge) - kRising.begin();
  };
  return rank(a) >= rank(b) ? a : b;
}

Judgement judge(const PhotoCase& photo, const EvidenceRules& rules) {
  return Judge(photo, rules).judge();
}

std::optional<Manifest> read_manifest(std::string_view text) {
  auto json = parse_json(text, limits::kManifestBytesMax);
  if (!json || !json->is_object() || write_json(*json) != text) return std::nullopt;
  constexpr std::size_t kCount = kMembers.size();
  const Json::Object& members = json->as_object();
  if (members.size() != kCount || (*json)["v"] != Json(1)) return std::nullopt;
  for (std::size_t i = 0; i < kCount; ++i) {
    if (members[i].first != kMembers[i]) return std::nullopt;
    bool is_number = kMembers[i] == "v" || kMembers[i] == "skew_ms";
    if (kMembers[i] == "position") continue;
    if (is_number ? !members[i].second.as_int64() : !members[i].second.is_text()) {
      return std::nullopt;
    }
  }
  Manifest out{.op = json->text_or("op", ""),
               .original = json->text_or("original", ""),
               .photo = json->text_or("photo", ""),
               .person = json->text_or("person", ""),
               .device = json->text_or("device", ""),
               .previous = json->text_or("previous", ""),
               .source = json->text_or("source", ""),
               .place = json->text_or("place", ""),
               .skew_ms = json->int_or("skew_ms", 0),
               .position = (*json)["position"]};
  auto taken_at = parse_instant(json->text_or("taken_at", ""));
  auto server_at = parse_instant(json->text_or("server_at", ""));
  bool is_source = out.source == "camera" || out.source == "gallery" || out.source == "unknown";
  bool is_whole = taken_at && server_at && is_source && is_hash_or_empty(out.previous) &&
                  std::abs(out.skew_ms) < kSkewMax_ms && is_position_or_null(out.position);
  if (!is_whole) return std::nullopt;
  out.taken_at = *taken_at;
  out.server_at = *server_at;
  return out;
}

double ground_m(double lat_a, double lon_a, double lat_b, double lon_b) {
  constexpr double kDegree = std::numbers::pi / 180;
  double across = (lon_b - lon_a) * kDegree * std::cos((lat_a + lat_b) / 2 * kDegree);
  return kEarthRadius_m * std::hypot((lat_b - lat_a) * kDegree, across);
}

std::string_view verdict_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::Good: return "good";
    case Verdict::Recheck: return "recheck";
    case Verdict::Reupload: return "reupload";
    case Verdict::Unclear: return "unclear";
  }
  return "unclear";
}

Verdict judge_pair(const Json& result, bool is_same_file, const EvidenceRules& rules) {
  if (is_same_file || result.bool_or("is_reupload", false)) return Verdict::Reupload;
  if (number_of(result, "same_scene", 0) < rules.same_scene_min) return Verdict::Unclear;
  if (number_of(result, "context", 0) < rules.context_min) return Verdict::Recheck;
  return Verdict::Good;
}

}  // namespace anlan::ehs
