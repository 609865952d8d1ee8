#include "engine/anonymous.h"

#include <algorithm>
#include <array>

#include "core/hash.h"
#include "core/text.h"
#include "engine/engine.h"
#include "engine/evidence.h"
#include "engine/thread.h"
#include "engine/uploads.h"

namespace anlan::engine {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford
constexpr std::size_t kCodeChars = 16;
constexpr std::size_t kTypedMax = 64;

struct Found {
  std::unique_ptr<store::View> view;
  AnonymousRecord at;
  const records::Form* form = nullptr;
  Json record;
};

Result<Found> find(Engine& engine, std::string_view code) {
  Found found{.view = TRY(engine.database().snapshot())};
  found.at = TRY(find_report(*found.view, code));
  found.form = engine.packs().forms.find(found.at.form);
  if (found.form == nullptr) return refuse(ErrorCode::NotFound);
  found.record = TRY(records::read_whole(*found.view, *found.form, found.at.id));
  return found;
}

LocalText state_name(const records::Form& form, const std::string& state) {
  for (const auto& [word, text] : form.states) {
    if (word == state) return text;
  }
  return {state, state};
}

Json hashes_of(store::View& view, const AnonymousRecord& at, const Json& photos) {
  Json list = Json::array();
  if (!photos.is_array()) return list;
  for (const Json& photo : photos.as_array()) {
    std::string sha = photo.text_or("sha256", "");
    if (has_arrived(view, at.form, at.id, sha).value_or(false)) list.push(sha);
  }
  return list;
}

// When it came into which state: what a reporter wants to know, and names nobody.
Result<Json> steps_of(const Found& found) {
  access::FieldModes modes;
  modes.named["state"] = access::FieldMode::Read;
  Json rows = TRY(records::history(*found.view, *found.form, found.at.id, modes));
  Json steps = Json::array();
  for (const Json& row : rows.as_array()) {
    if (row["field"] != Json("state") || !row["after"].is_text()) continue;
    LocalText name = state_name(*found.form, row["after"].as_text());
    steps.push(Json::object({{"at", row["at"]}, {"zh", name.zh}, {"en", name.en}}));
  }
  return steps;
}

// The decider is asked without writing what it answers.
bool may_say_not_fixed(Engine& engine, const Found& found) {
  auto case_id = CaseId::parse(found.record.text_or("case_id", ""));
  if (!case_id) return false;
  IdMaker ids(engine.clock(), engine.random());
  flow::Around around{.view = *found.view,
                      .actor = access::anonymous().actor,
                      .now = engine.clock().now(),
                      .ids = ids,
                      .library = engine.packs().library};
  return flow::message(around, {.case_id = *case_id,
                                .name = "not_fixed",
                                .data = Json::object({{"text", ""}}),
                                .record = found.record})
      .has_value();
}

bool is_named(const Found& found, std::string_view sha256) {
  return std::ranges::any_of(found.form->fields, [&](const records::Field& field) {
    const Json& photos = found.record[field.key];
    if (field.kind != records::FieldKind::Photos || !photos.is_array()) return false;
    return std::ranges::any_of(photos.as_array(),
                               [&](const Json& photo) { return photo["sha256"] == Json(sha256); });
  });
}

Result<void> check_without_exif(Engine& engine, std::string_view sha256) {
  std::string bytes = TRY(engine.database().blobs().read(sha256));
  auto stripped = ehs::strip_exif(bytes);
  if (stripped && *stripped == bytes) return {};
  // Somebody may have brought the same file under his name: then it is his to keep.
  auto view = TRY(engine.database().snapshot());
  auto rows = TRY(view->query(
      {"SELECT uploader FROM file_info WHERE sha256 = ? LIMIT 1", {std::string(sha256)}}));
  if (rows.empty()) TRY(engine.database().blobs().drop(sha256));
  if (!stripped) return std::unexpected(stripped.error());
  return refuse(ErrorCode::BadField, "the photo still tells of its making", "exif");
}

}  // namespace

std::string new_report_code(Random& random) {
  std::array<uint8_t, kCodeChars> bytes{};
  random.fill(bytes);
  std::string code;
  for (uint8_t byte : bytes) code += kDigits[byte % kDigits.size()];
  return code;
}

std::string plain_code(std::string_view typed) {
  std::string code;
  for (char c : typed.substr(0, kTypedMax)) {
    if (c == ' ' || c == '-') continue;
    char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (upper == 'O') upper = '0';
    if (upper == 'I' || upper == 'L') upper = '1';
    if (!kDigits.contains(upper)) return {};
    code += upper;
  }
  return code.size() == kCodeChars ? code : std::string();
}

std::string code_hash(std::string_view typed) {
  return to_hex(sha256("anlan.anonymous/1\n" + plain_code(typed)));
}

Result<AnonymousRecord> find_report(store::View& view, std::string_view code) {
  if (plain_code(code).empty()) return refuse(ErrorCode::NotFound, {}, "code");
  auto rows = TRY(view.query(
      {"SELECT form, record_id FROM anonymous_code WHERE code_sha256 = ?", {code_hash(code)}}));
  if (rows.empty()) return refuse(ErrorCode::NotFound, {}, "code");
  return AnonymousRecord{rows[0].text("form"), TRY(RecordId::parse(rows[0].text("record_id")))};
}

Json without_traces(const records::Form& form, const Json& fields) {
  Json out = Json::object();
  if (!fields.is_object()) return fields;
  for (const auto& [name, value] : fields.as_object()) {
    const records::Field* field = form.find(name);
    bool is_position = field && field->kind == records::FieldKind::Position;
    if (is_position) continue;
    if (field == nullptr || field->kind != records::FieldKind::Photos || !value.is_array()) {
      out.set(name, value);
      continue;
    }
    Json photos = Json::array();
    for (const Json& photo : value.as_array()) {
      std::string title = "photo " + std::to_string(photos.as_array().size() + 1);
      photos.push(Json::object({{"sha256", photo["sha256"]}, {"name", title}}));
    }
    out.set(name, std::move(photos));
  }
  return out;
}

Result<Json> anonymous_thread(Engine& engine, std::string_view code) {
  Found found = TRY(find(engine, code));
  std::string state = found.record.text_or("state", "");
  LocalText name = state_name(*found.form, state);
  Json messages = TRY(messages_of(*found.view, found.at.form, found.at.id));
  Json steps = TRY(steps_of(found));
  return Json::object({{"number", found.record["number"]},
                       {"state", Json::object({{"id", state}, {"zh", name.zh}, {"en", name.en}})},
                       {"steps", std::move(steps)},
                       {"before", hashes_of(*found.view, found.at, found.record[kBeforeField])},
                       {"after", hashes_of(*found.view, found.at, found.record[kAfterField])},
                       {"messages", std::move(messages)},
                       {"may_say_not_fixed", may_say_not_fixed(engine, found)}});
}

Result<std::string> anonymous_file(Engine& engine, std::string_view code, std::string_view sha256) {
  Found found = TRY(find(engine, code));
  bool is_shown = false;
  for (std::string_view field : {kBeforeField, kAfterField}) {
    Json hashes = hashes_of(*found.view, found.at, found.record[field]);
    is_shown =
        is_shown || std::ranges::find(hashes.as_array(), Json(sha256)) != hashes.as_array().end();
  }
  if (!is_shown) return refuse(ErrorCode::NotFound);
  return engine.database().blobs().read(sha256);
}

Result<Json> put_anonymous_blob(Engine& engine, std::string_view code, const Chunk& chunk) {
  Found found = TRY(find(engine, code));
  bool is_here = TRY(has_arrived(*found.view, found.at.form, found.at.id, chunk.sha256));
  found.view.reset();
  if (!is_named(found, chunk.sha256)) return refuse(ErrorCode::NotFound, "not in the report");
  auto& blobs = engine.database().blobs();
  if (chunk.bytes.empty()) {  // asks how much is here, after a lost answer
    auto known = TRY(blobs.state(chunk.sha256));
    if (known.is_whole && !is_here) known = {};
    return Json::object({{"received", known.received}, {"whole", known.is_whole}});
  }
  auto state = TRY(blobs.put(chunk.sha256, chunk.offset, chunk.total, chunk.bytes));
  Json out = Json::object({{"received", state.received}, {"whole", state.is_whole}});
  if (!state.is_whole) return out;
  auto file = TRY(read_or_drop(blobs, chunk.sha256));
  TRY(check_without_exif(engine, chunk.sha256));
  file.claims = Json();
  out.set("kind", file.kind).set("width", file.width).set("height", file.height);
  TRY(engine.run({.by = access::anonymous(), .what = RegisterFile{std::move(file)}}));
  return out;
}

}  // namespace anlan::engine
