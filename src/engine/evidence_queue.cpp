#include "engine/evidence_queue.h"

#include "engine/engine.h"

namespace anlan::engine {

Result<std::vector<std::string>> waiting_photos(Engine& engine, std::size_t count) {
  auto view = TRY(engine.database().snapshot());
  auto limit = static_cast<int64_t>(count);
  std::vector<std::string> out;
  auto rows =
      TRY(view->query({"SELECT sha256 FROM photo WHERE look IN ('waiting', 'absent') "
                       "ORDER BY at LIMIT ?",
                       {limit}}));
  for (std::size_t i = 0; i < rows.size(); ++i) out.push_back(rows[i].text("sha256"));
  if (!out.empty()) return out;
  auto older =
      TRY(view->query({"SELECT DISTINCT f.sha256 FROM file_info f WHERE f.kind LIKE 'image/%' AND "
                       "NOT EXISTS (SELECT 1 FROM photo p WHERE p.sha256 = f.sha256) LIMIT ?",
                       {limit}}));
  for (std::size_t i = 0; i < older.size(); ++i) out.push_back(older[i].text("sha256"));
  return out;
}

Result<int64_t> count_waiting_photos(Engine& engine) {
  auto view = TRY(engine.database().snapshot());
  auto rows =
      TRY(view->query({"SELECT COUNT(*) AS count FROM photo WHERE look IN ('waiting', 'absent')"}));
  return rows[0].int64("count");
}

Result<std::vector<WaitingPair>> waiting_pairs(Engine& engine, std::size_t count) {
  auto view = TRY(engine.database().snapshot());
  auto rows = TRY(view->query(
      {"SELECT * FROM photo_pair q WHERE q.state IN ('waiting', 'absent') AND NOT EXISTS "
       "(SELECT 1 FROM evidence e WHERE e.form = q.form AND e.record_id = q.record_id AND "
       "e.sha256 IN (q.photo_before, q.photo_after) AND e.arrived_at IS NULL) AND NOT EXISTS "
       "(SELECT 1 FROM photo p WHERE p.sha256 IN (q.photo_before, q.photo_after) AND "
       "p.kind LIKE 'video/%') ORDER BY q.at LIMIT ?",
       {static_cast<int64_t>(count)}}));
  std::vector<WaitingPair> out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    WaitingPair pair{.form = row.text("form"),
                     .record = {},
                     .before = row.text("photo_before"),
                     .after = row.text("photo_after"),
                     .version = row.int64("version")};
    pair.record = TRY(RecordId::parse(row.text("record_id")));
    pair.box = TRY(parse_json(row.text("box")));
    out.push_back(std::move(pair));
  }
  return out;
}

Result<std::vector<StoredPrint>> stored_prints(Engine& engine, std::string_view after,
                                               std::size_t count) {
  auto view = TRY(engine.database().snapshot());
  auto rows = TRY(
      view->query({"SELECT sha256, print FROM photo_print WHERE sha256 > ? ORDER BY sha256 LIMIT ?",
                   {std::string(after), static_cast<int64_t>(count)}}));
  std::vector<StoredPrint> out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto* print = std::get_if<store::Blob>(&rows[i]["print"]);
    if (print != nullptr) out.push_back({rows[i].text("sha256"), print->bytes});
  }
  return out;
}

}  // namespace anlan::engine
