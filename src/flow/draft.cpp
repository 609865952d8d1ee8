#include "flow/draft.h"

#include "core/limits.h"

namespace anlan::flow {

namespace {

std::string key_of(TaskId task, PersonId person) { return task.text() + "/" + person.text(); }

}  // namespace

Result<store::Change> save_draft(const access::Desk& desk, PersonId person, TaskId task,
                                 const Json& content) {
  std::string text = write_json(content);
  if (text.size() > limits::kObjectBytesMax) {
    return refuse(ErrorCode::TooLarge, "the draft is too large", "fields");
  }
  store::Change change{.actor = desk.actor,
                       .act = "task.draft",
                       .subject_kind = "task",
                       .subject_id = task.text(),
                       .at = desk.now,
                       .is_housekeeping = true};
  std::string key = key_of(task, person);
  // Drafts of tasks that are over go with the next one that is saved.
  auto old =
      TRY(desk.view.query({"SELECT d.id FROM flow_draft d JOIN flow_task t"
                           " ON t.id = d.task_id WHERE d.person = ?"
                           " AND t.state IN ('done', 'cancelled')",
                           {person.text()}}));
  for (std::size_t i = 0; i < old.size(); ++i) {
    change.rows.push_back({.kind = store::RowChange::Kind::Delete,
                           .table = "flow_draft",
                           .key = {{"id", old[i].text("id")}},
                           .is_private = true});
  }
  auto known = TRY(desk.view.query({"SELECT id FROM flow_draft WHERE id = ?", {key}}));
  store::RowChange row{.table = "flow_draft", .key = {{"id", key}}, .is_private = true};
  if (known.empty()) {
    row.cells = {{"task_id", task.text()}, {"person", person.text()}};
  } else {
    row.kind = store::RowChange::Kind::Update;
  }
  row.cells.push_back({"content", text});
  row.cells.push_back({"at", desk.now.ns});
  change.rows.push_back(std::move(row));
  return change;
}

Result<Json> find_draft(store::View& view, PersonId person, TaskId task) {
  auto rows =
      TRY(view.query({"SELECT d.content, d.at FROM flow_draft d JOIN flow_task t"
                      " ON t.id = d.task_id WHERE d.id = ?"
                      " AND t.state NOT IN ('done', 'cancelled')",
                      {key_of(task, person)}}));
  if (rows.empty()) return Json();
  Json content = TRY(parse_json(rows[0].text("content"), limits::kXmlBytesMax));
  return Json::object(
      {{"content", std::move(content)}, {"at", format_instant({rows[0].int64("at")})}});
}

}  // namespace anlan::flow
