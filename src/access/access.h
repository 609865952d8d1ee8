#pragma once
// access is the only place that says yes or no: who is calling, and what may they list, read,
// change and press. It holds the organisation tree, people, roles, sessions and tokens. Everything
// is denied unless a role says otherwise. It never writes: its deciders return a Change that engine
// commits, its questions are answered from a View.
//
//   Subject caller = TRY(authenticate(view, token, now));
//   Verdict verdict = policy.may(caller, {.form = "hazard", .action = Action::List});
//   if (!verdict.allowed) return refuse(ErrorCode::Forbidden, verdict.reason);

#include "access/difference.h"
#include "access/identity.h"
#include "access/identity_link.h"
#include "access/oidc.h"
#include "access/people.h"
#include "access/policy.h"
#include "access/second_factor.h"
#include "access/sessions.h"
#include "access/totp.h"
