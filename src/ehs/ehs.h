#pragma once
// ehs holds the few domain functions that no form, flow or table can say: reading photo files
// and films (without decoding them), what they are worth as evidence, what suspends a permit and
// what it conflicts with, counting heads, the rows of a response.

#include "ehs/evidence.h"
#include "ehs/figures.h"
#include "ehs/head_count.h"
#include "ehs/permit_conflict.h"
#include "ehs/permit_watch.h"
#include "ehs/photo_wire.h"
#include "ehs/response.h"
#include "ehs/video_wire.h"
