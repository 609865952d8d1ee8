// Device keys, and what is known of photos.

#include <algorithm>

#include "engine/device_key.h"
#include "engine/execute.h"
#include "engine/read.h"

namespace anlan::engine {
namespace {

using Kind = store::RowChange::Kind;

constexpr std::size_t kDevicesMax = 20;  // keys of one person that are not revoked
constexpr std::size_t kDeviceNameCharsMax = 80;
constexpr std::size_t kReusedMax = 20;
constexpr std::size_t kPrintBytesMax = 16 << 10;

bool is_part(double value) { return value >= 0 && value <= 1; }

Result<void> check_box(const MarkBox& what) {
  bool is_box = is_part(what.x) && is_part(what.y) && is_part(what.width) && is_part(what.height) &&
                what.width > 0 && what.height > 0 && what.x + what.width <= 1.0001 &&
                what.y + what.height <= 1.0001;
  if (!is_box) return refuse(ErrorCode::BadField, "a box lies inside the photo", "width");
  return {};
}

// Both ways, so that each finds the other, whichever was looked at last.
Result<void> add_reuses(store::View& view, const std::string& sha256, const Json& others,
                        store::Change& change) {
  if (!others.is_array()) return {};
  std::size_t count = 0;
  for (const Json& other : others.as_array()) {
    if (!other.is_text() || other.as_text() == sha256 || ++count > kReusedMax) continue;
    for (const auto& [from, to] :
         {std::pair(sha256, other.as_text()), std::pair(other.as_text(), sha256)}) {
      auto known = TRY(view.query(
          {"SELECT sha256 FROM photo_reuse WHERE sha256 = ? AND other = ?", {from, to}}));
      if (!known.empty()) continue;
      change.rows.push_back(
          {.kind = Kind::Insert, .table = "photo_reuse", .key = {{"sha256", from}, {"other", to}}});
    }
  }
  return {};
}

}  // namespace

Result<Json> Execution::execute(const RegisterDevice& what) {
  std::string id = TRY(device_key_id(what.key));
  std::string person = command_->by.person.text();
  auto known =
      TRY(transaction_.query({"SELECT person, revoked_at FROM device_key WHERE id = ?", {id}}));
  if (!known.empty()) {
    if (!known[0].is_null("revoked_at")) return refuse(ErrorCode::DeviceRevoked, {}, "key");
    // A phone that changed hands needs a new key: what the old one signed stays its owner's.
    if (known[0].text("person") != person) return refuse(ErrorCode::Duplicate, {}, "key");
    return Json::object({{"id", id}});
  }
  std::string name(trim(what.name));
  bool is_name = is_utf8(name) && !name.empty() && count_chars(name) <= kDeviceNameCharsMax &&
                 std::ranges::none_of(name, [](char c) { return c >= 0 && c < 0x20; });
  if (!is_name) return refuse(ErrorCode::BadField, {}, "name");
  auto own = TRY(transaction_.query(
      {"SELECT id FROM device_key WHERE person = ? AND revoked_at IS NULL", {person}}));
  if (own.size() >= kDevicesMax) return refuse(ErrorCode::LimitReached, "revoke one first");
  store::Change change{.actor = command_->by.actor,
                       .act = "device.register",
                       .subject_kind = "device",
                       .subject_id = id,
                       .at = around_.now};
  change.rows.push_back({.kind = Kind::Insert,
                         .table = "device_key",
                         .key = {{"id", id}},
                         .cells = {{"person", person},
                                   {"name", name},
                                   {"key", what.key},
                                   {"created_at", around_.now.ns},
                                   {"revoked_reason", std::string()},
                                   {"version", int64_t{1}}}});
  TRY(transaction_.apply(change));
  return Json::object({{"id", id}});
}

Result<Json> Execution::execute(const RevokeDevice& what) {
  auto rows = TRY(transaction_.query(
      {"SELECT person, revoked_at, version FROM device_key WHERE id = ?", {what.id}}));
  bool is_own = !rows.empty() && rows[0].text("person") == command_->by.person.text();
  bool is_admin = require("people").has_value();
  if (rows.empty() || (!is_own && !is_admin)) return refuse(ErrorCode::NotFound);
  if (!rows[0].is_null("revoked_at")) return Json::object();
  store::Change change{.actor = command_->by.actor,
                       .act = "device.revoke",
                       .subject_kind = "device",
                       .subject_id = what.id,
                       .at = around_.now};
  change.rows.push_back({.kind = Kind::Update,
                         .table = "device_key",
                         .key = {{"id", what.id}},
                         .cells = {{"revoked_at", around_.now.ns}, {"revoked_reason", what.reason}},
                         .version = rows[0].int64("version")});
  TRY(transaction_.apply(change));
  return Json::object();
}

Result<Json> Execution::execute(const MarkBox& what) {
  const records::Form* form = TRY(form_of(what.form));
  Reader reader(transaction_, around_.packs, around_.now);
  auto reach = TRY(reader.reach(command_->by, *form, what.id, access::Action::Read));
  TRY(records::read(transaction_, *form, what.id, reach.scope, reach.modes));
  bool may_press = TRY(reader.may_press(command_->by, *form, what.id, "comment"));
  if (!may_press && !reach.holds_task) return refuse(ErrorCode::Forbidden, "no right to comment");
  TRY(check_box(what));
  auto rows = TRY(transaction_.query(
      {"SELECT version FROM photo_pair WHERE form = ? AND record_id = ? AND photo_before = ? AND "
       "photo_after = ?",
       {form->id, what.id.text(), what.before, what.after}}));
  if (rows.empty()) return refuse(ErrorCode::NotFound, "no such pair");
  Json box =
      Json::object({{"x", what.x}, {"y", what.y}, {"width", what.width}, {"height", what.height}});
  store::Change change{.actor = command_->by.actor,
                       .act = form->id + ".box",
                       .subject_kind = form->id,
                       .subject_id = what.id.text(),
                       .at = around_.now};
  change.rows.push_back(
      {.kind = Kind::Update,
       .table = "photo_pair",
       .key = {{"form", form->id},
               {"record_id", what.id.text()},
               {"photo_before", what.before},
               {"photo_after", what.after}},
       .cells = {{"box", write_json(box)},
                 {"box_by", command_->by.person.text()},
                 {"state", std::string(around_.config.has_vision ? "waiting" : "absent")},
                 {"at", around_.now.ns}},
       .version = rows[0].int64("version")});
  TRY(transaction_.apply(change));
  return Json::object();
}

// facts: {"width","height","sharpness","darkness","reused":[sha256]} or {"error":code}.
Result<Json> Execution::execute(const NotePhoto& what) {
  if (command_->by.actor.kind != Actor::Kind::System) return refuse(ErrorCode::Forbidden);
  if (what.print.size() > kPrintBytesMax) return refuse(ErrorCode::TooLarge, {}, "print");
  auto rows =
      TRY(transaction_.query({"SELECT look, version FROM photo WHERE sha256 = ?", {what.sha256}}));
  store::Change change{.actor = command_->by.actor,
                       .act = "photo.look",
                       .subject_kind = "file",
                       .subject_id = what.sha256,
                       .at = around_.now};
  bool is_seen = !what.facts.has("error");
  std::vector<store::Cell> cells = {{"look", std::string(is_seen ? "done" : "failed")},
                                    {"facts", write_json(what.facts)},
                                    {"thumbnail", what.thumbnail},
                                    {"at", around_.now.ns}};
  if (rows.empty()) {
    // A photo of a time before there were eyes.
    cells.push_back({"kind", what.facts.text_or("kind", "image/jpeg")});
    cells.push_back({"width", what.facts.int_or("width", 0)});
    cells.push_back({"height", what.facts.int_or("height", 0)});
    cells.push_back({"claims", std::string("{}")});
    cells.push_back({"version", int64_t{1}});
  }
  change.rows.push_back({.kind = rows.empty() ? Kind::Insert : Kind::Update,
                         .table = "photo",
                         .key = {{"sha256", what.sha256}},
                         .cells = std::move(cells)});
  if (!rows.empty()) change.rows.back().version = rows[0].int64("version");
  auto printed =
      TRY(transaction_.query({"SELECT sha256 FROM photo_print WHERE sha256 = ?", {what.sha256}}));
  if (!what.print.empty()) {
    change.rows.push_back({.kind = printed.empty() ? Kind::Insert : Kind::Update,
                           .table = "photo_print",
                           .key = {{"sha256", what.sha256}},
                           .cells = {{"print", store::Blob{what.print}}},
                           .is_private = true});
  }
  TRY(add_reuses(transaction_, what.sha256, what.facts["reused"], change));
  TRY(transaction_.apply(change));
  return Json::object();
}

// result: docs/formats/evidence.md, with the `version` of the pair that was asked about.
Result<Json> Execution::execute(const NotePair& what) {
  if (command_->by.actor.kind != Actor::Kind::System) return refuse(ErrorCode::Forbidden);
  auto rows = TRY(transaction_.query(
      {"SELECT version FROM photo_pair WHERE form = ? AND record_id = ? AND photo_before = ? AND "
       "photo_after = ?",
       {what.form, what.id.text(), what.before, what.after}}));
  if (rows.empty()) return refuse(ErrorCode::NotFound);
  // Somebody drew another box meanwhile: the answer is to a question of yesterday.
  int64_t version = rows[0].int64("version");
  if (what.result.int_or("version", version) != version) return Json::object();
  bool is_seen = !what.result.has("error");
  store::Change change{.actor = command_->by.actor,
                       .act = what.form + ".pair",
                       .subject_kind = what.form,
                       .subject_id = what.id.text(),
                       .at = around_.now};
  change.rows.push_back({.kind = Kind::Update,
                         .table = "photo_pair",
                         .key = {{"form", what.form},
                                 {"record_id", what.id.text()},
                                 {"photo_before", what.before},
                                 {"photo_after", what.after}},
                         .cells = {{"state", std::string(is_seen ? "done" : "failed")},
                                   {"result", write_json(what.result)},
                                   {"at", around_.now.ns}},
                         .version = version});
  change.events.push_back(
      {what.form,
       Json::object({{"form", what.form}, {"id", what.id.text()}, {"what", "evidence"}})});
  TRY(transaction_.apply(change));
  return Json::object();
}

}  // namespace anlan::engine
