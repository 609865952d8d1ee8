#pragma once
// flow runs BPMN 2.0 models: state and event in, a Change out, deterministically. It keeps cases,
// tokens, tasks and timers as rows, asks access who may do a task, and evaluates conditions with
// rules. It never writes, never reads a clock, and does not know what a hazard is.
// Executable subset and extension elements: docs/formats/flow.md.
//
//   Model model = TRY(Model::parse(xml));                     // lint refuses what can't run
//   Step step = TRY(start(around, {.model = &model, ...}));   // engine commits step.change

#include "flow/acts.h"
#include "flow/delegation.h"
#include "flow/draft.h"
#include "flow/library.h"
#include "flow/model.h"
#include "flow/picture.h"
#include "flow/roster.h"
#include "flow/signals.h"
#include "flow/starts.h"
#include "flow/step.h"
#include "flow/tasks.h"
#include "flow/trial.h"
#include "flow/waits.h"
