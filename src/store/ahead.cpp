#include "store/ahead.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "core/check.h"

namespace anlan::store {
namespace {

// A group has at most limits::kCommandGroupMax subjects; more are asked in several statements.
constexpr std::size_t kAtOnce = 256;

// All that is asked and named, where it is named by texts alone.
std::string whole_of(const Sql& sql) {
  std::string whole = sql.text;
  for (const Value& value : sql.params) {
    const auto* text = std::get_if<std::string>(&value);
    if (!text) return {};
    whole.append(1, '\0').append(*text);
  }
  return whole;
}

const std::string* subject_of(const Sql& sql) {
  return sql.params.size() == 1 ? std::get_if<std::string>(&sql.params[0]) : nullptr;
}

// Filled up to a power of four, so that groups of many sizes share a few prepared statements.
Sql lookup_of_many(const Lookup& question, std::span<const std::string> ids) {
  std::size_t size = 1;
  while (size < ids.size()) size *= 4;
  Sql sql{std::string(question.select)};
  sql.text.append(" WHERE ").append(question.key).append(" IN (?");
  for (std::size_t i = 1; i < size; ++i) sql.text += ", ?";
  sql.text.append(")").append(question.rest);
  for (std::size_t i = 0; i < size; ++i) sql.params.emplace_back(ids[std::min(i, ids.size() - 1)]);
  return sql;
}

std::size_t key_column(const Rows& rows, std::string_view key) {
  std::size_t dot = key.rfind('.');
  std::string_view name = dot == std::string_view::npos ? key : key.substr(dot + 1);
  auto found = std::ranges::find(rows.columns(), name);
  CHECK(found != rows.columns().end(), "a lookup selects the column of its key");
  return static_cast<std::size_t>(found - rows.columns().begin());
}

void keep_each(Ahead& ahead, const Lookup& question, std::span<const std::string> ids,
               const Rows& rows) {
  std::unordered_map<std::string_view, std::vector<std::vector<Value>>> by_id;
  std::size_t key = key_column(rows, question.key);
  for (const auto& cells : rows.cells()) {
    const auto* id = std::get_if<std::string>(&cells[key]);
    if (id) by_id[*id].push_back(cells);
  }
  std::unordered_set<std::string_view> kept;
  for (const std::string& id : ids) {
    if (!kept.insert(id).second) continue;
    ahead.keep(lookup(question, id), Rows(rows.columns(), std::move(by_id[id])));
  }
}

}  // namespace

Sql lookup(const Lookup& question, std::string id) {
  std::string text(question.select);
  text.append(" WHERE ").append(question.key).append(" = ?").append(question.rest);
  return {std::move(text), {std::move(id)}};
}

bool reads_ahead(View& view) {
  auto* reading = dynamic_cast<AheadReading*>(&view);
  return reading && reading->ahead();
}

Result<std::vector<Rows>> read_ahead(View& view, std::span<const AheadAsk> asks) {
  auto* reading = dynamic_cast<AheadReading*>(&view);
  CHECK(reading && reading->ahead(), "reads_ahead was asked before");
  std::vector<Sql> statements;
  std::vector<std::pair<const Lookup*, std::span<const std::string>>> parts;
  for (const AheadAsk& ask : asks) {
    std::span<const std::string> ids(ask.ids);
    while (!ids.empty()) {
      auto part = ids.first(std::min(ids.size(), kAtOnce));
      ids = ids.subspan(part.size());
      statements.push_back(lookup_of_many(ask.question, part));
      parts.emplace_back(&ask.question, part);
    }
  }
  std::vector<Rows> answers = TRY(reading->query_all(statements));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    keep_each(*reading->ahead(), *parts[i].first, parts[i].second, answers[i]);
  }
  return answers;
}

Result<void> ask_ahead(View& view, std::vector<Sql> questions) {
  auto* reading = dynamic_cast<AheadReading*>(&view);
  CHECK(reading && reading->ahead(), "reads_ahead was asked before");
  std::vector<Rows> answers = TRY(reading->query_all(questions));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    reading->ahead()->keep_whole(questions[i], std::move(answers[i]));
  }
  return {};
}

void give_up_together(View& view) {
  auto* reading = dynamic_cast<AheadReading*>(&view);
  CHECK(reading && reading->ahead(), "only what is done together is given up");
  reading->give_up();
}

void Ahead::keep(const Sql& asked, Rows rows) {
  const std::string* subject = subject_of(asked);
  CHECK(subject, "a lookup asks for one subject");
  std::vector<Answer>& answers = answers_[*subject];
  auto known = std::ranges::find(answers, asked.text, &Answer::text);
  if (known == answers.end()) answers.push_back({asked.text, std::move(rows)});
  else known->rows = std::move(rows);
}

void Ahead::keep_whole(const Sql& asked, Rows rows) {
  std::string whole = whole_of(asked);
  if (!whole.empty()) wholes_.insert_or_assign(std::move(whole), std::move(rows));
}

const Rows* Ahead::find(const Sql& asked) const {
  if (!wholes_.empty()) {
    auto whole = wholes_.find(whole_of(asked));
    if (whole != wholes_.end()) return &whole->second;
  }
  if (answers_.empty()) return nullptr;
  const std::string* subject = subject_of(asked);
  if (!subject) return nullptr;
  auto found = answers_.find(*subject);
  if (found == answers_.end()) return nullptr;
  auto answer = std::ranges::find(found->second, asked.text, &Answer::text);
  return answer == found->second.end() ? nullptr : &answer->rows;
}

void Ahead::forget(const Change& change) {
  if (!change.is_housekeeping) wholes_.clear();
  if (answers_.empty()) return;
  for (const RowChange& row : change.rows) {
    for (const auto* cells : {&row.key, &row.cells}) {
      for (const Cell& cell : *cells) {
        if (const auto* text = std::get_if<std::string>(&cell.value)) answers_.erase(*text);
      }
    }
  }
}

}  // namespace anlan::store
