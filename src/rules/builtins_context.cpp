// Context functions (DMN 1.5, 10.3.4.10).

#include <array>

#include "rules/builtins.h"
#include "rules/evaluator.h"

namespace anlan::rules {

namespace {

using Arguments = std::span<const Value>;

Value get_value(Evaluator& evaluator, Arguments a) {
  const Value* found = a[0].as_context()->find(*a[1].as_string());
  return found != nullptr ? *found : evaluator.fail("no entry of this name");
}

Value get_entries(Evaluator& evaluator, Arguments a) {
  List out;
  for (const auto& [name, value] : a[0].as_context()->entries()) {
    out.emplace_back(Context{{"key", Value(name)}, {"value", value}});
  }
  return evaluator.bounded(std::move(out));
}

Value from_entries(Evaluator& evaluator, Arguments a) {
  Context out;
  for (const Value& item : *a[0].as_list()) {
    const Context* entry = item.as_context();
    const Value* key = entry != nullptr ? entry->find("key") : nullptr;
    const Value* value = entry != nullptr ? entry->find("value") : nullptr;
    bool complete = key != nullptr && key->as_string() != nullptr && value != nullptr;
    if (!complete || out.find(*key->as_string()) != nullptr || !evaluator.step(out.size() / 16)) {
      return evaluator.fail("an entry without key or value, or a key twice");
    }
    out.set(*key->as_string(), *value);
  }
  return evaluator.bounded(std::move(out));
}

Value put(Evaluator& evaluator, Arguments a) {
  Context out = *a[0].as_context();
  out.set(*a[1].as_string(), a[2]);
  return evaluator.bounded(std::move(out));
}

Value put_at(Evaluator& evaluator, const Value& on, std::span<const Value> keys,
             const Value& value) {
  const Context* context = on.as_context();
  if (context == nullptr || keys[0].as_string() == nullptr || !evaluator.step(context->size())) {
    return evaluator.fail("context put needs a context and names");
  }
  Value inner = value;
  if (keys.size() > 1) {
    const Value* held = context->find(*keys[0].as_string());
    inner = put_at(evaluator, held != nullptr ? *held : Value(), keys.subspan(1), value);
    if (inner.is_null()) return {};
  }
  Context out = *context;
  out.set(*keys[0].as_string(), std::move(inner));
  return evaluator.bounded(std::move(out));
}

Value put_deep(Evaluator& evaluator, Arguments a) {
  const List& keys = *a[1].as_list();
  constexpr std::size_t kKeysMax = 64;
  if (keys.empty() || keys.size() > kKeysMax) return evaluator.fail("context put needs keys");
  return put_at(evaluator, a[0], keys, a[2]);
}

Value merge(Evaluator& evaluator, Arguments a) {
  Context out;
  for (const Value& item : *a[0].as_list()) {
    if (item.as_context() == nullptr) return evaluator.fail("context merge needs contexts");
    for (const auto& [name, value] : item.as_context()->entries()) {
      if (!evaluator.step(1 + out.size() / 16)) return {};
      out.set(name, value);
    }
  }
  return evaluator.bounded(std::move(out));
}

constexpr std::array kRows = {
    Builtin{"get value", "m:c,key:s", get_value},
    Builtin{"get entries", "m:c", get_entries},
    Builtin{"context", "entries:l", from_entries},
    Builtin{"context put", "context:c,key:s,value:a", put},
    Builtin{"context put", "context:c,keys:l,value:a", put_deep},
    Builtin{"context merge", "contexts:l", merge},
};

}  // namespace

std::span<const Builtin> context_builtins() { return kRows; }

}  // namespace anlan::rules
