// What hangs on a permit: gas tests, entries, isolations, evidence, steps; asked anew with it.
import * as calls from "../api/calls.ts";
import { steps } from "../api/calls_permit.ts";
import type { Language, RecordRow } from "../api/types.ts";
import type { PermitStep } from "../api/types_permit.ts";
import { namedText } from "./permit_board.ts";
import { useQuery } from "./query.ts";

export const rowForms = [
  "permit_gas", "permit_entry", "permit_isolation", "permit_evidence",
] as const;
export type RowForm = (typeof rowForms)[number];

export const usePermitRows = (form: RowForm, permit: string) =>
  useQuery(`record/permit/${permit}/rows/${form}`, () =>
    calls.records(form, { filter: ["eq", "permit", permit], sort: "-created_at", limit: 100 }));
export const useSteps = (permit: string) =>
  useQuery(`record/permit/${permit}/steps`, () => steps(permit));

// In, and not out again.
export const isInside = (row: RecordRow): boolean => !!row["in_at"] && !row["out_at"];

export interface StepTime {
  step: PermitStep;
  isOpen: boolean;
  ms: number;
  who: string;
}
// An open step counts on; of several people all are named.
export function stepTimes(rows: readonly PermitStep[], now: number, lang: Language): StepTime[] {
  return rows.map((step) => {
    const people = Array.isArray(step.who) ? step.who : [step.who];
    const isOpen = !step.done;
    return {
      step, isOpen, who: people.map((one) => namedText(one, lang)).filter(Boolean).join(", "),
      ms: isOpen ? Math.max(0, now - Date.parse(step.opened))
        : step.ms ?? Date.parse(step.done ?? "") - Date.parse(step.opened),
    };
  });
}
// From the first step to the signature that starts the work; until then to now.
export function approvalTime(rows: readonly PermitStep[], now: number): number | null {
  const first = rows[0];
  if (!first) return null;
  const signed = [...rows].reverse().find(({ node, done }) => node.startsWith("sign") && done);
  return (signed ? Date.parse(signed.done ?? "") : now) - Date.parse(first.opened);
}

const verdicts: Record<string, "good" | "bad"> = {
  passed: "good", pass: "good", none: "good", ok: "good",
};
export const verdictTone = (value: unknown): "good" | "bad" | "" =>
  value ? verdicts[String(value)] ?? "bad" : "";
