#pragma once
// The busiest questions, answered as JSON text straight from the database: the same answers as
// Engine::list_records and Engine::record give as Json. Any thread.

#include "engine/engine.h"

namespace anlan::engine {

Result<std::string> list_text(Engine& engine, const access::Subject& by, std::string_view form,
                              const Wish& wish);
Result<std::string> record_text(Engine& engine, const access::Subject& by, std::string_view form,
                                RecordId id);

}  // namespace anlan::engine
