#pragma once
// A DMN model (1.1 to 1.5) with its decisions, business knowledge models, decision services and
// item definitions, read once. Deciding evaluates what a decision requires, each once.
//
//   Model model = TRY(Model::parse(xml));
//   Outcome grade = TRY(model.decide("hazard_grade", inputs, {.now = clock.now()}));
//   // grade.matched says which rule fired, with its annotation: the reason shown to a person.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "rules/context.h"

namespace anlan::rules {

struct Matched {
  std::string decision_id{};
  std::string rule_id{};
  std::string annotation{};
  int index = 0;  // of the rule in its table, from 0

  bool operator==(const Matched&) const = default;
};

// What a table looked at: the text of an input and the value it had.
struct Asked {
  std::string decision_id{};
  std::string input{};
  Value value{};
};

struct ModelData;

class Model {
 public:
  using Matched = rules::Matched;

  struct Outcome {
    Value value{};
    // Rules that fired, of required decisions too, in the order they were evaluated. UNIQUE, ANY
    // and FIRST list what fitted; PRIORITY only the winner; OUTPUT ORDER by priority.
    std::vector<Matched> matched{};
    // The inputs of every table that was evaluated, in its order; at most 200.
    std::vector<Asked> asked{};
    std::vector<std::string> warnings{};
    uint64_t steps = 0;
  };

  struct Options {
    std::vector<std::string> imports{};    // XML of imported models, found by their namespace
    bool keep_broken_expressions = false;  // they become null with a warning (the TCK wants it)
  };

  struct Element {
    std::string id{};
    std::string name{};
    std::string type{};  // typeRef as written, empty if none
  };

  // BadModel names the id of the element that is wrong in `field`. TooLarge over kXmlBytesMax.
  static Result<Model> parse(std::string_view xml);
  static Result<Model> parse(std::string_view xml, const Options& options);

  // NotFound when no decision has this name or id.
  Result<Outcome> decide(std::string_view decision_name_or_id, const Context& inputs,
                         const Environment& environment) const;
  // A decision service with its inputs by name (DMN 1.5, 10.4).
  Result<Outcome> call_service(std::string_view name, const Context& inputs,
                               const Environment& environment) const;

  std::vector<Element> decisions() const;
  std::vector<Element> inputs() const;
  std::string_view name() const;
  std::string_view target_namespace() const;

 private:
  std::shared_ptr<const ModelData> data_;  // immutable, shared by copies
};

using Outcome = Model::Outcome;

}  // namespace anlan::rules
