// Tables of photo evidence, device keys, the thread with the reporter.

#include "engine/tables_evidence.h"

namespace anlan::engine {

store::Migration evidence_migration() {
  return {
      .id = "engine.3",
      .statements = {
          // Public keys of phones; whoever holds the phone signs photos with it.
          "CREATE TABLE device_key (id {{text}} PRIMARY KEY, person {{id}} NOT NULL, "
          "name {{text}} NOT NULL, key {{text}} NOT NULL, created_at {{int}} NOT NULL, "
          "revoked_at {{int}}, revoked_reason {{text}} NOT NULL, last_used_at {{int}}, "
          "version {{int}} NOT NULL)",
          "CREATE INDEX device_key_person ON device_key (person)",
          // One row for each photo of a record: who named it, when it came, what its manifest says
          // of its place in the device's chain. The item itself stands in the record.
          "CREATE TABLE evidence (form {{text}} NOT NULL, record_id {{id}} NOT NULL, "
          "field {{text}} NOT NULL, sha256 {{text}} NOT NULL, uploader {{text}} NOT NULL, "
          "received_at {{int}} NOT NULL, arrived_at {{int}}, original {{text}} NOT NULL, "
          "device {{text}} NOT NULL, manifest {{text}} NOT NULL, previous {{text}} NOT NULL, "
          "op {{text}} NOT NULL, taken_at {{int}}, "
          "PRIMARY KEY (form, record_id, field, sha256))",
          "CREATE INDEX evidence_sha256 ON evidence (sha256)",
          "CREATE INDEX evidence_original ON evidence (original)",
          "CREATE INDEX evidence_manifest ON evidence (manifest)",
          "CREATE INDEX evidence_device ON evidence (device, previous)",
          "CREATE INDEX evidence_op ON evidence (op)",
          "CREATE INDEX file_info_uploader ON file_info (uploader, at)",
          // What a file claims, and what the eyes saw in it. look: waiting, absent, done, failed.
          "CREATE TABLE photo (sha256 {{text}} PRIMARY KEY, kind {{text}} NOT NULL, "
          "width {{int}} NOT NULL, height {{int}} NOT NULL, claims {{json}} NOT NULL, "
          "look {{text}} NOT NULL, facts {{json}} NOT NULL, thumbnail {{text}} NOT NULL, "
          "at {{int}} NOT NULL, version {{int}} NOT NULL)",
          "CREATE INDEX photo_look ON photo (look, at)",
          // Private: made anew from the photo at any time.
          "CREATE TABLE photo_print (sha256 {{text}} PRIMARY KEY, print {{blob}} NOT NULL)",
          // The same exposure, in both directions.
          "CREATE TABLE photo_reuse (sha256 {{text}} NOT NULL, other {{text}} NOT NULL, "
          "PRIMARY KEY (sha256, other))",
          // A photo before and one after. state: waiting, absent, done, failed.
          "CREATE TABLE photo_pair (form {{text}} NOT NULL, record_id {{id}} NOT NULL, "
          "photo_before {{text}} NOT NULL, photo_after {{text}} NOT NULL, "
          "state {{text}} NOT NULL, box {{json}} NOT NULL, box_by {{text}} NOT NULL, "
          "result {{json}} NOT NULL, at {{int}} NOT NULL, version {{int}} NOT NULL, "
          "PRIMARY KEY (form, record_id, photo_before, photo_after))",
          "CREATE INDEX photo_pair_state ON photo_pair (state, at)",
          // side: reporter, staff. person is empty where nobody is named.
          "CREATE TABLE thread_message (id {{id}} PRIMARY KEY, form {{text}} NOT NULL, "
          "record_id {{id}} NOT NULL, at {{int}} NOT NULL, side {{text}} NOT NULL, "
          "person {{text}} NOT NULL, body {{text}} NOT NULL, not_fixed {{int}} NOT NULL)",
          "CREATE INDEX thread_message_record ON thread_message (form, record_id, at)",
          // Private. Hashes of codes that only a reporter has; nothing of the reporter.
          "CREATE TABLE anonymous_code (code_sha256 {{text}} PRIMARY KEY, form {{text}} NOT NULL, "
          "record_id {{id}} NOT NULL, request_sha256 {{text}} NOT NULL)",
          "CREATE INDEX anonymous_code_request ON anonymous_code (request_sha256)",
          "CREATE INDEX anonymous_code_record ON anonymous_code (record_id)",
      }};
}

}  // namespace anlan::engine
