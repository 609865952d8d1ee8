#pragma once
// twin computes over the plant's plan: where somebody is, where the gas goes, which way out is
// safe. Pure numerics over given inputs: no clock, no input or output.
//
//   Plan plan = TRY(Plan::parse(geojson));
//   Hazard hazard = make_hazard(plan, {.source = detector, .plume = &plume, .limit_g_m3 = limit});
//   for (const Route& route : plan_routes(plan, hazard, walkers)) tell(route.id, route.points);

#include "twin/believe.h"
#include "twin/georeference.h"
#include "twin/plan.h"
#include "twin/plume.h"
#include "twin/routes.h"
#include "twin/sighting.h"
