// What hangs on a permit: gas tests, entries, isolations, evidence, steps; asked anew with it.
import * as calls from "../api/calls.ts";
import { steps } from "../api/calls_permit.ts";
import type { Language, RecordRow } from "../api/types.ts";
import type { PermitStep, PermitSteps } from "../api/types_permit.ts";
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
// An open step counts on and names who is waited for; a done one who did it.
export function stepTimes(rows: readonly PermitStep[], now: number, lang: Language): StepTime[] {
  return rows.map((step) => {
    const isOpen = !step.done;
    const people = step.waiting?.persons ?? [];
    return {
      step, isOpen,
      who: isOpen ? people.map((one) => namedText(one, lang)).filter(Boolean).join(", ")
        : step.by?.name ?? "",
      ms: isOpen ? Math.max(0, now - Date.parse(step.opened)) : step.ms,
    };
  });
}
// From the application to the signature that starts the work; until then to now.
export function approvalTime(answer: PermitSteps, now: number, asked_at: number): number {
  return answer.application_ms + (answer.is_signed ? 0 : Math.max(0, now - asked_at));
}

const verdicts: Record<string, "good" | "bad"> = {
  passed: "good", pass: "good", none: "good", ok: "good",
};
export const verdictTone = (value: unknown): "good" | "bad" | "" =>
  value ? verdicts[String(value)] ?? "bad" : "";
