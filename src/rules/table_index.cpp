#include "rules/table_index.h"

#include <algorithm>

#include "rules/table.h"

namespace anlan::rules {

namespace {

constexpr std::size_t kRulesMin = 16;  // below, walking is as fast

bool is_key(const Value& value) {
  return value.is(Value::Kind::String) || value.is(Value::Kind::Number) ||
         value.is(Value::Kind::Boolean);
}

// Of keys only: by kind, then by value.
bool is_before(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return a.kind() < b.kind();
  if (a.as_string() != nullptr) return *a.as_string() < *b.as_string();
  if (a.as_number() != nullptr) return *a.as_number() < *b.as_number();
  return a.is_false() && b.is_true();
}

// The constants that a test consists of; nothing for any other test.
std::optional<std::vector<Value>> constants_of(const Node& test) {
  if (test.op != Op::Tests) return std::nullopt;
  std::vector<Value> out;
  for (const NodePtr& part : test.parts) {
    if (part->op != Op::Constant || !is_key(part->value)) return std::nullopt;
    out.push_back(part->value);
  }
  return out;
}

}  // namespace

std::optional<TableIndex::Column> TableIndex::column_of(const Table& table, std::size_t input) {
  struct Entry {
    Value value;
    uint32_t rule;
  };
  std::vector<Entry> entries;
  Column out{.input = input};
  for (std::size_t i = 0; i < table.rules.size(); ++i) {
    uint32_t rule = static_cast<uint32_t>(i);
    auto constants = constants_of(*table.rules[i].tests[input]);
    if (!constants) {
      out.open.push_back(rule);
      continue;
    }
    for (Value& value : *constants) entries.push_back({std::move(value), rule});
  }
  if (out.open.size() * 2 > table.rules.size()) return std::nullopt;
  std::ranges::stable_sort(entries, is_before, &Entry::value);
  for (Entry& entry : entries) {
    bool is_new = out.named.empty() || is_before(out.named.back().value, entry.value);
    if (is_new) out.named.push_back({.value = std::move(entry.value)});
    std::vector<uint32_t>& rules = out.named.back().rules;
    if (rules.empty() || rules.back() != entry.rule) rules.push_back(entry.rule);
  }
  return out;
}

TableIndex TableIndex::over(const Table& table) {
  TableIndex out;
  if (table.rules.size() < kRulesMin) return out;
  for (std::size_t i = 0; i < table.inputs.size(); ++i) {
    if (auto column = column_of(table, i)) out.columns_.push_back(std::move(*column));
  }
  return out;
}

std::optional<TableIndex::Candidates> TableIndex::candidates(std::span<const Value> inputs) const {
  std::optional<Candidates> best;
  for (const Column& column : columns_) {
    const Value& input = inputs[column.input];
    if (input.as_list() != nullptr) continue;  // a list of one item may equal that item
    Candidates found{.open = column.open};
    if (is_key(input)) {
      auto named = std::ranges::lower_bound(column.named, input, is_before, &Named::value);
      bool is_there = named != column.named.end() && !is_before(input, named->value);
      if (is_there) found.named = named->rules;
    }
    if (!best || found.size() < best->size()) best = found;
  }
  return best;
}

}  // namespace anlan::rules
