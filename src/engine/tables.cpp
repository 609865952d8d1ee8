#include "engine/engine.h"

namespace anlan::engine {

std::vector<store::Migration> engine_migrations() {
  return {
      {.id = "engine.1",
       .statements =
           {
               "CREATE TABLE notice (id {{id}} PRIMARY KEY, at {{int}} NOT NULL, "
               "person {{id}} NOT NULL, kind {{text}} NOT NULL, level {{text}} NOT NULL, "
               "form {{text}} NOT NULL, record_id {{id}} NOT NULL, data {{json}} NOT NULL, "
               "read_at {{int}})",
               "CREATE INDEX notice_person ON notice (person, at)",
               "CREATE TABLE setting (name {{text}} PRIMARY KEY, value {{json}} NOT NULL, "
               "version {{int}} NOT NULL)",
               "CREATE TABLE deployed_model (kind {{text}} NOT NULL, id {{text}} NOT NULL, "
               "version {{int}} NOT NULL, content {{text}} NOT NULL, deployed_at {{int}} NOT NULL, "
               "PRIMARY KEY (kind, id, version))",
               // Private: answers may name what only their asker may see, and live a week.
               "CREATE TABLE command_answer (asker {{text}} NOT NULL, key {{text}} NOT NULL, "
               "fingerprint {{text}} NOT NULL, answer {{json}} NOT NULL, at {{int}} NOT NULL, "
               "PRIMARY KEY (asker, key))",
               "CREATE INDEX command_answer_at ON command_answer (at)",
           }},
  };
}

}  // namespace anlan::engine
