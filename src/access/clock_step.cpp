// When the machine's clock is set, nobody has been idle for the hour that it jumped.

#include "access/sessions.h"
#include "access/tables.h"

namespace anlan::access {
namespace {

using store::Cell;
using store::Row;
using store::RowChange;

// Zero means never and stays so.
Cell moved(const Row& row, std::string_view column, Duration step) {
  int64_t at = row.int64(column);
  return {std::string(column), at == 0 ? at : std::max<int64_t>(1, at + step.ns)};
}

RowChange moved_row(std::string table, Cell key, std::vector<Cell> cells) {
  return hidden({.kind = RowChange::Kind::Update,
                 .table = std::move(table),
                 .key = {std::move(key)},
                 .cells = std::move(cells)});
}

}  // namespace

Result<std::optional<store::Change>> follow_clock(store::View& view, Duration step, Instant now) {
  store::Change change{.act = "clock.follow", .at = now, .is_housekeeping = true};
  store::Rows sessions = TRY(view.query({"SELECT id, created_at, touched_at FROM session"}));
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    Row row = sessions[i];
    change.rows.push_back(
        moved_row("session", {"id", row.text("id")},
                  {moved(row, "created_at", step), moved(row, "touched_at", step)}));
  }
  store::Rows halves = TRY(view.query({"SELECT id, created_at FROM half_session"}));
  for (std::size_t i = 0; i < halves.size(); ++i) {
    change.rows.push_back(moved_row("half_session", {"id", halves[i].text("id")},
                                    {moved(halves[i], "created_at", step)}));
  }
  store::Rows failures =
      TRY(view.query({"SELECT login_sha256, last_at, locked_until FROM login_failure"}));
  for (std::size_t i = 0; i < failures.size(); ++i) {
    Row row = failures[i];
    change.rows.push_back(
        moved_row("login_failure", {"login_sha256", row.text("login_sha256")},
                  {moved(row, "last_at", step), moved(row, "locked_until", step)}));
  }
  if (change.rows.empty()) return std::nullopt;
  return change;
}

}  // namespace anlan::access
