// What happened to a record, and which clocks run.

#include <algorithm>

#include "flow/screen.h"
#include "flow/shown.h"

namespace anlan::flow {

namespace {

// What a decision is called; null for acts that are none.
Json outcome_name(const Node* node, const std::string& id) {
  const Outcome* outcome = node && node->user ? node->user->outcome(id) : nullptr;
  return outcome ? local_json(outcome->name) : Json();
}

// A clock on the border of a task is shown by its own name, else by the task's.
LocalText clock_name(const Library& library, const store::Row& row) {
  const Model* model = library.model(row.text("model_id"), row.int64("model_version"));
  const Node* node = model ? model->graph().find(row.text("node")) : nullptr;
  if (!node) return {};
  bool has_host = node->name.zh.empty() && node->host != kNone;
  return has_host ? model->graph().nodes[node->host].name : node->name;
}

Result<Json> history_json(const Library& library, const store::Row& row) {
  Json actor = Json::object({{"kind", row.text("actor_kind")},
                             {"person", row.is_null("actor") ? Json() : Json(row.text("actor"))}});
  Json detail = TRY(parse_json(row.text("detail"), limits::kXmlBytesMax));
  const Node* node =
      node_of(library, row.text("model_id"), row.int64("model_version"), row.text("node"));
  return Json::object({{"at", format_instant({row.int64("at")})},
                       {"actor", std::move(actor)},
                       {"act", row.text("act")},
                       {"node", row.text("node")},
                       {"name", local_json(node ? node->name : LocalText{})},
                       {"outcome", row.text("outcome")},
                       {"outcome_name", outcome_name(node, row.text("outcome"))},
                       {"comment", row.text("comment")},
                       {"detail", std::move(detail)},
                       {"superseded", row.int64("superseded") != 0}});
}

// The details of one act on the record, in any of its cases.
Result<std::vector<Json>> details_of(store::View& view, store::Sql sql) {
  store::Rows rows = TRY(view.query(std::move(sql)));
  std::vector<Json> details;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    details.push_back(TRY(parse_json(rows[i].text("detail"), limits::kXmlBytesMax)));
  }
  return details;
}

bool has_text(const Json& list, std::string_view text) {
  if (!list.is_array()) return false;
  return std::ranges::any_of(list.as_array(), [&](const Json& one) { return one == Json(text); });
}

}  // namespace

Result<bool> was_copied(store::View& view, std::string_view form, RecordId id, PersonId person) {
  auto details = TRY(details_of(view, {"SELECT detail FROM flow_history WHERE form = ?"
                                       " AND record_id = ? AND act = 'task.cc'",
                                       {std::string(form), id.text()}}));
  return std::ranges::any_of(
      details, [&](const Json& detail) { return has_text(detail["people"], person.text()); });
}

Result<bool> decisions_name_file(store::View& view, std::string_view form, RecordId id,
                                 std::string_view sha256) {
  auto details =
      TRY(details_of(view, {"SELECT detail FROM flow_history WHERE form = ?"
                            " AND record_id = ? AND act IN ('task.complete', 'task.reject')",
                            {std::string(form), id.text()}}));
  return std::ranges::any_of(details, [&](const Json& detail) {
    return detail["signature"]["file"] == Json(sha256) || has_text(detail["attachments"], sha256);
  });
}

Result<Json> timeline(store::View& view, const Library& library, std::string_view form,
                      RecordId id) {
  store::Rows rows =
      TRY(view.query({"SELECT * FROM flow_history WHERE form = ? AND record_id = ?"
                      " ORDER BY at, case_id, seq",
                      {std::string(form), id.text()}}));
  Json all = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) all.push(TRY(history_json(library, rows[i])));
  return all;
}

Result<Json> clocks(store::View& view, const Library& library, std::string_view form, RecordId id) {
  store::Rows rows = TRY(view.query(
      {"SELECT r.node, r.due, r.firing, 'timer' AS kind, c.model_id, c.model_version"
       " FROM flow_timer r JOIN flow_case c ON c.id = r.case_id"
       " WHERE r.form = ? AND r.record_id = ?"
       " UNION ALL SELECT t.node, t.due, 0, 'due', t.model_id, t.model_version FROM flow_task t"
       " WHERE t.form = ? AND t.record_id = ? AND t.due IS NOT NULL"
       " AND t.state IN ('open', 'claimed') ORDER BY 2, 1",
       {std::string(form), id.text(), std::string(form), id.text()}}));
  Json all = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    store::Row row = rows[i];
    all.push(Json::object({{"node", row.text("node")},
                           {"name", local_json(clock_name(library, row))},
                           {"due", format_instant({row.int64("due")})},
                           {"kind", row.text("kind")},
                           {"firing", row.int64("firing")}}));
  }
  return all;
}

}  // namespace anlan::flow
