#pragma once
// ehs holds the few domain functions that no form, flow or table can say: reading photo files
// (without decoding them), what suspends a permit, counting heads, the rows of a response.

#include "ehs/head_count.h"
#include "ehs/permit_watch.h"
#include "ehs/photo_wire.h"
#include "ehs/response.h"
