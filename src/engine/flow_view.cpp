#include "engine/flow_view.h"

#include "engine/read.h"
#include "engine/show.h"
#include "flow/findings.h"

namespace anlan::engine {

Result<Json> flow_picture(Engine& engine, const access::Subject& by, std::string_view form_id,
                          RecordId id) {
  const records::Form* form = engine.packs().forms.find(form_id);
  if (form == nullptr) return refuse(ErrorCode::NotFound);
  auto view = TRY(engine.database().snapshot());
  Reader reader(*view, engine.packs(), engine.clock().now());
  auto reach = TRY(reader.reach_to_see(by, *form, id));
  bool is_seen = reach.is_allowed && !reach.is_brief &&
                 TRY(records::is_visible(*view, *form, id, reach.scope));
  if (!is_seen) return refuse(ErrorCode::NotFound);
  return flow::picture(*view, engine.packs().library, form->id, id);
}

Result<Json> draft_of(Engine& engine, const access::Subject& by, TaskId task) {
  auto view = TRY(engine.database().snapshot());
  return Json::object({{"draft", TRY(flow::find_draft(*view, by.person, task))}});
}

Result<Json> delegations(Engine& engine, const access::Subject& by) {
  auto view = TRY(engine.database().snapshot());
  Reader reader(*view, engine.packs(), engine.clock().now());
  Json rows = TRY(flow::delegations_of(*view, by.person, engine.clock().now()));
  for (Json& row : rows.as_array()) {
    row.set("person_name", TRY(reader.person_name(row.text_or("person", ""))));
    row.set("deputy_name", TRY(reader.person_name(row.text_or("deputy", ""))));
  }
  return Json::object({{"rows", std::move(rows)}});
}

Json flow_findings(std::string_view xml) {
  Json findings = Json::array();
  for (const flow::ToldFinding& finding : flow::lint_told(xml)) {
    Json parts = Json::array();
    for (const std::string& part : finding.parts) parts.push(part);
    findings.push(Json::object({{"element", finding.element_id},
                                {"code", finding.code},
                                {"parts", std::move(parts)},
                                {"text", local(finding.text)}}));
  }
  return Json::object({{"findings", std::move(findings)}});
}

}  // namespace anlan::engine
