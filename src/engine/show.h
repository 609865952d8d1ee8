#pragma once
// JSON as screens want it, made of what several rooms know.

#include <string>

#include "engine/plant_model.h"
#include "engine/read.h"

namespace anlan::engine {

Json local(const LocalText& text);  // {"zh","en"}
Json instant_or_null(const std::optional<Instant>& at);
// Two digits after the point at most, as people write it.
std::string short_number(double value);
// The state of one alarm with what its definition says: "Alarm" of docs/formats/http.md.
Result<Json> show_alarm(Reader& reader, const PlantModel& plant, const Json& state);
Json actor_json(Reader& reader, const Actor& actor);

}  // namespace anlan::engine
