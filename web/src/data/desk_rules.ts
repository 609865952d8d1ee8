// Who finds the page about flows and tables: administrators, and who may accept rules.
import type { Me } from "../api/types.ts";
import { may } from "./session.ts";

export const answersForRules = (me: Me): boolean =>
  may(me, "people", "administer") || may(me, "rule_acceptance", "create");
