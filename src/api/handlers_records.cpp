#include "api/handlers.h"
#include "api/static_files.h"
#include "core/text.h"
#include "engine/answers.h"
#include "engine/evidence.h"

namespace anlan::api {
namespace {

std::string_view param(const Call& call, std::string_view name) {
  auto found = call.params.find(name);
  return found == call.params.end() ? std::string_view{} : found->second;
}

std::string query_text(const Call& call, std::string_view name) {
  auto found = call.query.find(name);
  return found == call.query.end() ? std::string{} : found->second;
}

// An id that is none is told like one that is not there.
Result<RecordId> record_id(const Call& call) {
  Result<RecordId> id = RecordId::parse(param(call, "id"));
  if (!id) return refuse(ErrorCode::NotFound, "not an id");
  return *id;
}

Result<std::string> digest(const Call& call) {
  std::string text(param(call, "sha256"));
  bool is_hex = text.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (text.size() != 64 || !is_hex) return refuse(ErrorCode::BadField, "not a hash", "sha256");
  return text;
}

Result<engine::Wish> wish_of(const Call& call) {
  engine::Wish wish;
  if (call.query.contains("limit")) {
    int64_t count = TRY(query_number(call, "limit"));
    if (count < 1 || count > static_cast<int64_t>(limits::kPageRowsMax)) {
      return refuse(ErrorCode::BadField, "1 to 200", "limit");
    }
    wish.count = static_cast<std::size_t>(count);
  }
  if (call.query.contains("filter")) {
    Result<Json> filter = parse_json(query_text(call, "filter"));
    if (!filter) return refuse(ErrorCode::BadJson, filter.error().detail, "filter");
    wish.filter = TRY(parse_filter(*filter));
  }
  if (call.query.contains("sort")) wish.sort = query_text(call, "sort");
  wish.search = query_text(call, "q");
  wish.cursor = query_text(call, "cursor");
  return wish;
}

Answer json_text(std::string text) {
  return {.headers = {{"Cache-Control", "no-store"}}, .body = std::move(text)};
}

}  // namespace

std::string_view file_type(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xD8\xFF")) return "image/jpeg";
  if (bytes.starts_with("\x89PNG\r\n\x1A\n")) return "image/png";
  bool is_riff = bytes.starts_with("RIFF") && bytes.size() >= 12;
  if (is_riff && bytes.substr(8, 4) == "WEBP") return "image/webp";
  if (bytes.starts_with("%PDF-")) return "application/pdf";
  if (bytes.starts_with("\x1A\x45\xDF\xA3")) return "video/webm";
  if (bytes.size() >= 12 && bytes.substr(4, 4) == "ftyp") return "video/mp4";
  return "application/octet-stream";
}

namespace handle {

Result<Json> forms(Services& at, const Call& call) { return at.engine.forms(call.by); }

Result<Json> form(Services& at, const Call& call) {
  return at.engine.form(call.by, param(call, "form"));
}

Result<Answer> list_records(Services& at, const Call& call) {
  engine::Wish wish = TRY(wish_of(call));
  wish.has_total = query_text(call, "total") == "true";
  return json_text(TRY(engine::list_text(at.engine, call.by, param(call, "form"), wish)));
}

Result<engine::What> create_record(Services&, const Call& call) {
  engine::CreateRecord what{.form = std::string(param(call, "form")),
                            .fields = call.body["fields"],
                            .chosen = call.body["chosen"]};
  if (call.body.has("id")) what.id = TRY(RecordId::parse(call.body["id"].as_text()));
  return what;
}

Result<Json> count_records(Services& at, const Call& call) {
  std::string field = query_text(call, "by");
  if (field.empty()) return refuse(ErrorCode::MissingField, "", "by");
  return at.engine.count_records(call.by, param(call, "form"), field, TRY(wish_of(call)));
}

Result<Answer> record(Services& at, const Call& call) {
  RecordId id = TRY(record_id(call));
  return json_text(TRY(engine::record_text(at.engine, call.by, param(call, "form"), id)));
}

Result<engine::What> update_record(Services&, const Call& call) {
  return engine::UpdateRecord{.form = std::string(param(call, "form")),
                              .id = TRY(record_id(call)),
                              .version = call.body.int_or("version", 0),
                              .fields = call.body["fields"]};
}

Result<Json> history(Services& at, const Call& call) {
  return at.engine.history(call.by, param(call, "form"), TRY(record_id(call)));
}

Result<Json> timeline(Services& at, const Call& call) {
  return at.engine.timeline(call.by, param(call, "form"), TRY(record_id(call)));
}

Result<Answer> proof(Services& at, const Call& call) {
  RecordId id = TRY(record_id(call));
  Json proof = TRY(at.engine.proof(call.by, param(call, "form"), id));
  Answer answer = json_answer(proof);
  std::string name = encode_percent(param(call, "form")) + "-" + id.text() + ".anlan-proof.json";
  answer.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + "\"");
  return answer;
}

Result<Answer> file(Services& at, const Call& call) {
  std::string sha256 = TRY(digest(call));
  RecordId id = TRY(record_id(call));
  std::string_view form = param(call, "form");
  bool is_small = query_text(call, "size") == "thumb";
  Answer answer;
  if (is_small) answer.body = TRY(engine::thumbnail_of(at.engine, call.by, form, id, sha256));
  else answer.body = TRY(at.engine.file(call.by, form, id, sha256));
  answer.type = file_type(answer.body);
  // A paper is kept, not shown: no page of ours runs what stands in it.
  bool is_paper = answer.type == "application/pdf";
  std::string name = "attachment; filename=\"" + sha256.substr(0, 12) + ".pdf\"";
  answer.headers = {{"Cache-Control", "private, max-age=31536000, immutable"},
                    {"Content-Disposition", is_paper ? name : "inline"},
                    {"ETag", "\"" + sha256 + (is_small ? "-thumb\"" : "\"")}};
  if (answer.type.starts_with("video/")) {  // players ask for parts
    answer.headers.emplace_back("Accept-Ranges", "bytes");
    cut_range(answer, call.request);
  }
  return answer;
}

Result<engine::What> comment(Services&, const Call& call) {
  return engine::CommentRecord{.form = std::string(param(call, "form")),
                               .id = TRY(record_id(call)),
                               .text = call.body.text_or("text", "")};
}

Result<engine::What> import_records(Services&, const Call& call) {
  return engine::ImportRecords{.form = std::string(param(call, "form")),
                               .rows = call.body["rows"],
                               .is_dry_run = call.body.bool_or("dry_run", false)};
}

Result<Json> put_blob(Services& at, const Call& call) {
  std::string sha256 = TRY(digest(call));
  int64_t offset = TRY(query_number(call, "offset"));
  int64_t total = TRY(query_number(call, "total"));
  return at.engine.put_blob(call.by, sha256, offset, total, call.request.body);
}

Result<Json> blob_state(Services& at, const Call& call) {
  return at.engine.blob_state(call.by, TRY(digest(call)));
}

}  // namespace handle
}  // namespace anlan::api
