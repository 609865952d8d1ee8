// Evaluates decisions, knowledge models and services of a model (DMN 1.5, 10.4).

#include <algorithm>
#include <map>

#include "rules/dmn_model.h"
#include "rules/evaluator.h"

namespace anlan::rules {

namespace {

using Drg = ModelData::Drg;
using Shared = std::shared_ptr<const ModelData>;

constexpr int kChainMax = 200;  // decisions that require decisions; a person's model has 10

class Decider {
 public:
  Decider(Shared model, Evaluator& evaluator, const Context& inputs, int depth = 0)
      : model_(std::move(model)), evaluator_(evaluator), inputs_(inputs), depth_(depth) {}

  // A value that stands fast, whatever its logic says: an argument of a service.
  void fix(const Drg& drg, Value value) { known_.insert_or_assign(&drg, std::move(value)); }

  Value value_of(const Drg& drg) {
    auto known = known_.find(&drg);
    if (known != known_.end()) return known->second;
    if (depth_ >= kChainMax || !evaluator_.step()) {
      return evaluator_.fail("requirements in a circle or too deep");
    }
    known_.emplace(&drg, Value());  // seen from inside a circle it is null
    ++depth_;
    Value out = compute(drg);
    --depth_;
    known_.insert_or_assign(&drg, out);
    return out;
  }

 private:
  Value compute(const Drg& drg) {
    switch (drg.kind) {
      case Drg::Kind::Input: return input(drg);
      case Drg::Kind::Decision: return decision(drg);
      case Drg::Kind::Knowledge: return knowledge(drg);
      case Drg::Kind::Service: return service(drg);
    }
    return {};
  }

  Value input(const Drg& drg) {
    const Value* given = inputs_.find(drg.name);
    if (given == nullptr) return {};
    return evaluator_.coerce(*given, drg.type.get());
  }

  // Required elements by name; those of an import inside a context with the import's name.
  Context scope_of(const Drg& drg) {
    Context out;
    auto imports = model_->import_names.find(drg.space);
    for (const Drg* required : drg.requires_elements) {
      Value value = value_of(*required);
      std::string prefix;
      if (required->space != drg.space && imports != model_->import_names.end()) {
        auto name = imports->second.find(required->space);
        if (name != imports->second.end()) prefix = name->second;
      }
      if (prefix.empty()) {
        out.set(required->name, std::move(value));
        continue;
      }
      const Value* held = out.find(prefix);
      Context group = held != nullptr && held->as_context() ? *held->as_context() : Context();
      group.set(required->name, std::move(value));
      out.set(prefix, std::move(group));
    }
    return out;
  }

  Value decision(const Drg& drg) {
    if (!drg.logic) return {};
    Context scope = scope_of(drg);
    std::string outer = std::exchange(evaluator_.decision_id, drg.id);
    Value out = evaluator_.eval(*drg.logic, {.context = &scope});
    out = evaluator_.coerce(std::move(out), drg.type.get());
    evaluator_.decision_id = std::move(outer);
    return out;
  }

  Value knowledge(const Drg& drg) {
    if (!drg.logic) return {};
    Context scope = scope_of(drg);
    Value made = evaluator_.eval(*drg.logic, {.context = &scope});
    if (made.as_function() == nullptr) return made;
    Function named = *made.as_function();
    named.self_name = drg.name;
    return named;
  }

  Value service(const Drg& drg) {
    Function out;
    for (const Drg* parameter : drg.parameters) {
      out.parameters.push_back({parameter->name, parameter->type});
    }
    bool is_signature = drg.type && drg.type->kind == Type::Kind::Function;
    out.result = is_signature ? drg.type->element : drg.type;
    const Drg* target = &drg;
    int depth = depth_;
    // The function value keeps the model alive.
    out.native = [model = model_, target, depth](Evaluator& evaluator,
                                                 std::span<const Value> arguments) {
      return run_service(model, *target, evaluator, arguments, depth);
    };
    return out;
  }

  static Value run_service(const Shared& model, const Drg& drg, Evaluator& evaluator,
                           std::span<const Value> arguments, int depth) {
    const Context nothing;
    Decider inner(model, evaluator, nothing, depth + 1);
    for (std::size_t i = 0; i < drg.parameters.size() && i < arguments.size(); ++i) {
      inner.fix(*drg.parameters[i], arguments[i]);
    }
    if (drg.outputs.size() == 1) return inner.value_of(*drg.outputs.front());
    Context out;
    for (const Drg* output : drg.outputs) out.set(output->name, inner.value_of(*output));
    return evaluator.bounded(std::move(out));
  }

  Shared model_;  // shared with the function values made here
  Evaluator& evaluator_;
  const Context& inputs_;
  int depth_;
  std::map<const Drg*, Value> known_;
};

// Warnings go to the outcome and, if the caller asked, to the environment too.
Environment with_warnings(const Environment& environment, std::vector<std::string>& warnings) {
  Environment out = environment;
  out.warnings = &warnings;
  return out;
}

void pass_on(const Environment& environment, const std::vector<std::string>& warnings) {
  if (environment.warnings == nullptr) return;
  environment.warnings->insert(environment.warnings->end(), warnings.begin(), warnings.end());
}

std::vector<Model::Element> elements_of(const ModelData& data, Drg::Kind kind) {
  std::vector<Model::Element> out;
  for (const std::string& key : data.order) {
    const Drg& drg = data.elements.at(key);
    if (drg.kind == kind && drg.space == data.space)
      out.push_back({drg.id, drg.name, drg.type_name});
  }
  return out;
}

}  // namespace

const Drg* ModelData::find(Drg::Kind kind, std::string_view name_or_id) const {
  const Drg* best = nullptr;
  int best_rank = 4;
  for (const auto& [key, drg] : elements) {
    if (drg.kind != kind) continue;
    int rank = drg.name == name_or_id ? 0 : drg.id == name_or_id ? 1 : 4;
    if (drg.space != space) rank += 2;
    if (rank >= best_rank || rank > 3) continue;
    best = &drg;
    best_rank = rank;
  }
  return best;
}

Result<Outcome> Model::decide(std::string_view decision_name_or_id, const Context& inputs,
                              const Environment& environment) const {
  const Drg* drg = data_->find(Drg::Kind::Decision, decision_name_or_id);
  if (drg == nullptr) {
    return refuse(ErrorCode::NotFound, "no decision '" + std::string(decision_name_or_id) + "'");
  }
  Outcome out;
  Environment inner = with_warnings(environment, out.warnings);
  Evaluator evaluator(inner);
  evaluator.matched = &out.matched;
  evaluator.asked = &out.asked;
  out.value = Decider(data_, evaluator, inputs).value_of(*drg);
  out.steps = evaluator.steps();
  pass_on(environment, out.warnings);
  return out;
}

Result<Outcome> Model::call_service(std::string_view name, const Context& inputs,
                                    const Environment& environment) const {
  const Drg* drg = data_->find(Drg::Kind::Service, name);
  if (drg == nullptr) {
    return refuse(ErrorCode::NotFound, "no decision service '" + std::string(name) + "'");
  }
  Outcome out;
  Environment inner = with_warnings(environment, out.warnings);
  Evaluator evaluator(inner);
  evaluator.matched = &out.matched;
  evaluator.asked = &out.asked;
  List arguments;
  for (const Drg* parameter : drg->parameters) {
    const Value* given = inputs.find(parameter->name);
    arguments.push_back(given != nullptr ? *given : Value());
  }
  Value service = Decider(data_, evaluator, inputs).value_of(*drg);
  out.value = evaluator.call(service, arguments);
  out.steps = evaluator.steps();
  pass_on(environment, out.warnings);
  return out;
}

std::vector<Model::Element> Model::decisions() const {
  return elements_of(*data_, Drg::Kind::Decision);
}

std::vector<Model::Element> Model::inputs() const { return elements_of(*data_, Drg::Kind::Input); }

std::string_view Model::name() const { return data_->name; }
std::string_view Model::target_namespace() const { return data_->space; }

}  // namespace anlan::rules
