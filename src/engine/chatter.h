#pragma once
// Chatter by the plant's own figures (table alarm_chatter), and what is proposed against it.

#include "alarms/alarms.h"
#include "engine/engine.h"

namespace anlan::engine {

// Of the table; where it is missing nothing is chatter.
alarms::ChatterRule chatter_rule(const Packs& packs, Instant now);

// {"limit","version","returns","off_delay_s","deadband","unit","shelf_min","source","can_take"}:
// what would calm the alarm, `limit` the record that it belongs to; null where it does not chatter,
// or its limit is no record. Nobody takes it but a person who may change the limit. What guards
// people is not to be shelved for it.
Result<Json> chatter_json(Engine& engine, store::View& view, const access::Subject& by,
                          const alarms::Definition& definition);

}  // namespace anlan::engine
