// Rows about photos: when they are named and when they arrive.

#include "engine/evidence.h"

#include <algorithm>
#include <set>

#include "core/hash.h"
#include "core/text.h"

namespace anlan::engine {
namespace {

using Kind = store::RowChange::Kind;

// What the manifest says goes into columns as it stands; whether it is true is asked later.
store::RowChange evidence_row(const EvidenceDesk& desk, const std::string& form,
                              const std::string& record, const std::string& field,
                              const Json& item) {
  std::string text = item.text_or("manifest", "");
  auto manifest = text.empty() ? std::nullopt : ehs::read_manifest(text);
  store::Value taken_at;
  if (manifest) taken_at = manifest->taken_at.ns;
  return {.kind = Kind::Insert,
          .table = "evidence",
          .key = {{"form", form},
                  {"record_id", record},
                  {"field", field},
                  {"sha256", item.text_or("sha256", "")}},
          .cells = {{"uploader", records::uploader_text(desk.actor)},
                    {"received_at", desk.now.ns},
                    {"original", item.text_or("original_sha256", "")},
                    {"device", item.text_or("device", "")},
                    {"manifest", manifest ? to_hex(sha256(text)) : std::string()},
                    {"previous", manifest ? manifest->previous : std::string()},
                    {"op", manifest ? manifest->op : std::string()},
                    {"taken_at", std::move(taken_at)}}};
}

Result<void> note_use_of_key(const EvidenceDesk& desk, const std::set<std::string>& devices,
                             store::Change& change) {
  for (const std::string& device : devices) {
    auto rows = TRY(desk.view.query({"SELECT version FROM device_key WHERE id = ?", {device}}));
    if (rows.empty()) continue;
    change.rows.push_back({.kind = Kind::Update,
                           .table = "device_key",
                           .key = {{"id", device}},
                           .cells = {{"last_used_at", desk.now.ns}},
                           .version = rows[0].int64("version")});
  }
  return {};
}

std::vector<std::string> first_hashes(const Json& photos) {
  std::vector<std::string> hashes;
  if (!photos.is_array()) return hashes;
  for (const Json& photo : photos.as_array()) {
    if (hashes.size() < kPairSideMax) hashes.push_back(photo.text_or("sha256", ""));
  }
  return hashes;
}

Result<bool> is_video(store::View& view, const std::string& sha256) {
  auto rows = TRY(view.query({"SELECT kind FROM photo WHERE sha256 = ?", {sha256}}));
  return !rows.empty() && rows[0].text("kind").starts_with("video/");
}

Result<void> note_pairs(const EvidenceDesk& desk, const std::string& form, const Json& record,
                        store::Change& change) {
  std::vector<std::string> befores = first_hashes(record[kBeforeField]);
  std::vector<std::string> afters = first_hashes(record[kAfterField]);
  std::string id = record.text_or("id", "");
  auto rows = TRY(desk.view.query(
      {"SELECT photo_before, photo_after FROM photo_pair WHERE form = ? AND record_id = ?",
       {form, id}}));
  std::set<std::pair<std::string, std::string>> known;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    known.emplace(rows[i].text("photo_before"), rows[i].text("photo_after"));
  }
  for (const std::string& after : afters) {
    if (TRY(is_video(desk.view, after))) continue;
    for (const std::string& before : befores) {
      if (known.contains({before, after})) continue;
      change.rows.push_back(
          {.kind = Kind::Insert,
           .table = "photo_pair",
           .key = {{"form", form},
                   {"record_id", id},
                   {"photo_before", before},
                   {"photo_after", after}},
           .cells = {{"state", std::string(desk.has_vision ? "waiting" : "absent")},
                     {"box", std::string("null")},
                     {"box_by", std::string()},
                     {"result", std::string("null")},
                     {"at", desk.now.ns},
                     {"version", int64_t{1}}}});
    }
  }
  return {};
}

// Most records have none: they must not pay for it.
bool has_photos(const records::Form& form, const Json& record) {
  return std::ranges::any_of(form.fields, [&](const records::Field& field) {
    return field.kind == records::FieldKind::Photos && record[field.key].is_array();
  });
}

}  // namespace

Result<store::Change> note_photos(const EvidenceDesk& desk, const records::Form& form,
                                  const Json& record) {
  std::string id = record.text_or("id", "");
  store::Change change{.actor = desk.actor,
                       .act = form.id + ".evidence",
                       .subject_kind = form.id,
                       .subject_id = id,
                       .at = desk.now};
  if (!has_photos(form, record)) return change;
  auto rows = TRY(desk.view.query(
      {"SELECT field, sha256 FROM evidence WHERE form = ? AND record_id = ?", {form.id, id}}));
  std::set<std::pair<std::string, std::string>> known;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    known.emplace(rows[i].text("field"), rows[i].text("sha256"));
  }
  std::set<std::string> devices;
  for (const records::Field& field : form.fields) {
    const Json& photos = record[field.key];
    if (field.kind != records::FieldKind::Photos || !photos.is_array()) continue;
    for (const Json& item : photos.as_array()) {
      std::string sha = item.text_or("sha256", "");
      if (known.contains({field.key, sha})) continue;
      store::RowChange row = evidence_row(desk, form.id, id, field.key, item);
      auto own = TRY(records::find_file(desk.view, sha, desk.actor));
      bool is_paper = own && own->kind == kPaper;
      if (is_paper) return refuse(ErrorCode::BadImage, "no photo", field.key);
      if (own) row.cells.push_back({"arrived_at", desk.now.ns});
      change.rows.push_back(std::move(row));
      if (item.has("device")) devices.insert(item.text_or("device", ""));
    }
  }
  TRY(note_use_of_key(desk, devices, change));
  TRY(note_pairs(desk, form.id, record, change));
  return change;
}

Result<void> note_arrival(const EvidenceDesk& desk, const records::FileInfo& file,
                          store::Change& change) {
  auto known = TRY(desk.view.query({"SELECT sha256 FROM photo WHERE sha256 = ?", {file.sha256}}));
  bool is_paper = file.kind == kPaper;
  bool is_photo = file.kind.starts_with("image/");
  std::string look = !is_photo ? "done" : desk.has_vision ? "waiting" : "absent";
  if (known.empty() && !is_paper) {
    Json claims = file.claims.is_null() ? Json::object() : file.claims;
    change.rows.push_back({.kind = Kind::Insert,
                           .table = "photo",
                           .key = {{"sha256", file.sha256}},
                           .cells = {{"kind", file.kind},
                                     {"width", file.width},
                                     {"height", file.height},
                                     {"claims", write_json(claims)},
                                     {"look", std::move(look)},
                                     {"facts", std::string("{}")},
                                     {"thumbnail", std::string()},
                                     {"at", desk.now.ns},
                                     {"version", int64_t{1}}}});
  }
  auto rows = TRY(desk.view.query(
      {"SELECT form, record_id, field FROM evidence WHERE sha256 = ? AND uploader = ? AND "
       "arrived_at IS NULL",
       {file.sha256, records::uploader_text(desk.actor)}}));
  if (is_paper && !rows.empty()) return refuse(ErrorCode::BadImage, "no photo");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::string form = rows[i].text("form");
    std::string record = rows[i].text("record_id");
    change.rows.push_back({.kind = Kind::Update,
                           .table = "evidence",
                           .key = {{"form", form},
                                   {"record_id", record},
                                   {"field", rows[i].text("field")},
                                   {"sha256", file.sha256}},
                           .cells = {{"arrived_at", desk.now.ns}}});
    // Who looks at the record sees that its photo has come.
    change.events.push_back(
        {form, Json::object({{"form", form}, {"id", record}, {"what", "evidence"}})});
  }
  return {};
}

// Records from before there was evidence named only files that were here.
Result<bool> has_arrived(store::View& view, std::string_view form, RecordId id,
                         std::string_view sha256) {
  auto rows = TRY(
      view.query({"SELECT arrived_at FROM evidence WHERE form = ? AND record_id = ? AND sha256 = ?",
                  {std::string(form), id.text(), std::string(sha256)}}));
  if (rows.empty()) return true;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].is_null("arrived_at")) return true;
  }
  return false;
}

}  // namespace anlan::engine
