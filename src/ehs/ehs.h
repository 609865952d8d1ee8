#pragma once
// ehs holds the few domain functions that no form, flow or table can say, each named after its
// standard and clause. They are pure: values in, values or a refusal out; no storage, no clock, and
// no decision about who may. So far: what a photo says about itself, as evidence.
//
//   PhotoFacts facts = TRY(read_photo(bytes));
//   std::string without_traces = TRY(strip_exif(bytes));   // for anonymous reports

#include "ehs/photo_wire.h"
