#pragma once
// The key figures of the hazard loop, from records and what happened to them, in the caller's row
// scope. docs/formats/figures.md.

#include <string>

#include "engine/engine.h"

namespace anlan::engine {

struct FigureWish {
  std::string from;  // days of the plant's zone, "2026-11-01"; empty: 30 days up to today
  std::string to;    // that day still counts
  std::string org;   // path, "/AL/WS1/"; empty: everything that the caller may list
};

// {"from","to","org","made_at","rows":[...]}. Every row has the filter that opens its cases in the
// list of the form, and in `cases` how many these are for this caller. A figure about fields that
// the caller can't read has no value. BadField for a window that is none or longer than two years.
Result<Json> figures(Engine& engine, const access::Subject& by, const FigureWish& wish);

}  // namespace anlan::engine
