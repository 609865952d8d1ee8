#include "flow/roster.h"

#include "flow/case_state.h"

namespace anlan::flow {

Result<std::vector<RosterEntry>> roster(store::View& view, std::string_view form, RecordId id) {
  store::Rows rows =
      TRY(view.query({"SELECT id, node, state, assignee, completed_by, outcome, "
                      "comment, created, ended FROM flow_task "
                      "WHERE form = ? AND record_id = ? ORDER BY created, id",
                      {std::string(form), id.text()}}));
  std::vector<RosterEntry> entries;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    store::Row row = rows[i];
    RosterEntry entry{.id = TRY(TaskId::parse(row.text("id"))),
                      .node = row.text("node"),
                      .state = row.text("state"),
                      .assignee = person_or_none(row, "assignee"),
                      .completed_by = person_or_none(row, "completed_by"),
                      .outcome = row.text("outcome"),
                      .comment = row.text("comment"),
                      .created = {row.int64("created")}};
    if (!row.is_null("ended")) entry.ended = Instant{row.int64("ended")};
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace anlan::flow
