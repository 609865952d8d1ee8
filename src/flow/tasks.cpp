#include "flow/tasks.h"

#include <algorithm>
#include <set>

#include "flow/acts.h"
#include "flow/ahead.h"
#include "flow/assign.h"
#include "flow/case_state.h"
#include "flow/go_back.h"
#include "flow/graph.h"
#include "flow/lookups.h"
#include "flow/screen.h"

namespace anlan::flow {

namespace {

Result<Task> task_of(const store::Row& row) {
  Task task{.id = TRY(TaskId::parse(row.text("id"))),
            .case_id = TRY(CaseId::parse(row.text("case_id"))),
            .model_id = row.text("model_id"),
            .model_version = row.int64("model_version"),
            .node = row.text("node"),
            .form = row.text("form"),
            .record_id = TRY(RecordId::parse(row.text("record_id"))),
            .state = row.text("state"),
            .assignee = person_or_none(row, "assignee"),
            .created = {row.int64("created")}};
  if (!row.is_null("due")) task.due = Instant{row.int64("due")};
  return task;
}

// Everything under a path that ends in "/": from the path to the path with its last byte raised.
std::string path_end(std::string path) {
  if (!path.empty()) path.back() = static_cast<char>(path.back() + 1);
  return path;
}

std::string marks(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += i == 0 ? "?" : ", ?";
  return text;
}

void add_params(store::Sql& sql, const std::vector<PersonId>& people) {
  for (PersonId person : people) sql.params.emplace_back(person.text());
}

// Who is away, and for whom of them this person stands in.
struct Absent {
  std::vector<PersonId> away;
  std::vector<PersonId> mine;
};

Absent absent_for(std::span<const Away> away, PersonId me) {
  Absent absent;
  for (const Away& one : away) {
    absent.away.push_back(one.person);
    if (stand_in_of(away, one.person).deputy == me) absent.mine.push_back(one.person);
  }
  return absent;
}

// "/AL/WS1/" to "/", "/AL/", "/AL/WS1/".
std::vector<std::string> units_above(const std::string& org_path) {
  std::vector<std::string> units;
  for (std::size_t at = org_path.find('/'); at != std::string::npos;
       at = org_path.find('/', at + 1)) {
    units.push_back(org_path.substr(0, at + 1));
  }
  if (units.empty()) units.emplace_back("/");
  return units;
}

// A person's list begins with what he is a candidate of; a record's few tasks are looked at one by
// one, however many others the person has.
enum class Driver { Person, Record };

// The person is a candidate or stands in for who has a task that asks for no role.
store::Sql candidate_sql(const access::Subject& subject, const Absent& absent, Driver driver) {
  std::string me = subject.person.text();
  const char* begin = driver == Driver::Person
                          ? "(t.id IN (SELECT c.task_id FROM flow_candidate c WHERE ("
                          : "(EXISTS (SELECT 1 FROM flow_candidate c WHERE c.task_id = t.id AND (";
  store::Sql sql{std::string(begin) + "(c.kind = 'person' AND c.who = ?)", {me}};
  for (const access::Grant& grant : subject.grants) {
    sql.text += " OR (c.kind = 'role' AND c.who = ? AND c.org_path >= ? AND c.org_path < ?)";
    sql.params.insert(sql.params.end(), {grant.role, grant.org_path, path_end(grant.org_path)});
  }
  std::vector<std::string> units = units_above(subject.org_path);
  sql.text += " OR (c.kind = 'unit' AND c.who IN (" + marks(units.size()) + "))))";
  for (std::string& unit : units) sql.params.emplace_back(std::move(unit));
  if (!absent.mine.empty()) {
    sql.text += " OR (t.assignee IN (" + marks(absent.mine.size()) +
                ") AND NOT EXISTS (SELECT 1 FROM flow_candidate r WHERE r.task_id = t.id"
                " AND r.kind IN ('role', 'unit')))";
    add_params(sql, absent.mine);
  }
  sql.text += ")";
  return sql;
}

// Nobody else who is there has claimed it, the person could do it, separation of duty allows it.
// Candidates exist of open tasks only, so this reads no more than what is open.
store::Sql open_to(const access::Subject& subject, const Absent& absent, Driver driver) {
  std::string me = subject.person.text();
  store::Sql sql{"t.state IN ('open', 'claimed') AND (t.assignee IS NULL OR t.assignee = ?", {me}};
  if (!absent.away.empty()) {
    sql.text += " OR t.assignee IN (" + marks(absent.away.size()) + ")";
    add_params(sql, absent.away);
  }
  store::Sql candidates = candidate_sql(subject, absent, driver);
  sql.text += ") AND " + candidates.text +
              " AND NOT EXISTS (SELECT 1 FROM flow_candidate x WHERE x.task_id = t.id"
              " AND x.kind = 'excluded' AND x.who = ?)";
  sql.params.insert(sql.params.end(), candidates.params.begin(), candidates.params.end());
  sql.params.emplace_back(me);
  return sql;
}

Result<Absent> ask_absent(const AwayAsk& away, PersonId me) {
  if (!away) return Absent{};
  std::vector<Away> all = TRY(away());
  return absent_for(all, me);
}

constexpr const char* kOrder =
    " ORDER BY CASE WHEN t.due IS NULL THEN 1 ELSE 0 END, t.due, t.created, t.id";

// The rows of the record's tasks that are open to the person.
Result<store::Rows> rows_open_to(store::View& view, const access::Subject& subject,
                                 std::string_view form, RecordId id, const AwayAsk& away) {
  store::Sql question = TRY(rights_question(subject, form, id, away));
  return view.query(question);
}

// Who looks, and whether the task is his to do.
struct Looking {
  store::View& view;
  const Library& library;
  const access::Subject& subject;
  const AwayAsk& away;
  bool is_open_to = false;
};

// What the person fills in here, by key: screens take the order from the form.
Json writes_json(const Node* node) {
  Json fields = Json::array();
  if (!node || !node->user) return fields;
  for (const auto& [field, mode] : node->user->rights.fields.named) {
    if (mode == access::FieldMode::Write) fields.push(field);
  }
  return fields;
}

// Where to the task may go back now.
Result<Json> targets_json(store::View& view, const Library& library, const Task& task,
                          const Node* node) {
  Json all = Json::array();
  const Model* model = library.model(task.model_id, task.model_version);
  if (!model || !node || !node->user) return all;
  auto targets = TRY(return_targets(view, model->graph(), task.case_id, *node));
  for (const std::string& target : targets) {
    all.push(Json::object({{"id", target}, {"name", local_json(model->name_of(target))}}));
  }
  return all;
}

// A task that is open to the person and knows no acts beside the usual ones needs no look at its
// case.
Result<Json> acts_json(const Looking& at, const Task& task, const Node* node,
                       const store::Row& row) {
  bool is_usual = node && node->user && at.is_open_to && row.is_null("signing") &&
                  node->user->ops.add_sign.empty() && !node->user->ops.removes_signs &&
                  !node->user->ops.copies;
  if (!is_usual) return acts_on_task(at.view, at.library, at.subject, task.id, at.away);
  bool is_his = task.assignee == at.subject.person;
  Json acts = Json::array({"complete", is_his ? "unclaim" : "claim"});
  if (!node->user->return_targets.empty()) acts.push("return");
  if (node->user->rejection) acts.push("reject");
  if (node->user->ops.transfers) acts.push("transfer");
  if (node->user->ops.delegates) acts.push("delegate");
  acts.push("hand_over");
  return acts;
}

Result<Json> task_json(const Looking& at, const store::Row& row) {
  const Library& library = at.library;
  const access::Subject& subject = at.subject;
  Task task = TRY(task_of(row));
  const Node* node = node_of(library, task.model_id, task.model_version, task.node);
  Json json =
      Json::object({{"id", task.id.text()},
                    {"node", task.node},
                    {"name", local_json(node ? node->name : LocalText{})},
                    {"form", task.form},
                    {"record_id", task.record_id.text()},
                    {"state", task.state},
                    {"assignee", task.assignee ? Json(task.assignee->text()) : Json()},
                    {"created", format_instant(task.created)},
                    {"due", task.due ? Json(format_instant(*task.due)) : Json()},
                    {"level", row.text("level")},
                    {"is_mine", task.assignee == subject.person},
                    {"outcomes", node && node->user ? outcomes_json(*node->user) : Json::array()}});
  json.set("requires",
           names_json(node && node->user ? node->user->required : std::vector<std::string>{}));
  json.set("writes", writes_json(node));
  json.set("return_targets", TRY(targets_json(at.view, library, task, node)));
  json.set("acts", TRY(acts_json(at, task, node, row)));
  if (!node || !node->user) return json;
  if (node->user->needs_signature) json.set("signature", "required");
  if (node->user->needs_attachment) json.set("attachment", "required");
  Json add_sign = names_json(node->user->ops.add_sign);
  if (!add_sign.as_array().empty()) json.set("add_sign", std::move(add_sign));
  if (row.is_null("signing")) return json;
  Json signing = TRY(parse_json(row.text("signing")));
  for (const char* name : {"owner", "added_by", "when"}) {
    if (signing.has(name)) json.set(name, signing[name]);
  }
  return json;
}

void widen(access::NodeRights& rights, const access::NodeRights& more) {
  access::NodeRights both{
      .fields = {.fallback = std::max(rights.fields.fallback, more.fields.fallback)}};
  for (const access::NodeRights& one : {access::NodeRights(rights), more}) {
    for (const auto& [field, mode] : one.fields.named) {
      both.fields.named[field] = std::max(rights.fields.of(field), more.fields.of(field));
    }
    for (const std::string& button : one.buttons) {
      if (!std::ranges::contains(both.buttons, button)) both.buttons.push_back(button);
    }
  }
  rights = std::move(both);
}

}  // namespace

Result<store::Sql> rights_question(const access::Subject& subject, std::string_view form,
                                   RecordId id, const AwayAsk& away) {
  store::Sql open = open_to(subject, TRY(ask_absent(away, subject.person)), Driver::Record);
  store::Sql sql{"SELECT t.* FROM flow_task t WHERE t.form = ? AND t.record_id = ? AND ",
                 {std::string(form), id.text()}};
  sql.text += open.text;
  sql.params.insert(sql.params.end(), open.params.begin(), open.params.end());
  return sql;
}

Result<Task> find_task(store::View& view, TaskId id) {
  store::Rows rows = TRY(row_of_task(view, id));
  return task_of(rows[0]);
}

Result<std::vector<TaskId>> tasks_held(store::View& view, PersonId person, std::size_t count) {
  store::Rows rows =
      TRY(view.query({"SELECT id FROM flow_task WHERE assignee = ? AND state = 'claimed'"
                      " ORDER BY created, id LIMIT ?",
                      {person.text(), static_cast<int64_t>(count)}}));
  std::vector<TaskId> ids;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ids.push_back(TRY(TaskId::parse(rows[i].text("id"))));
  }
  return ids;
}

Result<Json> tasks_of(store::View& view, const Library& library, const access::Subject& subject,
                      std::size_t count, const AwayAsk& away) {
  store::Sql sql = open_to(subject, TRY(ask_absent(away, subject.person)), Driver::Person);
  sql.text = "SELECT t.* FROM flow_task t WHERE " + sql.text + kOrder + " LIMIT ?";
  sql.params.emplace_back(static_cast<int64_t>(count));
  store::Rows rows = TRY(view.query(sql));
  Json tasks = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    tasks.push(TRY(task_json({view, library, subject, away, true}, rows[i])));
  }
  return tasks;
}

Result<Json> tasks_of_record(store::View& view, const Library& library,
                             const access::Subject& subject, std::string_view form, RecordId id,
                             const AwayAsk& away) {
  store::Rows rows =
      TRY(view.query({std::string("SELECT t.* FROM flow_task t WHERE t.form = ? AND t.record_id = ?"
                                  " AND t.state IN ('open', 'claimed', 'suspended')") +
                          kOrder,
                      {std::string(form), id.text()}}));
  store::Rows open = TRY(rows_open_to(view, subject, form, id, away));
  std::set<std::string> mine;
  for (std::size_t i = 0; i < open.size(); ++i) mine.insert(open[i].text("id"));
  Json tasks = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    bool may_take = mine.contains(rows[i].text("id"));
    Json task = TRY(task_json({view, library, subject, away, may_take}, rows[i]));
    task.set("may_take", may_take);
    tasks.push(std::move(task));
  }
  return tasks;
}

Result<std::optional<access::NodeRights>> rights_on(store::View& view, const Library& library,
                                                    const access::Subject& subject,
                                                    std::string_view form, RecordId id,
                                                    const AwayAsk& away) {
  std::optional<access::NodeRights> rights;
  store::Rows open = TRY(rows_open_to(view, subject, form, id, away));
  for (std::size_t i = 0; i < open.size(); ++i) {
    Task task = TRY(task_of(open[i]));
    const Node* node = node_of(library, task.model_id, task.model_version, task.node);
    if (!node || !node->user) continue;
    if (!rights) rights.emplace(node->user->rights);
    widen(*rights, node->user->rights);
  }
  return rights;
}

}  // namespace anlan::flow
