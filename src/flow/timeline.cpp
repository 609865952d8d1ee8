// What happened to a record, and which clocks run.

#include <algorithm>

#include "flow/screen.h"

namespace anlan::flow {

namespace {

LocalText name_of(const Library& library, const store::Row& row) {
  const Node* node =
      node_of(library, row.text("model_id"), row.int64("model_version"), row.text("node"));
  return node ? node->name : LocalText{};
}

// What the outcome was called when it was chosen; null for acts that choose none.
Json outcome_name(const Library& library, const store::Row& row) {
  const Node* node =
      node_of(library, row.text("model_id"), row.int64("model_version"), row.text("node"));
  if (!node || !node->user) return {};
  auto found = std::ranges::find(node->user->outcomes, row.text("outcome"), &Outcome::id);
  return found == node->user->outcomes.end() ? Json() : local_json(found->name);
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
  return Json::object({{"at", format_instant({row.int64("at")})},
                       {"actor", std::move(actor)},
                       {"act", row.text("act")},
                       {"node", row.text("node")},
                       {"name", local_json(name_of(library, row))},
                       {"outcome", row.text("outcome")},
                       {"outcome_name", outcome_name(library, row)},
                       {"comment", row.text("comment")},
                       {"detail", std::move(detail)},
                       {"superseded", row.int64("superseded") != 0}});
}

}  // namespace

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
