// The wire of permits: board, conflicts, steps, figures, rules (docs/formats/permit.md).
import type { FieldValue, LocalText } from "./types.ts";

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
  grade_computed?: string | null;
  state: string;
  area: string | null;
  x: number | null;
  y: number | null;
  z_low_m: number | null;
  z_high_m: number | null;
  radius_m: number | null;
  valid_from: string | null;
  valid_to: string | null;
  leader: string | null;
  guardian: string | null;
  workers: Named[] | { names?: string[]; persons?: string[] } | null;
  suspend_reason: string | null;
  inside_count: number | null;
  gas_at: string | null;
  gas_due?: string | null;
  // Detectors near it whose unit can't be compared with its limits.
  gas_unknown?: string[];
  // Detectors near it that say nothing, and whether anything watches where the guardian is.
  gas_silent?: { tag: string; age_s: number }[];
  guardian_watch?: "badge" | "unwatched";
  rule_mark: RuleMark | null;
  is_contractor: boolean | null;
  waiting: Waiting | null;
  _titles?: Record<string, LocalText | undefined>;
}

export type ConflictLevel = "block" | "critical" | "high" | "medium" | "low";
// `a` is not there where a permit is only drafted, `b` where a state of the plant stands against
// it (then `tag` names it) or the other job is not for the caller's eyes.
export interface Conflict {
  a?: string | null;
  b?: string | null;
  level: ConflictLevel;
  is_hard: boolean;
  gap_m: number | null;
  from: string;
  to: string;
  text_zh: string;
  text_en: string;
  source?: string;
  mark?: RuleMark;
  number?: string;
  tag?: string;
}
// Somebody without a permit stood at a gate.
export interface RefusedPass {
  at: string;
  gate?: string;
  badge?: string;
  holder?: string;
  name?: string;
  [member: string]: unknown;
}
// Nothing begins or goes on in the area until somebody releases it.
export interface Hold {
  area: string;
  area_id: string | null;
  reason: string;
  by: { id: string; name: string };
  at: string;
}
export interface RoomLine {
  id: string;
  number: string;
}
export interface PermitRoom {
  now: string;
  holds: Hold[];
  unwatched: (RoomLine & { area: string; guardian: string })[];
  silent: (RoomLine & { tags: { tag: string; age_s: number }[] })[];
  due: (RoomLine & { due: string })[];
  inside: (RoomLine & { name: string; in_at: string })[];
}
export interface Board {
  rows: BoardRow[];
  holds?: Hold[];
  conflicts: Conflict[];
  refusals?: RefusedPass[];
}

export interface PermitStep {
  node: string;
  name: LocalText;
  state: string;
  outcome: string | null;
  opened: string;
  done: string | null;
  ms: number;
  by: { id: string; name: string } | null;
  waiting: Waiting | null;
}
export interface PermitSteps {
  steps: PermitStep[];
  application_ms: number;
  is_signed: boolean;
}

// An application that a rule refused: no permit was made; this is what it was.
export interface RefusedApplication {
  at: string;
  person: { id: string; name: string };
  code: string;
  field: string;
  zh: string;
  en: string;
  fields: Record<string, FieldValue>;
}

export interface PermitFigures {
  from: string;
  to: string;
  made_at: string;
  applied: { count: number; permits: string[] };
  signature: {
    median_h: number | null; p90_h: number | null; longest_h: number; base: number;
    is_small: boolean; permits: string[];
  } | null;
  suspended: {
    share: number | null; count: number; base: number; is_small: boolean; permits: string[];
  };
  caught: {
    reason: string; count: number; permits: string[]; applications?: RefusedApplication[];
  }[];
}

// A decision table as it stands in the rule pack: every cell is its FEEL text.
export interface RuleTable {
  id: string;
  name: string;
  inputs: string[];
  outputs: string[];
  rules: { inputs: string[]; outputs: string[] }[];
}

// What the rules would make of a permit that is not there yet.
export interface PermitPreview {
  regime: string;
  grade_computed: string | null;
  grade: string | null;
  reason: LocalText | null;
  mark: RuleMark | null;
  source: string | null;
  limits: Record<string, unknown> | null;
  approvers: { role: string; title_zh: string; title_en: string; on_site?: boolean }[] | null;
  measures: Record<string, unknown>[] | null;
  isolations: { types: string[]; rows_min: number; text_zh: string; text_en: string }[] | null;
}
