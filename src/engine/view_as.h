#pragma once
// Looking with a person's eyes: an administrator sees what the person sees, for half an hour, and
// can write nothing (Engine::submit refuses). The ledger keeps who looked, as whom and why, and the
// person is shown it (`looks`).

#include <string_view>

#include "engine/engine.h"

namespace anlan::engine {

inline constexpr Duration kViewLength = Duration::minutes(30);

// The person's subject, marked with its viewer, who keeps his own language. A view of another
// session is none: the caller stays who he is. Forbidden when the view is over, or the viewer may
// not do this any more.
Result<access::Subject> eyes_of(Engine& engine, const access::Subject& viewer,
                                std::string_view view);

}  // namespace anlan::engine
