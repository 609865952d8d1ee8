#pragma once
// A report without a name. What ties it to its reporter is a code that the reporter alone has; here
// lies its hash. Nothing else of the reporter is kept: no person, session, address, device, time of
// the camera or place beyond the area. docs/formats/evidence.md.

#include <string>
#include <string_view>

#include "core/json.h"
#include "core/random.h"
#include "core/result.h"
#include "records/records.h"
#include "store/store.h"

namespace anlan::engine {

class Engine;

// 16 characters of Crockford's base 32: 80 bits.
std::string new_report_code(Random& random);
// As people type it: any case, blanks and hyphens, O for 0, I and L for 1. Empty for what is none.
std::string plain_code(std::string_view typed);
std::string code_hash(std::string_view typed);

// NotFound for a code that nobody has.
Result<Json> anonymous_thread(Engine& engine, std::string_view code);
Result<std::string> anonymous_file(Engine& engine, std::string_view code, std::string_view sha256);
// Only photos that the report names, only without Exif: BadField with field "exif" where the file
// still tells where, when or with what it was taken; then it is off the disk again.
struct Chunk {
  std::string_view sha256;
  int64_t offset = 0;
  int64_t total = 0;
  std::string_view bytes;
};
Result<Json> put_anonymous_blob(Engine& engine, std::string_view code, const Chunk& chunk);

// ---- room-internal ----

struct AnonymousRecord {
  std::string form;
  RecordId id;
};
Result<AnonymousRecord> find_report(store::View& view, std::string_view code);
// What may be kept of what was sent: no positions, of photos only the hash.
Json without_traces(const records::Form& form, const Json& fields);

}  // namespace anlan::engine
