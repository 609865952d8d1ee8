// Evidence as the pages show it.

#include <algorithm>

#include "engine/engine.h"
#include "engine/evidence.h"
#include "engine/read.h"

namespace anlan::engine {
namespace {

using access::Action;
using access::FieldMode;

struct Seen {
  const records::Form* form = nullptr;
  std::unique_ptr<store::View> view;
  Reach reach;
};

// The record as the caller reaches it; NotFound where he does not.
Result<Seen> reach_record(Engine& engine, const access::Subject& by, std::string_view form_id,
                          RecordId id) {
  Seen seen{.form = engine.packs().forms.find(form_id)};
  if (seen.form == nullptr) return refuse(ErrorCode::NotFound);
  seen.view = TRY(engine.database().snapshot());
  Reader reader(*seen.view, engine.packs(), engine.clock().now());
  seen.reach = TRY(reader.reach_to_see(by, *seen.form, id));
  bool is_visible = seen.reach.is_allowed && !seen.reach.is_brief &&
                    TRY(records::is_visible(*seen.view, *seen.form, id, seen.reach.scope));
  if (!is_visible) return refuse(ErrorCode::NotFound);
  return seen;
}

std::optional<Json> referred(store::View& view, const Packs& packs, std::string_view form_id,
                             const Json& id_text) {
  const records::Form* form = packs.forms.find(form_id);
  auto id = id_text.is_text() ? RecordId::parse(id_text.as_text())
                              : Result<RecordId>(refuse(ErrorCode::NotFound));
  if (form == nullptr || !id) return std::nullopt;
  auto record = records::read_whole(view, *form, *id);
  return record ? std::optional<Json>(std::move(*record)) : std::nullopt;
}

twin::Point middle_of(const std::vector<twin::Point>& outline) {
  twin::Box box = twin::box_around(outline);
  return twin::between(box.low, box.high, 0.5);
}

EvidencePlace place_of(Engine& engine, store::View& view, const Json& record) {
  EvidencePlace place;
  auto shifted = parse_instant("1970-01-02T00:00:00" + engine.config().time_zone_offset);
  if (shifted) place.zone = Duration::days(1) - Duration{shifted->ns};
  auto device = referred(view, engine.packs(), "device", record["device"]);
  if (device) place.places.push_back(device->text_or("code", ""));
  auto area = referred(view, engine.packs(), "area", record["area"]);
  if (!area) return place;
  std::string code = area->text_or("code", "");
  place.places.push_back(code);
  auto plant = engine.sensing().plant();
  const twin::Zone* zone = plant->plan().find_zone(code);
  const Json& lat = (*area)["lat"];
  const Json& lon = (*area)["lon"];
  if (zone == nullptr || !lat.is_number() || !lon.is_number()) return place;
  place.outline = zone->outline;
  place.middle = middle_of(zone->outline);
  place.anchor = std::pair(lat.as_double().value_or(0), lon.as_double().value_or(0));
  return place;
}

class Shower {
 public:
  Shower(Engine& engine, const access::Subject& by, Seen& seen)
      : engine_(engine),
        by_(by),
        seen_(seen),
        reader_(*seen.view, engine.packs(), engine.clock().now()) {}

  Result<Json> show(RecordId id) {
    Json record = TRY(records::read_whole(*seen_.view, *seen_.form, id));
    EvidencePlace place = place_of(engine_, *seen_.view, record);
    auto found = TRY(find_photos(*seen_.view, *seen_.form, record, place));
    Json photos = Json::array();
    ehs::Badge worst = ehs::Badge::Green;
    for (const PhotoFound& photo : found) {
      if (!is_open(photo.field)) continue;
      worst = ehs::worse(worst, photo.judgement.badge);
      Json shown = TRY(show_photo(photo));
      photos.push(std::move(shown));
    }
    Json pairs = Json::array();
    bool are_open = is_open(kBeforeField) && is_open(kAfterField);
    auto pairs_found = TRY(find_pairs(*seen_.view, *seen_.form, record, found));
    for (const PairFound& pair : pairs_found) {
      if (!are_open) continue;
      bool is_judged = pair.state == "done" || pair.is_same_file;
      if (is_judged && pair.verdict == ehs::Verdict::Reupload) worst = ehs::Badge::Red;
      if (is_judged && pair.verdict != ehs::Verdict::Good) {
        worst = ehs::worse(worst, ehs::Badge::Amber);
      }
      pairs.push(show_pair(pair));
    }
    return Json::object({{"photos", std::move(photos)},
                         {"pairs", std::move(pairs)},
                         {"badge", ehs::badge_text(worst)},
                         {"threshold", ehs::EvidenceRules{}.context_min}});
  }

 private:
  bool is_open(std::string_view field) const {
    return seen_.reach.modes.of(field) >= FieldMode::Read;
  }

  Json text_of(const std::string& key, const Json& data) const {
    auto found = engine_.packs().texts.find(key);
    LocalText text = found == engine_.packs().texts.end() ? LocalText{key, key} : found->second;
    Json fill = data.is_object() ? data : Json::object();
    return Json::object({{"zh", fill_text(text.zh, fill)}, {"en", fill_text(text.en, fill)}});
  }

  Json show_reasons(const std::vector<ehs::Reason>& reasons) const {
    Json out = Json::array();
    for (const ehs::Reason& reason : reasons) {
      Json text = text_of("evidence.reason." + reason.code, reason.detail);
      Json detail = reason.detail.is_null() ? Json::object() : reason.detail;
      out.push(Json::object({{"code", reason.code},
                             {"level", ehs::level_text(reason.level)},
                             {"zh", text["zh"]},
                             {"en", text["en"]},
                             {"detail", std::move(detail)}}));
    }
    return out;
  }

  // Only records that the caller may see; that there are others the reason tells already.
  Result<Json> show_uses(const std::vector<OtherUse>& uses) {
    Json out = Json::array();
    for (const OtherUse& use : uses) {
      const records::Form* form = engine_.packs().forms.find(use.form);
      auto id = RecordId::parse(use.record);
      if (form == nullptr || !id) continue;
      auto reach = TRY(reader_.reach(by_, *form, *id, Action::Read));
      if (!reach.is_allowed) continue;
      auto record = records::read(*seen_.view, *form, *id, reach.scope, reach.modes);
      if (!record) continue;
      out.push(Json::object({{"form", use.form},
                             {"id", use.record},
                             {"number", (*record)["number"]},
                             {"sha256", use.sha256}}));
    }
    return out;
  }

  Result<Json> show_photo(const PhotoFound& photo) {
    const Json& item = photo.known.item;
    auto manifest = ehs::read_manifest(item.text_or("manifest", ""));
    Json reused = TRY(show_uses(photo.reused));
    std::string name = TRY(reader_.person_name(photo.person));
    Json taken_at = manifest ? Json(format_instant(manifest->taken_at)) : item["taken_at"];
    return Json::object({{"field", photo.field},
                         {"sha256", item["sha256"]},
                         {"badge", ehs::badge_text(photo.judgement.badge)},
                         {"reasons", show_reasons(photo.judgement.reasons)},
                         {"kind", photo.known.kind},
                         {"width", photo.width},
                         {"height", photo.height},
                         {"taken_at", std::move(taken_at)},
                         {"position", manifest ? manifest->position : item["position"]},
                         {"source", manifest ? manifest->source : std::string("unknown")},
                         {"device", item.text_or("device", "")},
                         {"person", photo.person},
                         {"person_name", std::move(name)},
                         {"received_at", format_instant(photo.received_at)},
                         {"reused", std::move(reused)}});
  }

  Json show_pair(const PairFound& pair) const {
    bool is_judged = pair.state == "done" || pair.is_same_file;
    std::string state = is_judged ? "done" : pair.state == "waiting" ? "waiting" : "failed";
    std::string key = is_judged ? std::string(ehs::verdict_text(pair.verdict)) : pair.state;
    Json text = text_of("evidence.pair." + key, {});
    Json box = pair.box.is_object() ? pair.box : pair.result["box"];
    if (box.is_object()) box.set("by", pair.box_by.empty() ? "proposed" : "person");
    auto number = [&](std::string_view name) {
      const Json& value = pair.result[name];
      return value.is_number() ? value : Json(0);
    };
    return Json::object({{"before", pair.before},
                         {"after", pair.after},
                         {"state", state},
                         {"same_scene", number("same_scene")},
                         {"context", number("context")},
                         {"changed", number("changed")},
                         {"is_reupload", is_judged && pair.verdict == ehs::Verdict::Reupload},
                         {"verdict", ehs::verdict_text(pair.verdict)},
                         {"box", std::move(box)},
                         {"registration", pair.result["homography"]},
                         {"zh", text["zh"]},
                         {"en", text["en"]}});
  }

  Engine& engine_;
  const access::Subject& by_;
  Seen& seen_;
  Reader reader_;
};

}  // namespace

Result<Json> evidence_of(Engine& engine, const access::Subject& by, std::string_view form,
                         RecordId id) {
  Seen seen = TRY(reach_record(engine, by, form, id));
  return Shower(engine, by, seen).show(id);
}

Result<std::string> thumbnail_of(Engine& engine, const access::Subject& by, std::string_view form,
                                 RecordId id, std::string_view sha256) {
  std::string whole = TRY(engine.file(by, form, id, sha256));  // whether he may
  auto view = TRY(engine.database().snapshot());
  auto rows =
      TRY(view->query({"SELECT thumbnail FROM photo WHERE sha256 = ?", {std::string(sha256)}}));
  if (rows.empty() || rows[0].text("thumbnail").empty()) return whole;
  auto small = engine.database().blobs().read(rows[0].text("thumbnail"));
  return small ? std::move(*small) : std::move(whole);
}

Result<Json> devices_of(Engine& engine, const access::Subject& by) {
  auto view = TRY(engine.database().snapshot());
  Reader reader(*view, engine.packs(), engine.clock().now());
  bool is_admin =
      engine.packs().policy.may(by, {.form = "people", .action = Action::Administer}).allowed;
  store::Sql sql{"SELECT * FROM device_key"};
  if (!is_admin) {
    sql.text += " WHERE person = ?";
    sql.params.emplace_back(by.person.text());
  }
  sql.text += " ORDER BY created_at DESC, id LIMIT 5000";
  auto rows = TRY(view->query(sql));
  Json list = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    auto time = [&](std::string_view column) {
      return row.is_null(column) ? Json() : Json(format_instant({row.int64(column)}));
    };
    std::string name = TRY(reader.person_name(row.text("person")));
    list.push(Json::object({{"id", row.text("id")},
                            {"name", row.text("name")},
                            {"person", row.text("person")},
                            {"person_name", std::move(name)},
                            {"created_at", time("created_at")},
                            {"revoked_at", time("revoked_at")},
                            {"revoked_reason", row.text("revoked_reason")},
                            {"last_used_at", time("last_used_at")}}));
  }
  return Json::object({{"rows", std::move(list)}});
}

}  // namespace anlan::engine
