#include "alarms/tables.h"

#include <tuple>
#include <utility>

#include "alarms/decide.h"

namespace anlan::alarms {
namespace {

using store::Cell;
using store::RowChange;
using store::Value;

// On disk. A migration that has run anywhere is never altered: add the next one.
std::vector<std::string> first_tables() {
  return {// letter, priority and is_suppressed are there to be searched by; no instant is null.
          "CREATE TABLE alarm_state (definition {{id}} PRIMARY KEY, letter {{text}} NOT NULL, "
          "priority {{int}} NOT NULL, occurrence {{text}} NOT NULL, is_active {{int}} NOT NULL, "
          "is_acked {{int}} NOT NULL, is_latched {{int}} NOT NULL, shelf_since {{int}}, "
          "shelf_until {{int}}, shelf_reason {{text}}, shelf_by {{id}}, "
          "suppressed_by {{json}} NOT NULL, is_suppressed {{int}} NOT NULL, is_out_of_service "
          "{{int}} NOT NULL, "
          "out_reason {{text}} NOT NULL, value {{real}} NOT NULL, quality {{int}} NOT NULL, "
          "raised_at {{int}}, received_at {{int}}, cleared_at {{int}}, acked_at {{int}}, "
          "acked_by {{id}}, occurrences {{int}} NOT NULL, version {{int}} NOT NULL)",
          "CREATE INDEX alarm_state_letter ON alarm_state (letter)",
          "CREATE INDEX alarm_state_shelf ON alarm_state (shelf_until)",
          "CREATE TABLE alarm_journal (id {{id}} PRIMARY KEY, at {{int}} NOT NULL, "
          "definition {{id}} NOT NULL, occurrence {{text}} NOT NULL, act {{text}} NOT NULL, "
          "letter_before {{text}} NOT NULL, letter {{text}} NOT NULL, is_new {{int}} NOT NULL, "
          "value {{real}} NOT NULL, actor_kind {{text}} NOT NULL, actor_person {{id}}, "
          "comment {{text}} NOT NULL, detail {{json}} NOT NULL)",
          "CREATE INDEX alarm_journal_at ON alarm_journal (at)",
          "CREATE INDEX alarm_journal_definition ON alarm_journal (definition, at)",
          "CREATE INDEX alarm_journal_new ON alarm_journal (is_new, at)"};
}

// Occurrences that nobody acknowledged before the next one came.
std::vector<std::string> branch_tables() {
  return {
      "CREATE TABLE alarm_branch (occurrence {{text}} PRIMARY KEY, definition {{id}} NOT NULL, "
      "raised_at {{int}}, cleared_at {{int}}, value {{real}} NOT NULL, version {{int}} NOT "
      "NULL)",
      "CREATE INDEX alarm_branch_definition ON alarm_branch (definition, occurrence)"};
}

// What a definition is called, for rows that outlive it.
std::vector<std::string> known_tables() {
  return {
      "CREATE TABLE alarm_known (definition {{id}} PRIMARY KEY, code {{text}} NOT NULL, "
      "name_zh {{text}} NOT NULL, name_en {{text}} NOT NULL, tag {{text}} NOT NULL, "
      "area {{text}} NOT NULL, org_path {{text}} NOT NULL, kind {{text}} NOT NULL, "
      "priority {{int}} NOT NULL)",
      "CREATE INDEX alarm_known_area ON alarm_known (area, org_path)",
      "CREATE INDEX alarm_known_tag ON alarm_known (tag)"};
}

Result<Definition> known_of(const store::Row& row) {
  RecordId id = TRY(RecordId::parse(row.text("definition")));
  Kind kind = TRY(parse_kind(row.text("kind")));
  return Definition{.id = id,
                    .code = row.text("code"),
                    .name = {.zh = row.text("name_zh"), .en = row.text("name_en")},
                    .tag_code = row.text("tag"),
                    .kind = kind,
                    .priority = static_cast<int>(row.int64("priority")),
                    .area = row.text("area"),
                    .org_path = row.text("org_path")};
}

Value instant_or_null(Instant at) { return at.ns == 0 ? Value() : Value(at.ns); }

Value person_or_null(PersonId person) { return person.is_nil() ? Value() : Value(person.text()); }

Instant instant_at(const store::Row& row, std::string_view column) {
  return {row.int64_or(column, 0)};
}

Result<PersonId> person_at(const store::Row& row, std::string_view column) {
  if (row.is_null(column)) return PersonId{};
  return PersonId::parse(row.text(column));
}

Result<std::optional<Shelf>> shelf_of(const store::Row& row) {
  if (row.is_null("shelf_since")) return std::nullopt;
  PersonId by = TRY(person_at(row, "shelf_by"));
  Shelf shelf{
      .reason = row.text("shelf_reason"), .by = by, .since = instant_at(row, "shelf_since")};
  if (!row.is_null("shelf_until")) shelf.until = instant_at(row, "shelf_until");
  return shelf;
}

std::vector<Cell> shelf_cells(const std::optional<Shelf>& shelf) {
  if (!shelf) {
    return {{"shelf_since", {}}, {"shelf_until", {}}, {"shelf_reason", {}}, {"shelf_by", {}}};
  }
  return {{"shelf_since", shelf->since.ns},
          {"shelf_until", shelf->until ? Value(shelf->until->ns) : Value()},
          {"shelf_reason", shelf->reason},
          {"shelf_by", person_or_null(shelf->by)}};
}

std::string reasons_text(const std::vector<std::string>& reasons) {
  Json list = Json::array();
  for (const std::string& reason : reasons) list.push(reason);
  return write_json(list);
}

Result<std::vector<std::string>> reasons_of(const store::Row& row) {
  Json list = TRY(parse_json(row.text("suppressed_by")));
  std::vector<std::string> reasons;
  if (!list.is_array()) return refuse(ErrorCode::StoreFailed, "alarm_state: suppressed_by");
  for (const Json& reason : list.as_array()) {
    if (!reason.is_text()) return refuse(ErrorCode::StoreFailed, "alarm_state: suppressed_by");
    reasons.push_back(reason.as_text());
  }
  return reasons;
}

}  // namespace

std::vector<store::Migration> migrations() {
  return {{"alarms.1", first_tables()},
          {"alarms.2", branch_tables()},
          {"alarms.3", known_tables()},
          // Out of service has an end, and says what for.
          {"alarms.4",
           {"ALTER TABLE alarm_state ADD COLUMN out_until {{int}}",
            "ALTER TABLE alarm_state ADD COLUMN out_link {{text}} NOT NULL DEFAULT ''"}}};
}

Result<State> state_of(const store::Row& row) {
  int64_t quality = row.int64("quality");
  if (quality < 0 || quality > 3) return refuse(ErrorCode::StoreFailed, "alarm_state: quality");
  State state;
  state.occurrence = row.text("occurrence");
  state.is_active = row.int64("is_active") != 0;
  state.is_acked = row.int64("is_acked") != 0;
  state.is_latched = row.int64("is_latched") != 0;
  state.shelf = TRY(shelf_of(row));
  state.suppressed_by = TRY(reasons_of(row));
  state.is_out_of_service = row.int64("is_out_of_service") != 0;
  state.out_reason = row.text("out_reason");
  if (!row.is_null("out_until")) state.out_until = instant_at(row, "out_until");
  state.out_link = row.text("out_link");
  state.value = std::get<double>(row["value"]);
  state.quality = static_cast<history::Quality>(quality);
  state.raised_at = instant_at(row, "raised_at");
  state.received_at = instant_at(row, "received_at");
  state.cleared_at = instant_at(row, "cleared_at");
  state.acked_at = instant_at(row, "acked_at");
  state.acked_by = TRY(person_at(row, "acked_by"));
  state.count = row.int64("occurrences");
  return state;
}

Result<StateRow> read_state(store::View& view, RecordId definition) {
  store::Rows rows =
      TRY(view.query({"SELECT * FROM alarm_state WHERE definition = ?", {definition.text()}}));
  if (rows.empty()) return StateRow{};
  State state = TRY(state_of(rows[0]));
  return StateRow{.state = std::move(state), .version = rows[0].int64("version")};
}

RowChange write_state(const Definition& definition, const State& state, int64_t version) {
  RowChange row{.kind = version == 0 ? RowChange::Kind::Insert : RowChange::Kind::Update,
                .table = "alarm_state",
                .key = {{"definition", definition.id.text()}},
                .cells = shelf_cells(state.shelf)};
  std::vector<Cell> more{{"letter", std::string(1, state.letter())},
                         {"priority", int64_t{definition.priority}},
                         {"occurrence", state.occurrence},
                         {"is_active", int64_t{state.is_active}},
                         {"is_acked", int64_t{state.is_acked}},
                         {"is_latched", int64_t{state.is_latched}},
                         {"suppressed_by", reasons_text(state.suppressed_by)},
                         {"is_suppressed", int64_t{!state.suppressed_by.empty()}},
                         {"is_out_of_service", int64_t{state.is_out_of_service}},
                         {"out_reason", state.out_reason},
                         {"out_until", state.out_until ? Value(state.out_until->ns) : Value()},
                         {"out_link", state.out_link},
                         {"value", state.value},
                         {"quality", static_cast<int64_t>(state.quality)},
                         {"raised_at", instant_or_null(state.raised_at)},
                         {"received_at", instant_or_null(state.received_at)},
                         {"cleared_at", instant_or_null(state.cleared_at)},
                         {"acked_at", instant_or_null(state.acked_at)},
                         {"acked_by", person_or_null(state.acked_by)},
                         {"occurrences", state.count}};
  row.cells.insert(row.cells.end(), more.begin(), more.end());
  if (version == 0) {
    row.cells.push_back({"version", int64_t{1}});
  } else {
    row.version = version;
  }
  return row;
}

Result<std::map<RecordId, Definition>> known_definitions(store::View& view) {
  store::Rows rows = TRY(view.query({"SELECT * FROM alarm_known ORDER BY definition"}));
  std::map<RecordId, Definition> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Definition known = TRY(known_of(rows[i]));
    RecordId id = known.id;
    found.emplace(id, std::move(known));
  }
  return found;
}

Result<std::optional<Definition>> known_definition(store::View& view, RecordId id) {
  store::Rows rows =
      TRY(view.query({"SELECT * FROM alarm_known WHERE definition = ?", {id.text()}}));
  if (rows.empty()) return std::nullopt;
  return TRY(known_of(rows[0]));
}

bool is_known_as(const Definition& one, const Definition& other) {
  auto facts = [](const Definition& of) {
    return std::tie(of.code, of.name.zh, of.name.en, of.tag_code, of.area, of.org_path, of.kind,
                    of.priority);
  };
  return facts(one) == facts(other);
}

Result<std::optional<RowChange>> know(store::View& view, const Definition& definition) {
  auto known = TRY(known_definition(view, definition.id));
  if (known && is_known_as(*known, definition)) return std::nullopt;
  return RowChange{.kind = known ? RowChange::Kind::Update : RowChange::Kind::Insert,
                   .table = "alarm_known",
                   .key = {{"definition", definition.id.text()}},
                   .cells = {{"code", definition.code},
                             {"name_zh", definition.name.zh},
                             {"name_en", definition.name.en},
                             {"tag", definition.tag_code},
                             {"area", definition.area},
                             {"org_path", definition.org_path},
                             {"kind", std::string(kind_text(definition.kind))},
                             {"priority", int64_t{definition.priority}}}};
}

RowChange write_branch(RecordId definition, const State& state) {
  return {.table = "alarm_branch",
          .key = {{"occurrence", state.occurrence}},
          .cells = {{"definition", definition.text()},
                    {"raised_at", instant_or_null(state.raised_at)},
                    {"cleared_at", instant_or_null(state.cleared_at)},
                    {"value", state.value},
                    {"version", int64_t{1}}}};
}

RowChange drop_branch(const Branch& branch) {
  return {.kind = RowChange::Kind::Delete,
          .table = "alarm_branch",
          .key = {{"occurrence", branch.occurrence}},
          .version = 1};
}

Result<std::vector<Branch>> branches_of(store::View& view, RecordId definition) {
  store::Rows rows =
      TRY(view.query({"SELECT * FROM alarm_branch WHERE definition = ? ORDER BY occurrence LIMIT ?",
                      {definition.text(), static_cast<int64_t>(kBranchesMax)}}));
  std::vector<Branch> branches;
  for (std::size_t i = 0; i < rows.size(); ++i) branches.push_back(branch_of(rows[i]));
  return branches;
}

Branch branch_of(const store::Row& row) {
  return {.occurrence = row.text("occurrence"),
          .raised_at = instant_at(row, "raised_at"),
          .cleared_at = instant_at(row, "cleared_at"),
          .value = std::get<double>(row["value"])};
}

RowChange write_entry(const JournalEntry& entry) {
  return {.table = "alarm_journal",
          .key = {{"id", format_uuid(entry.id)}},
          .cells = {{"at", entry.at.ns},
                    {"definition", entry.definition.text()},
                    {"occurrence", entry.occurrence},
                    {"act", entry.act},
                    {"letter_before", std::string(1, entry.letter_before)},
                    {"letter", std::string(1, entry.letter)},
                    {"is_new", int64_t{entry.is_new}},
                    {"value", entry.value},
                    {"actor_kind", std::string(actor_kind_text(entry.actor.kind))},
                    {"actor_person", person_or_null(entry.actor.person)},
                    {"comment", entry.comment},
                    {"detail", write_json(entry.detail)}}};
}

}  // namespace anlan::alarms
