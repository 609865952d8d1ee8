#pragma once
// records turns form definitions (anlan.form/1, docs/formats/form.md) into real tables, checks what
// people fill in, and answers queries. It is a decider: commands and a View in, a Change or a
// refusal out. It does not ask who may: it is given the row scope and the field modes that access
// decided, and builds them into every query.

#include "records/columns.h"
#include "records/files.h"
#include "records/form.h"
#include "records/query.h"
#include "records/schema.h"
#include "records/views.h"
#include "records/write.h"
