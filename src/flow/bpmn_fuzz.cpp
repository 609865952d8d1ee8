// Any bytes as a BPMN file: read or refused, never a crash; what is read describes itself.

#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "flow/model.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, std::size_t size) {
  std::string_view xml(reinterpret_cast<const char*>(bytes), size);
  auto model = anlan::flow::Model::parse(xml);
  auto findings = anlan::flow::Model::lint(xml);
  CHECK(model.has_value() == findings.empty(), "lint and parse agree");
  if (model) CHECK(model->describe().is_array(), "a model describes its tasks");
  return 0;
}
