// Decision tables: hit policies of DMN 1.5, 8.2.8.

#include "rules/table.h"

#include <algorithm>

#include "rules/builtins.h"
#include "rules/evaluator.h"

namespace anlan::rules {

class TableRun {
 public:
  TableRun(Evaluator& evaluator, const Table& table, const Scope& scope)
      : evaluator_(evaluator), table_(table), scope_(scope) {}

  Value run() {
    if (!read_inputs()) return {};
    find_hits();
    if (hits_.empty()) return default_output();
    switch (table_.hit_policy) {
      case Table::HitPolicy::Unique: return unique();
      case Table::HitPolicy::Any: return any();
      case Table::HitPolicy::Priority: sort_by_priority(); return single();
      case Table::HitPolicy::First: return single();
      case Table::HitPolicy::OutputOrder: sort_by_priority(); return collect();
      case Table::HitPolicy::RuleOrder: return collect();
      case Table::HitPolicy::Collect: return aggregate();
    }
    return {};
  }

 private:
  bool read_inputs() {
    for (const Table::Input& input : table_.inputs) {
      Value value = evaluator_.eval(*input.expression, scope_);
      if (input.allowed && !value.is_null()) {
        auto fit = evaluator_.fits(*input.allowed, value, scope_);
        if (!fit || !*fit) {
          evaluator_.fail("an input of the decision table is not among the allowed values");
          return false;
        }
      }
      evaluator_.tell_asked(input.text, value);
      inputs_.push_back(std::move(value));
    }
    return true;
  }

  // False: no further rule is wanted.
  bool try_rule(const Table::Rule& rule) {
    if (!fires(rule)) return !evaluator_.is_stopped();
    hits_.push_back(&rule);
    return table_.hit_policy != Table::HitPolicy::First;
  }

  void find_hits() {
    auto few = table_.index.candidates(inputs_);
    if (!few) {
      for (const Table::Rule& rule : table_.rules) {
        if (!try_rule(rule)) return;
      }
      return;
    }
    auto named = few->named.begin();
    auto open = few->open.begin();
    while (named != few->named.end() || open != few->open.end()) {
      bool is_named = open == few->open.end() || (named != few->named.end() && *named < *open);
      if (!try_rule(table_.rules[is_named ? *named++ : *open++])) return;
    }
  }

  bool fires(const Table::Rule& rule) {
    for (std::size_t i = 0; i < rule.tests.size() && i < inputs_.size(); ++i) {
      auto fit = evaluator_.fits(*rule.tests[i], inputs_[i], scope_);
      if (!fit || !*fit) return false;
    }
    return !evaluator_.is_stopped();
  }

  // One output is its value, several are a context by name.
  Value output_of(const Table::Rule& rule) {
    if (table_.outputs.size() == 1) return cell(rule, 0);
    Context out;
    for (std::size_t i = 0; i < table_.outputs.size(); ++i) {
      out.set(table_.outputs[i].name, cell(rule, i));
    }
    return evaluator_.bounded(std::move(out));
  }

  Value cell(const Table::Rule& rule, std::size_t i) {
    if (i >= rule.results.size()) return {};
    Value value = evaluator_.eval(*rule.results[i], scope_);
    return evaluator_.coerce(std::move(value), table_.outputs[i].type.get());
  }

  void report(const Table::Rule& rule) {
    if (evaluator_.matched == nullptr) return;
    int index = static_cast<int>(&rule - table_.rules.data());
    evaluator_.matched->push_back({evaluator_.decision_id, rule.id, rule.annotation, index});
  }

  Value default_output() {
    bool any =
        std::ranges::any_of(table_.outputs, [](const auto& o) { return o.otherwise != nullptr; });
    if (!any) {
      if (table_.aggregation == Table::Aggregation::Count) return 0;
      evaluator_.fail("no rule of the decision table fits");
      return {};
    }
    Context out;
    for (const Table::Output& output : table_.outputs) {
      Value value = output.otherwise ? evaluator_.eval(*output.otherwise, scope_) : Value();
      if (table_.outputs.size() == 1) return evaluator_.coerce(value, output.type.get());
      out.set(output.name, std::move(value));
    }
    return evaluator_.bounded(std::move(out));
  }

  Value unique() {
    if (hits_.size() == 1) return single();
    report_all();
    return evaluator_.fail("more than one rule of a table with hit policy UNIQUE fits");
  }

  Value any() {
    Value first = output_of(*hits_.front());
    for (const Table::Rule* hit : std::span(hits_).subspan(1)) {
      Value other = output_of(*hit);
      if (first.is_null() && other.is_null()) continue;
      if (!evaluator_.equal(first, other).value_or(false)) {
        report_all();
        return evaluator_.fail("rules of a table with hit policy ANY disagree");
      }
    }
    report_all();
    return first;
  }

  Value single() {
    report(*hits_.front());
    return output_of(*hits_.front());
  }

  void report_all() {
    for (const Table::Rule* hit : hits_) report(*hit);
  }

  Value collect() {
    report_all();
    List out;
    for (const Table::Rule* hit : hits_) out.push_back(output_of(*hit));
    return evaluator_.bounded(std::move(out));
  }

  // The place of a value among the allowed ones, first is highest; unlisted values come last.
  std::size_t rank(const Table::Output& output, const Value& value) {
    for (std::size_t i = 0; i < output.order.size(); ++i) {
      if (evaluator_.fits(*output.order[i], value, scope_).value_or(false)) return i;
    }
    return output.order.size();
  }

  void sort_by_priority() {
    struct Ranked {
      std::vector<std::size_t> ranks;
      const Table::Rule* rule;
    };
    std::vector<Ranked> ranked;
    for (const Table::Rule* hit : hits_) {
      Ranked one{.ranks = {}, .rule = hit};
      for (std::size_t i = 0; i < table_.outputs.size(); ++i) {
        one.ranks.push_back(rank(table_.outputs[i], cell(*hit, i)));
      }
      ranked.push_back(std::move(one));
    }
    std::ranges::stable_sort(ranked, {}, &Ranked::ranks);
    for (std::size_t i = 0; i < hits_.size(); ++i) hits_[i] = ranked[i].rule;
  }

  Value aggregate() {
    Value all = collect();
    std::string_view name;
    switch (table_.aggregation) {
      case Table::Aggregation::None: return all;
      case Table::Aggregation::Sum: name = "sum"; break;
      case Table::Aggregation::Min: name = "min"; break;
      case Table::Aggregation::Max: name = "max"; break;
      case Table::Aggregation::Count: name = "count"; break;
    }
    return call_builtin(evaluator_, *find_builtin(name), List{all}, {});
  }

  Evaluator& evaluator_;
  const Table& table_;
  const Scope& scope_;
  std::vector<Value> inputs_;
  std::vector<const Table::Rule*> hits_;
};

Value run_table(Evaluator& evaluator, const Table& table, const Scope& scope) {
  return TableRun(evaluator, table, scope).run();
}

}  // namespace anlan::rules
