#include "engine/permit_rules.h"

#include <algorithm>

#include "engine/permits.h"
#include "engine/read.h"
#include "rules/dmn_tables.h"

namespace anlan::engine {
namespace {

Result<const records::Form*> form_for(Engine& engine, const access::Subject& by) {
  const records::Form* form = engine.packs().forms.find("permit");
  if (form == nullptr) return refuse(ErrorCode::NotFound, "no permits here");
  access::Ask ask{.form = form->id, .action = access::Action::List};
  auto verdict = engine.packs().policy.may(by, ask);
  if (!verdict.allowed) return refuse(ErrorCode::Forbidden, verdict.reason);
  return form;
}

// The regime of the place, else the first that the form knows: the one its flow begins with.
Result<std::string> regime_for(Engine& engine, store::View& view, const records::Form& form,
                               const Json& draft) {
  std::string given = draft.text_or("regime", "");
  if (!given.empty()) return given;
  const records::Form* areas = engine.packs().forms.find("area");
  auto id = RecordId::parse(draft.text_or("area", ""));
  if (areas != nullptr && id) {
    auto area = records::read_whole(view, *areas, *id);
    std::string own = area ? area->text_or("regime", "") : "";
    if (!own.empty()) return own;
  }
  const records::Field* field = form.find("regime");
  if (field == nullptr || field->choices.empty()) return std::string();
  return field->choices.front().first;
}

}  // namespace

Result<Json> permit_rule_tables(Engine& engine, const access::Subject& by,
                                std::string_view regime) {
  TRY(form_for(engine, by));
  const std::string id = "permit_" + std::string(regime);
  for (const ModelFile& file : engine.packs().models) {
    if (file.kind != ModelFile::Kind::Decisions || file.id != id) continue;
    Json tables = TRY(rules::decision_tables(file.content));
    return Json::object({{"regime", std::string(regime)}, {"tables", std::move(tables)}});
  }
  return refuse(ErrorCode::NotFound, "no rules of this regime", "regime");
}

Result<Json> permit_preview(Engine& engine, const access::Subject& by, const Json& draft) {
  const records::Form* form = TRY(form_for(engine, by));
  if (!draft.is_object()) return refuse(ErrorCode::BadRequest, "no permit");
  auto view = TRY(engine.database().snapshot());
  auto plant = engine.sensing().plant();
  Json permit = draft;
  if (const AreaInfo* known = plant->area(draft.text_or("area", ""))) {
    permit.set("area", known->id.text());
  }
  for (const char* field : {"valid_from", "valid_to"}) {
    if (!instant_in(permit, field)) return refuse(ErrorCode::BadField, "no instant", field);
  }
  std::string regime = TRY(regime_for(engine, *view, *form, permit));
  permit.set("regime", regime);
  PermitDesk desk{*view, engine.packs(), *plant, engine.clock().now(),
                  engine.config().time_zone_offset};
  Json made = TRY(permit_decision(desk, permit, "permit"));
  Json preview = Json::object({{"regime", regime}});
  for (const char* name : {"grade_computed", "grade", "mark", "source", "limits", "approvers",
                           "measures", "isolations"}) {
    preview.set(name, made[name]);
  }
  Json reason = Json::object({{"zh", made["reason_zh"]}, {"en", made["reason_en"]}});
  preview.set("reason", made["reason_zh"].is_text() ? std::move(reason) : Json());
  return preview;
}

}  // namespace anlan::engine
