#pragma once
// alarms decides what is abnormal and who was told: limits over samples, the ISA-18.2 state of each
// alarm, acknowledging, shelving, the journal. A decider: it never writes. It knows nothing of
// devices, permits or responses.

#include "alarms/chatter.h"
#include "alarms/decide.h"
#include "alarms/definition.h"
#include "alarms/evaluator.h"
#include "alarms/performance.h"
#include "alarms/state.h"
