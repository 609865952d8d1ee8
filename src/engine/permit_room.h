#pragma once
// What the control room must know of work that goes on now: guardians whom nobody watches,
// detectors that fell silent, analyses that are due, who is inside, areas that are held.

#include "engine/engine.h"
#include "engine/permits.h"

namespace anlan::engine {

// Of one permit at work. "badge": the guardian's position is watched; "unwatched": it should be,
// and he wears no badge or nobody is positioned; "" where the rule asks for no distance.
std::string_view guardian_watch(const ehs::LivePermit& permit, const PlantModel& plant,
                                Presence& presence);
// Detectors near it that said nothing good for a minute, or for as long as its rule allows.
Json silent_beside(const ehs::LivePermit& permit, const std::vector<ehs::Detector>& detectors,
                   Instant now);
// [{"area","area_id","reason","by":{"id","name"},"at"}]
Result<Json> holds_json(const PermitDesk& desk);

// {"now","holds":[...],"unwatched":[{"id","number","area","guardian"}],
//  "silent":[{"id","number","tags":[{"tag","age_s"}]}],"due":[{"id","number","due"}],
//  "inside":[{"id","number","name","in_at"}]} of what the caller may see of permits.
Result<Json> permit_room(Engine& engine, const access::Subject& by);

}  // namespace anlan::engine
