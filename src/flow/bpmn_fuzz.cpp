// Any bytes as a BPMN file: read or refused, never a crash; what is read describes itself
// and is drawn.

#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "flow/layout.h"
#include "flow/model.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, std::size_t size) {
  std::string_view xml(reinterpret_cast<const char*>(bytes), size);
  auto model = anlan::flow::Model::parse(xml);
  auto findings = anlan::flow::Model::lint(xml);
  CHECK(model.has_value() == findings.empty(), "lint and parse agree");
  if (!model) return 0;
  CHECK(model->describe().is_array(), "a model describes its tasks");
  std::size_t boxes = anlan::flow::lay_out(model->graph()).boxes.size();
  CHECK(boxes == model->graph().nodes.size(), "every element is drawn");
  return 0;
}
