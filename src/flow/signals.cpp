#include "flow/signals.h"

#include "core/limits.h"

namespace anlan::flow {

SignalPost post(IdMaker& ids, const Signal& signal, CaseId from) {
  return {.id = ids.next(), .signal = signal, .from = from};
}

// Ids grow with time, so whoever listens since before the post has a smaller one.
Result<std::vector<Listener>> listeners(store::View& view, const SignalPost& post,
                                        std::size_t count) {
  store::Rows found = TRY(view.query(
      {"SELECT l.id, l.case_id, c.form, c.record_id FROM flow_listener l"
       " JOIN flow_case c ON c.id = l.case_id"
       " WHERE l.name = ? AND l.id > ? AND l.id < ? AND l.case_id <> ? ORDER BY l.id LIMIT ?",
       {post.signal.name, format_uuid(post.seen), format_uuid(post.id), post.from.text(),
        static_cast<int64_t>(count)}}));
  std::vector<Listener> all;
  for (std::size_t i = 0; i < found.size(); ++i) {
    store::Row row = found[i];
    all.push_back({.id = TRY(parse_uuid(row.text("id"))),
                   .case_id = TRY(CaseId::parse(row.text("case_id"))),
                   .form = row.text("form"),
                   .record_id = TRY(RecordId::parse(row.text("record_id")))});
  }
  return all;
}

Result<std::vector<SignalPost>> posts_open(store::View& view, std::size_t count) {
  store::Rows found = TRY(
      view.query({"SELECT * FROM flow_signal ORDER BY id LIMIT ?", {static_cast<int64_t>(count)}}));
  std::vector<SignalPost> all;
  for (std::size_t i = 0; i < found.size(); ++i) {
    store::Row row = found[i];
    Json data = TRY(parse_json(row.text("data"), limits::kXmlBytesMax));
    all.push_back({.id = TRY(parse_uuid(row.text("id"))),
                   .signal = {.name = row.text("name"), .data = std::move(data)},
                   .from = TRY(CaseId::parse(row.text("case_id"))),
                   .seen = TRY(parse_uuid(row.text("seen")))});
  }
  return all;
}

store::RowChange keep_post(const SignalPost& post, store::RowChange::Kind kind) {
  store::RowChange row{.kind = kind, .table = "flow_signal", .key = {{"id", format_uuid(post.id)}}};
  if (kind == store::RowChange::Kind::Delete) return row;
  row.cells = {{"seen", format_uuid(post.seen)}};
  if (kind == store::RowChange::Kind::Update) return row;
  row.cells.push_back({"name", post.signal.name});
  row.cells.push_back({"data", write_json(post.signal.data)});
  row.cells.push_back({"case_id", post.from.text()});
  return row;
}

}  // namespace anlan::flow
