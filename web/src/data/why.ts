// Why a table decided as it did, as the timeline has it (docs/formats/rules.md): what it looked at
// and which rules fired. Values stay out of it: they stand in the record, for those who read them.
import type { TimelineRow } from "../api/types.ts";

export interface Fired {
  decision: string;
  rule: string;
  row: number;  // from 1
  annotation: string;
}
export interface Why {
  asked: { decision: string; input: string }[];
  fired: Fired[];
  warnings: string[];
}

// Null where the row carries none, as rows of older servers do.
export function whyOf(row: Pick<TimelineRow, "detail">): Why | null {
  const { why } = (row.detail ?? {}) as { why?: Partial<Why> };
  if (!why) return null;
  return { asked: why.asked ?? [], fired: why.fired ?? [], warnings: why.warnings ?? [] };
}

// Each input once, in the order in which the tables asked for it.
export const inputsOf = (why: Why): string[] => [...new Set(why.asked.map(({ input }) => input))];
