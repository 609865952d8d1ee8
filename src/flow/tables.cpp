// The tables of this room. Instants and durations are nanoseconds.

#include "flow/step.h"

namespace anlan::flow {

namespace {

store::Migration first_tables() {
  return {"flow.1",
          {"CREATE TABLE flow_case (id {{id}} PRIMARY KEY, model_id {{text}} NOT NULL,"
           " model_version {{int}} NOT NULL, decisions {{json}} NOT NULL, form {{text}} NOT NULL,"
           " record_id {{id}} NOT NULL, org_path {{text}} NOT NULL, state {{text}} NOT NULL,"
           " vars {{json}} NOT NULL, initiator {{id}}, started {{int}} NOT NULL, ended {{int}},"
           " seq {{int}} NOT NULL, version {{int}} NOT NULL)",
           "CREATE INDEX flow_case_record ON flow_case (form, record_id)",
           "CREATE TABLE flow_activation (id {{id}} PRIMARY KEY, case_id {{id}} NOT NULL,"
           " parent_id {{id}}, fork {{text}} NOT NULL)",
           "CREATE INDEX flow_activation_case ON flow_activation (case_id)",
           "CREATE TABLE flow_token (id {{id}} PRIMARY KEY, case_id {{id}} NOT NULL,"
           " activation_id {{id}} NOT NULL, node {{text}} NOT NULL, state {{text}} NOT NULL,"
           " edge {{text}} NOT NULL, phase {{text}} NOT NULL, visit {{int}} NOT NULL,"
           " vars {{json}} NOT NULL, pending {{json}} NOT NULL)",
           "CREATE INDEX flow_token_case ON flow_token (case_id)",
           "CREATE TABLE flow_task (id {{id}} PRIMARY KEY, case_id {{id}} NOT NULL,"
           " token_id {{id}} NOT NULL, visit {{int}} NOT NULL, node {{text}} NOT NULL,"
           " model_id {{text}} NOT NULL, model_version {{int}} NOT NULL, form {{text}} NOT NULL,"
           " record_id {{id}} NOT NULL, org_path {{text}} NOT NULL, state {{text}} NOT NULL,"
           " assignee {{id}}, completed_by {{id}}, outcome {{text}} NOT NULL,"
           " comment {{text}} NOT NULL, level {{text}} NOT NULL, created {{int}} NOT NULL,"
           " due {{int}}, ended {{int}})",
           "CREATE INDEX flow_task_case ON flow_task (case_id)",
           "CREATE INDEX flow_task_record ON flow_task (form, record_id)",
           "CREATE TABLE flow_candidate (task_id {{id}} NOT NULL, kind {{text}} NOT NULL,"
           " who {{text}} NOT NULL, org_path {{text}} NOT NULL,"
           " PRIMARY KEY (task_id, kind, who))",
           "CREATE INDEX flow_candidate_who ON flow_candidate (kind, who, org_path)",
           "CREATE TABLE flow_timer (id {{id}} PRIMARY KEY, case_id {{id}} NOT NULL,"
           " token_id {{id}} NOT NULL, node {{text}} NOT NULL, form {{text}} NOT NULL,"
           " record_id {{id}} NOT NULL, due {{int}} NOT NULL, firing {{int}} NOT NULL,"
           " remaining {{int}} NOT NULL, every {{int}} NOT NULL)",
           "CREATE INDEX flow_timer_due ON flow_timer (due, id)",
           "CREATE INDEX flow_timer_case ON flow_timer (case_id)",
           "CREATE INDEX flow_timer_record ON flow_timer (form, record_id)",
           "CREATE TABLE flow_history (id {{id}} PRIMARY KEY, case_id {{id}} NOT NULL,"
           " seq {{int}} NOT NULL, form {{text}} NOT NULL, record_id {{id}} NOT NULL,"
           " model_id {{text}} NOT NULL, model_version {{int}} NOT NULL, at {{int}} NOT NULL,"
           " actor_kind {{text}} NOT NULL, actor {{id}}, act {{text}} NOT NULL,"
           " node {{text}} NOT NULL, outcome {{text}} NOT NULL, comment {{text}} NOT NULL,"
           " task_id {{text}} NOT NULL, detail {{json}} NOT NULL, superseded {{int}} NOT NULL)",
           "CREATE INDEX flow_history_case ON flow_history (case_id, seq)",
           "CREATE INDEX flow_history_record ON flow_history (form, record_id, at, seq)"}};
}

}  // namespace

std::vector<store::Migration> migrations() {
  return {first_tables(),
          // Null in rows of before: plain time, and no flow is known to be taken.
          {"flow.2",
           {"ALTER TABLE flow_timer ADD COLUMN calendar {{text}}",
            "ALTER TABLE flow_case ADD COLUMN taken {{json}}",
            "CREATE INDEX flow_task_held ON flow_task (assignee) WHERE state = 'claimed'"}},
          {"flow.acts.1",
           {"ALTER TABLE flow_task ADD COLUMN activation_id {{id}}",
            "ALTER TABLE flow_task ADD COLUMN signing {{json}}",
            "CREATE TABLE flow_draft (id {{text}} PRIMARY KEY, task_id {{id}} NOT NULL,"
            " person {{id}} NOT NULL, content {{json}} NOT NULL, at {{int}} NOT NULL)",
            "CREATE INDEX flow_draft_person ON flow_draft (person)",
            "CREATE TABLE flow_delegation (id {{id}} PRIMARY KEY, person {{id}} NOT NULL,"
            " deputy {{id}} NOT NULL, forms {{json}} NOT NULL, begins {{int}} NOT NULL,"
            " until {{int}} NOT NULL, reason {{text}} NOT NULL, created {{int}} NOT NULL)",
            "CREATE INDEX flow_delegation_person ON flow_delegation (person, until)"}},
          // Null in rows of before: no calls, no sub-processes, nothing local. `path` leads to the
          // call activity that a node of another process runs in.
          {"flow.3",
           {"ALTER TABLE flow_case ADD COLUMN called {{json}}",
            "ALTER TABLE flow_activation ADD COLUMN host_id {{id}}",
            "ALTER TABLE flow_activation ADD COLUMN branches {{json}}",
            "ALTER TABLE flow_activation ADD COLUMN vars {{json}}",
            "ALTER TABLE flow_activation ADD COLUMN isolated {{int}}",
            "ALTER TABLE flow_task ADD COLUMN path {{text}}",
            "ALTER TABLE flow_history ADD COLUMN path {{text}}",
            "CREATE TABLE flow_listener (id {{id}} PRIMARY KEY, case_id {{id}} NOT NULL,"
            " name {{text}} NOT NULL)",
            "CREATE INDEX flow_listener_name ON flow_listener (name, id)",
            "CREATE INDEX flow_listener_case ON flow_listener (case_id)",
            "CREATE TABLE flow_signal (id {{id}} PRIMARY KEY, name {{text}} NOT NULL,"
            " data {{json}} NOT NULL, case_id {{id}} NOT NULL, seen {{id}} NOT NULL)",
            "CREATE TABLE flow_start (id {{text}} PRIMARY KEY, version {{int}} NOT NULL,"
            " due {{int}} NOT NULL, firing {{int}} NOT NULL, remaining {{int}} NOT NULL,"
            " every {{int}} NOT NULL, calendar {{text}} NOT NULL)",
            "CREATE INDEX flow_start_due ON flow_start (due)"}},
          // One index for each kind that somebody is looked up by: where the kind is a parameter,
          // as when a row is deleted, only the primary key fits. PostgreSQL, as long as it has not
          // counted a new table, takes the other one, and reads all rows of a role for each.
          {"flow.4",
           {"DROP INDEX flow_candidate_who",
            "CREATE INDEX flow_candidate_person ON flow_candidate (who) WHERE kind = 'person'",
            "CREATE INDEX flow_candidate_role ON flow_candidate (who, org_path)"
            " WHERE kind = 'role'",
            "CREATE INDEX flow_candidate_unit ON flow_candidate (who) WHERE kind = 'unit'"}},
          // What is open among the tasks of all years, for those who look at it every second.
          {"flow.5",
           {"CREATE INDEX flow_task_open ON flow_task (form, created, id)"
            " WHERE state IN ('open', 'claimed', 'suspended')"}}};
}

}  // namespace anlan::flow
