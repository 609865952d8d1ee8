// The wire of permits: board, conflicts, steps, figures, rules (docs/formats/permit.md).
import type { LocalText } from "./types.ts";

// A person or place as the board names it: a text, or an id with its name.
export type Named = string | { id?: string; code?: string; name?: string | LocalText } | null;

export type PermitKind =
  "hot" | "confined" | "blinding" | "height" | "lifting" | "power" | "excavation" | "road";
export type RuleMark = "official" | "seen" | "draft" | "plant";

export interface Waiting {
  node: string;
  name_zh: string;
  name_en: string;
  persons: Named[];
  since: string;
}
export interface BoardRow {
  id: string;
  number: string;
  kind: string;
  grade: string | null;
  state: string;
  area: Named;
  x: number | null;
  y: number | null;
  z_low_m: number | null;
  z_high_m: number | null;
  radius_m: number | null;
  valid_from: string | null;
  valid_to: string | null;
  leader: Named;
  guardian: Named;
  workers: Named[] | { names?: string[]; persons?: string[] } | null;
  suspend_reason: string | null;
  inside_count: number | null;
  gas_at: string | null;
  gas_due: string | null;
  rule_mark: RuleMark | null;
  is_contractor: boolean | null;
  waiting: Waiting | null;
}

export type ConflictLevel = "block" | "critical" | "high" | "medium" | "low";
export interface Conflict {
  a: string;
  b: string;
  level: ConflictLevel;
  is_hard: boolean;
  gap_m: number | null;
  from: string;
  to: string;
  text_zh: string;
  text_en: string;
  source?: string;
  mark?: RuleMark;
}
export interface Board {
  rows: BoardRow[];
  conflicts: Conflict[];
}

export interface PermitStep {
  node: string;
  name_zh: string;
  name_en: string;
  who: Named[] | Named;
  opened: string;
  done: string | null;
  ms: number | null;
  outcome?: string | null;
}

export interface PermitFigure {
  id: string;
  name?: LocalText;
  value: number | null;
  unit: string;
  base?: number;
  p90?: number | null;
  censored?: number;
  kind?: string;
  permits: string[];
}

// A decision table as it stands in the rule pack: every cell is its FEEL text.
export interface RuleTable {
  id: string;
  name: string;
  inputs: string[];
  outputs: string[];
  rules: { inputs: string[]; outputs: string[] }[];
}
