#include "records/files.h"

#include <algorithm>

#include "records/draft.h"
#include "records/filter_sql.h"
#include "records/row.h"
#include "records/values.h"

namespace anlan::records {

store::Change register_file(const FileInfo& file, Actor actor, Instant now) {
  store::Change change{.actor = actor,
                       .act = "file.register",
                       .subject_kind = "file",
                       .subject_id = file.sha256,
                       .at = now};
  change.rows.push_back({.table = "file_info",
                         .key = {{"sha256", file.sha256}, {"uploader", actor_text(actor)}},
                         .cells = {{"kind", file.kind},
                                   {"bytes", file.bytes},
                                   {"width", file.width},
                                   {"height", file.height},
                                   {"at", now.ns}}});
  change.files = {file.sha256};
  return change;
}

std::string uploader_text(const Actor& actor) { return actor_text(actor); }

Result<std::optional<FileInfo>> find_file(store::View& view, std::string_view sha256,
                                          const Actor& uploader) {
  auto rows =
      TRY(view.query({"SELECT sha256, kind, bytes, width, height FROM file_info"
                      " WHERE sha256 = ? AND uploader = ?",
                      {std::string(sha256), actor_text(uploader)}}));
  if (rows.empty()) return std::nullopt;
  store::Row row = rows[0];
  return FileInfo{.sha256 = row.text("sha256"),
                  .kind = row.text("kind"),
                  .bytes = row.int64("bytes"),
                  .width = row.int64("width"),
                  .height = row.int64("height")};
}

Result<bool> record_names_file(store::View& view, const Form& form, RecordId id,
                               std::string_view sha256, const access::FieldModes& modes) {
  std::vector<Shown> photos;
  for (const Field& field : form.fields) {
    bool is_open = field.kind == FieldKind::Photos && may_read(form, modes, field.key);
    if (is_open) photos.push_back({&field, false});
  }
  if (photos.empty()) return false;
  auto record = read_one(view, form, id, photos, {"1 = 1"});
  if (!record && record.error().code == ErrorCode::NotFound) return false;
  if (!record) return std::unexpected(std::move(record).error());
  return std::ranges::any_of(photos, [&](const Shown& shown) {
    std::vector<std::string> hashes = photo_hashes((*record)[shown.field->key]);
    return std::ranges::find(hashes, sha256) != hashes.end();
  });
}

}  // namespace anlan::records
