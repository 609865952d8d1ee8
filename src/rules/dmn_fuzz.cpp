// Any bytes as a DMN model; every decision of a model that is read is decided.

#include <cstdint>
#include <string_view>

#include "rules/dmn.h"

using namespace anlan;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  constexpr std::size_t kBytesMax = 64 << 10;
  if (size > kBytesMax) return 0;
  auto model = rules::Model::parse(text, {.keep_broken_expressions = size % 2 == 0});
  if (!model) return 0;
  rules::Context inputs;
  for (const rules::Model::Element& input : model->inputs()) inputs.set(input.name, 5);
  rules::Environment environment{.steps_max = 20'000};
  int decided = 0;
  for (const rules::Model::Element& decision : model->decisions()) {
    if (++decided > 20) break;
    static_cast<void>(model->decide(decision.id, inputs, environment));
  }
  return 0;
}
