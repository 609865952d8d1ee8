#include "engine/known_answers.h"

namespace anlan::engine {

Result<const KnownAnswers::Answer*> KnownAnswers::find(store::View& view, const Key& key) {
  if (!is_read_) TRY(read(view));
  auto found = answers_.find(key);
  return found == answers_.end() ? nullptr : &found->second;
}

Result<void> KnownAnswers::read(store::View& view) {
  answers_.clear();
  is_read_ = true;
  if (keys_.empty()) return {};
  // Filled up to a power of two, so that groups of many sizes share a few prepared statements.
  std::size_t size = 1;
  while (size < keys_.size()) size *= 2;
  store::Sql sql{"SELECT a.asker, a.key, a.fingerprint, a.answer FROM (VALUES (?, ?)"};
  for (std::size_t i = 1; i < size; ++i) sql.text += ", (?, ?)";
  sql.text += ") v JOIN command_answer a ON a.asker = v.column1 AND a.key = v.column2";
  for (std::size_t i = 0; i < size; ++i) {
    const Key& key = keys_[i < keys_.size() ? i : 0];
    sql.params.emplace_back(key.asker);
    sql.params.emplace_back(key.key);
  }
  auto rows = TRY(view.query(sql));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    answers_[{row.text("asker"), row.text("key")}] = {row.text("fingerprint"), row.text("answer")};
  }
  return {};
}

}  // namespace anlan::engine
