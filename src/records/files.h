#pragma once
// Attachments. A photo field holds a list of
//   {"sha256","name","taken_at"?,"original_sha256"?,"position"?:{"lat","lon","accuracy_m"},
//    "manifest"?,"signature"?,"device"?}          (docs/formats/evidence.md)
// A new record may name files that are still under way; a change may not: every file that it
// brings was uploaded whole and registered by the same person.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "access/access.h"
#include "core/actor.h"
#include "records/form.h"
#include "store/store.h"

namespace anlan::records {

struct FileInfo {
  std::string sha256;
  std::string kind;  // "image/jpeg", "image/png", "image/webp", "video/mp4", "video/webm"
  int64_t bytes = 0;
  int64_t width = 0;
  int64_t height = 0;
  Json claims{};  // what the file says of its making: {"taken_at","lat","lon"}; not in file_info
};

// Notes who brought a whole, checked file (table file_info, key sha256 + uploader).
store::Change register_file(const FileInfo& file, Actor actor, Instant now);
Result<std::optional<FileInfo>> find_file(store::View& view, std::string_view sha256,
                                          const Actor& uploader);
// How an actor stands in `uploader`: the person's id, or the actor's kind.
std::string uploader_text(const Actor& actor);
// True when the record names this file in a field that `modes` lets the caller read.
Result<bool> record_names_file(store::View& view, const Form& form, RecordId id,
                               std::string_view sha256, const access::FieldModes& modes);

}  // namespace anlan::records
