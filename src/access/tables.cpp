#include "access/tables.h"

#include <utility>

namespace anlan::access {
namespace {

// On disk. A migration that has run anywhere is never altered: add the next one.
std::vector<std::string> organisation() {
  return {
      "CREATE TABLE org_unit (id {{id}} PRIMARY KEY, code {{text}} NOT NULL UNIQUE, "
      "kind {{text}} NOT NULL, name_zh {{text}} NOT NULL, name_en {{text}} NOT NULL, "
      "parent_code {{text}} NOT NULL, path {{text}} NOT NULL UNIQUE, version {{int}} NOT NULL)",
      "CREATE TABLE person (id {{id}} PRIMARY KEY, login {{text}} NOT NULL UNIQUE, "
      "name {{text}} NOT NULL, org_path {{text}} NOT NULL, phone {{text}} NOT NULL, "
      "state {{text}} NOT NULL, language {{text}} NOT NULL, created_at {{int}} NOT NULL, "
      "version {{int}} NOT NULL)",
      "CREATE TABLE role_grant (person_id {{id}} NOT NULL REFERENCES person (id), "
      "role {{text}} NOT NULL, org_path {{text}} NOT NULL, "
      "PRIMARY KEY (person_id, role, org_path))",
      "CREATE INDEX role_grant_role ON role_grant (role)"};
}

std::vector<std::string> sessions() {
  return {
      "CREATE TABLE credential (person_id {{id}} PRIMARY KEY, "
      "password_hash {{text}} NOT NULL, must_change {{int}} NOT NULL, "
      "changed_at {{int}} NOT NULL, version {{int}} NOT NULL)",
      "CREATE TABLE session (id {{id}} PRIMARY KEY, person_id {{id}} NOT NULL, "
      "token_sha256 {{text}} NOT NULL UNIQUE, client {{text}} NOT NULL, "
      "created_at {{int}} NOT NULL, touched_at {{int}} NOT NULL)",
      "CREATE INDEX session_person ON session (person_id)",
      "CREATE TABLE api_token (id {{id}} PRIMARY KEY, person_id {{id}} NOT NULL, "
      "name {{text}} NOT NULL, token_sha256 {{text}} NOT NULL UNIQUE, "
      "created_at {{int}} NOT NULL, expires_at {{int}} NOT NULL)",
      "CREATE INDEX api_token_person ON api_token (person_id)",
      "CREATE TABLE login_log (id {{id}} PRIMARY KEY, at {{int}} NOT NULL, "
      "login {{text}} NOT NULL, person_id {{text}} NOT NULL, outcome {{text}} NOT NULL, "
      "client {{text}} NOT NULL, address {{text}} NOT NULL)",
      "CREATE INDEX login_log_at ON login_log (at)",
      // login_sha256: what somebody typed there may well have been a password.
      "CREATE TABLE login_failure (login_sha256 {{text}} PRIMARY KEY, "
      "is_known {{int}} NOT NULL, failures {{int}} NOT NULL, last_at {{int}} NOT NULL, "
      "locked_until {{int}} NOT NULL)",
      "CREATE INDEX login_failure_last ON login_failure (is_known, last_at)"};
}

std::vector<std::string> factors_and_providers() {
  return {"ALTER TABLE session ADD COLUMN way {{text}}",
          "CREATE TABLE half_session (id {{id}} PRIMARY KEY, person_id {{id}} NOT NULL, "
          "token_sha256 {{text}} NOT NULL UNIQUE, client {{text}} NOT NULL, way {{text}} NOT NULL, "
          "created_at {{int}} NOT NULL)",
          // sealed: the secret under the key of the file. last_step: the newest code that was used.
          "CREATE TABLE second_factor (person_id {{id}} PRIMARY KEY, sealed {{text}} NOT NULL, "
          "state {{text}} NOT NULL, last_step {{int}} NOT NULL, created_at {{int}} NOT NULL)",
          "CREATE TABLE recovery_code (id {{id}} PRIMARY KEY, person_id {{id}} NOT NULL, "
          "code_sha256 {{text}} NOT NULL)",
          "CREATE INDEX recovery_code_person ON recovery_code (person_id)",
          "CREATE TABLE identity_link (id {{id}} PRIMARY KEY, issuer {{text}} NOT NULL, "
          "subject {{text}} NOT NULL, person_id {{id}} NOT NULL, created_at {{int}} NOT NULL, "
          "UNIQUE (issuer, subject), UNIQUE (issuer, person_id))"};
}

}  // namespace

std::vector<store::Migration> migrations() {
  return {{"access.1", organisation()},
          {"access.2", sessions()},
          {"access.heads.1", {"ALTER TABLE org_unit ADD COLUMN head {{id}}"}},
          {"access.3", factors_and_providers()}};
}

bool is_word(std::string_view text, std::string_view more, std::size_t chars_max) {
  if (text.empty() || text.size() > chars_max) return false;
  for (char c : text) {
    bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!is_letter && !more.contains(c)) return false;
  }
  return true;
}

bool is_label(std::string_view text, std::size_t chars_max) {
  if (!is_utf8(text) || trim(text).empty() || count_chars(text) > chars_max) return false;
  for (char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  return true;
}

store::Change change_of(const Desk& desk, std::string act, std::string kind, std::string id) {
  return {.actor = desk.actor,
          .act = std::move(act),
          .subject_kind = std::move(kind),
          .subject_id = std::move(id),
          .at = desk.now};
}

store::RowChange insert_row(std::string table, store::Cell key, std::vector<store::Cell> cells) {
  return {.table = std::move(table), .key = {std::move(key)}, .cells = std::move(cells)};
}

store::RowChange delete_row(std::string table, std::string column, std::string id) {
  return {.kind = store::RowChange::Kind::Delete,
          .table = std::move(table),
          .key = {{std::move(column), std::move(id)}}};
}

store::RowChange hidden(store::RowChange row) {
  row.is_private = true;
  return row;
}

Result<void> end_rows(store::View& view, const store::Sql& sql, std::string_view table,
                      store::Change& change) {
  store::Rows rows = TRY(view.query(sql));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    change.rows.push_back(hidden(delete_row(std::string(table), "id", rows[i].text("id"))));
  }
  return {};
}

}  // namespace anlan::access
