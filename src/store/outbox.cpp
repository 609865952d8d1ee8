#include <algorithm>

#include "store/database.h"

namespace anlan::store {

Result<std::vector<StoredEvent>> events_after(View& view, int64_t seq, std::size_t count) {
  Rows rows = TRY(
      view.query({"SELECT seq, at, topic, payload FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?",
                  {seq, static_cast<int64_t>(std::min(count, limits::kListItemsMax))}}));
  std::vector<StoredEvent> events;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Row row = rows[i];
    Json payload = TRY(parse_json(row.text("payload"), row.text("payload").size()));
    events.push_back({row.int64("seq"), {row.int64("at")}, row.text("topic"), std::move(payload)});
  }
  return events;
}

Result<int64_t> last_event(View& view) {
  Rows rows = TRY(view.query({"SELECT coalesce(max(seq), 0) AS seq FROM outbox"}));
  return rows[0].int64("seq");
}

}  // namespace anlan::store
