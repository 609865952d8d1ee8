#include "engine/engine.h"
#include "engine/tables_evidence.h"

namespace anlan::engine {

namespace {

// Jobs, gates, receipts, tracks: what a response needs.
store::Migration second_migration() {
  return {.id = "engine.2",
          .statements = {
              // What somebody was told: handed over, on the phone, seen, answered.
              "ALTER TABLE notice ADD COLUMN urgent {{int}}",
              "ALTER TABLE notice ADD COLUMN sent_at {{int}}",
              "ALTER TABLE notice ADD COLUMN delivered_at {{int}}",
              "ALTER TABLE notice ADD COLUMN acknowledged_at {{int}}",
              "CREATE INDEX notice_record ON notice (form, record_id)",
              // Work that a flow asked for: done once, also when the program dies meanwhile.
              "CREATE TABLE job (id {{id}} PRIMARY KEY, name {{text}} NOT NULL, "
              "form {{text}} NOT NULL, record_id {{id}} NOT NULL, data {{json}} NOT NULL, "
              "state {{text}} NOT NULL, tries {{int}} NOT NULL, created_at {{int}} NOT NULL, "
              "next_at {{int}} NOT NULL, done_at {{int}}, error {{text}} NOT NULL, "
              "version {{int}} NOT NULL)",
              "CREATE INDEX job_due ON job (state, next_at)",
              "CREATE INDEX job_record ON job (form, record_id)",
              "CREATE TABLE gate_rule (gate {{text}} PRIMARY KEY, is_open {{int}} NOT NULL, "
              "reason {{text}} NOT NULL, response {{text}} NOT NULL, at {{int}} NOT NULL, "
              "version {{int}} NOT NULL)",
              // Who looked at whose track, and why: shown to that person.
              "CREATE TABLE track_look (id {{id}} PRIMARY KEY, at {{int}} NOT NULL, "
              "looker {{id}} NOT NULL, badge {{id}} NOT NULL, person {{text}} NOT NULL, "
              "purpose {{text}} NOT NULL)",
              "CREATE INDEX track_look_person ON track_look (person, at)",
              // Private: personal data that is deleted after 30 days.
              "CREATE TABLE response_track (response {{id}} NOT NULL, badge {{id}} NOT NULL, "
              "at {{int}} NOT NULL, x_cm {{int}}, y_cm {{int}}, zone {{text}} NOT NULL, "
              "PRIMARY KEY (response, badge, at))",
              "CREATE INDEX response_track_at ON response_track (at)",
              // Private: endpoints and keys of browsers.
              "CREATE TABLE push_subscription (id {{id}} PRIMARY KEY, person {{id}} NOT NULL, "
              "endpoint {{text}} NOT NULL, p256dh {{text}} NOT NULL, auth {{text}} NOT NULL, "
              "at {{int}} NOT NULL)",
              "CREATE INDEX push_subscription_person ON push_subscription (person)",
              "CREATE TABLE outgoing (id {{id}} PRIMARY KEY, notice {{id}} NOT NULL, "
              "channel {{text}} NOT NULL, address {{text}} NOT NULL, state {{text}} NOT NULL, "
              "at {{int}} NOT NULL, sent_at {{int}}, reason {{text}} NOT NULL)",
              "CREATE INDEX outgoing_state ON outgoing (state, at)",
              "CREATE INDEX outgoing_notice ON outgoing (notice)",
          }};
}

// Who looked with whose eyes, when and why.
store::Migration view_migration() {
  return {.id = "view.1",
          .statements = {
              "CREATE TABLE view_as (id {{id}} PRIMARY KEY, viewer {{id}} NOT NULL, "
              "session {{id}} NOT NULL, person {{id}} NOT NULL, reason {{text}} NOT NULL, "
              "began_at {{int}} NOT NULL, until_at {{int}} NOT NULL, ended_at {{int}}, version "
              "{{int}} NOT NULL)",
              "CREATE INDEX view_as_person ON view_as (person, began_at)",
          }};
}

// Whom gates did not let in.
store::Migration gate_migration() {
  return {.id = "engine.gates.1",
          .statements = {
              "CREATE TABLE gate_refusal (gate {{text}} NOT NULL, badge {{text}} NOT NULL, "
              "at {{int}} NOT NULL, zone {{text}} NOT NULL, PRIMARY KEY (gate, badge, at))",
              "CREATE INDEX gate_refusal_at ON gate_refusal (at)",
          }};
}

// Acts on permits that a guard refused.
store::Migration caught_migration() {
  return {.id = "engine.caught.1",
          .statements = {
              "CREATE TABLE permit_caught (id {{id}} PRIMARY KEY, permit {{id}} NOT NULL, "
              "guard {{text}} NOT NULL, code {{text}} NOT NULL, node {{text}} NOT NULL, "
              "person {{text}} NOT NULL, at {{int}} NOT NULL)",
              "CREATE INDEX permit_caught_at ON permit_caught (at)",
          }};
}

// Applications that were refused: there is no permit that could say what they were.
store::Migration application_migration() {
  return {.id = "engine.caught.2",
          .statements = {"ALTER TABLE permit_caught ADD COLUMN application {{json}}"}};
}

// Who is told next when nobody acknowledges an occurrence.
store::Migration call_migration() {
  return {.id = "engine.calls.1",
          .statements = {
              "CREATE TABLE alarm_call (occurrence {{text}} PRIMARY KEY, definition {{id}} NOT "
              "NULL, step {{int}} NOT NULL, due_at {{int}} NOT NULL, version {{int}} NOT NULL)",
              "CREATE INDEX alarm_call_due ON alarm_call (due_at)",
          }};
}

// Areas in which nothing goes on until somebody lets it.
store::Migration hold_migration() {
  return {.id = "engine.holds.1",
          .statements = {
              "CREATE TABLE area_hold (id {{id}} PRIMARY KEY, area {{text}} NOT NULL, "
              "reason {{text}} NOT NULL, held_by {{text}} NOT NULL, held_at {{int}} NOT NULL, "
              "released_by {{text}} NOT NULL, released_at {{int}}, note {{text}} NOT NULL, "
              "version {{int}} NOT NULL)",
              "CREATE INDEX area_hold_open ON area_hold (released_at, area)",
          }};
}

// Sources and tags out of use: the last that was said of each.
store::Migration retirement_migration() {
  return {.id = "engine.retired.1",
          .statements = {
              "CREATE TABLE retirement (form {{text}} NOT NULL, record_id {{id}} NOT NULL, "
              "code {{text}} NOT NULL, is_out {{int}} NOT NULL, person {{text}} NOT NULL, "
              "at {{int}} NOT NULL, reason {{text}} NOT NULL, version {{int}} NOT NULL, "
              "PRIMARY KEY (form, record_id))",
              "CREATE INDEX retirement_code ON retirement (form, code)",
          }};
}

}  // namespace

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
      second_migration(),
      evidence_migration(),
      view_migration(),
      gate_migration(),
      caught_migration(),
      call_migration(),
      hold_migration(),
      application_migration(),
      retirement_migration(),
  };
}

}  // namespace anlan::engine
