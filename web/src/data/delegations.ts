// Who has my new tasks for a time, and whose I have.
import * as calls from "../api/calls_acts.ts";
import type { FormSource } from "../api/types.ts";
import { useQuery } from "./query.ts";

export const useDelegations = () => useQuery("delegations", calls.delegations);
export const useForms = () => useQuery("forms", calls.readableForms);

// Only what has a flow has tasks.
export const withTasks = (forms: FormSource[]): FormSource[] => forms.filter(({ flow }) => flow);

export interface Period {
  from: string;
  until: string;
}
const day_ms = 86400000;
const local = (ms: number): string => {
  const at = new Date(ms);
  return new Date(ms - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
};
// As a date field wants it: from now for a week.
export const usualPeriod = (now: number): Period =>
  ({ from: local(now), until: local(now + 7 * day_ms) });

export type PeriodFault = "" | "periodEmpty" | "periodBackward" | "periodPast";
export function faultOf({ from, until }: Period, now: number): PeriodFault {
  const start = new Date(from).getTime();
  const end = new Date(until).getTime();
  if (Number.isNaN(start) || Number.isNaN(end)) return "periodEmpty";
  if (end <= start) return "periodBackward";
  return end <= now ? "periodPast" : "";
}
export const isRunning = ({ from, until }: Period, now: number): boolean =>
  new Date(from).getTime() <= now && now < new Date(until).getTime();
