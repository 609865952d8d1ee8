// Responses: what is asked of the server, and the arithmetic of the budget bar and the roll call.
import { useEffect } from "react";
import * as calls from "../api/calls_response.ts";
import type { RecordRow } from "../api/types.ts";
import type {
  ResponsePerson, ResponseStep, ResponseView, SafetyStatus,
} from "../api/types_response.ts";
import { link } from "./live.ts";
import { refresh, useQuery } from "./query.ts";
import { may, useMe } from "./session.ts";

export const useResponses = () => useQuery("responses", calls.responses);
export const useResponse = (id: string) => useQuery(`response/${id}`, () => calls.response(id));
export const useMyRoute = (id: string) =>
  useQuery(`response/${id}/route`, () => calls.myRoute(id));
export const useReport = (id: string) =>
  useQuery(`response/${id}/report`, () => calls.report(id));
// Null for who may not know where people are: then nobody is asked.
export function usePresence() {
  const isAllowed = may(useMe(), "presence", "list");
  return useQuery(`presence/${isAllowed}`, () =>
    isAllowed ? calls.presence() : Promise.resolve(null));
}
export const useLooks = () => useQuery("looks", calls.looks);

// What the stream does not tell of (positions) is asked for, while somebody looks.
export function usePoll(prefix: string, every_ms: number): void {
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden && link.get().state !== "down") refresh(prefix);
    }, every_ms);
    return () => clearInterval(timer);
  }, [prefix, every_ms]);
}

export const endStates = ["closed", "stopped", "false_alarm"];
export const isOver = (state: string): boolean => endStates.includes(state);

export type StepState = "done" | "late" | "running" | "overdue" | "skipped";
export interface StepClock {
  step: ResponseStep;
  state: StepState;
  ms: number;  // taken, or running since it was raised
  share: number;  // of the budget, 0 to 1; 1 without a budget once it is done
}

// The clock of one step: it runs from the raising of the alarm until the step is stamped. When the
// response is over, what was never stamped was skipped.
export function stepClock(
  step: ResponseStep, raised: number, now: number, isEnded: boolean,
): StepClock {
  const budget = step.budget_ms;
  if (step.at !== null) {
    const ms = step.took_ms ?? Date.parse(step.at) - raised;
    const isLate = step.is_late || (budget !== null && budget > 0 && ms > budget);
    const share = budget ? Math.min(1, ms / budget) : 1;
    return { step, state: isLate ? "late" : "done", ms, share };
  }
  const ms = Math.max(0, now - raised);
  if (isEnded) return { step, state: "skipped", ms: 0, share: 0 };
  const isOverdue = budget !== null && budget > 0 && ms > budget;
  const share = budget ? Math.min(1, ms / budget) : 0;
  return { step, state: isOverdue ? "overdue" : "running", ms, share };
}

// When the clock of a response stands still: with its last stamp once it is over.
export function clockNow(view: ResponseView, now: number): number {
  if (!isOver(view.response.state)) return now;
  const stamps = [...view.steps, ...view.log].map(({ at }) => (at ? Date.parse(at) : 0));
  return Math.max(Date.parse(view.response.raised_at), ...stamps);
}
export function clocksOf(view: ResponseView, now: number): StepClock[] {
  const raised = Date.parse(view.response.raised_at);
  const isEnded = isOver(view.response.state);
  return view.steps.map((step) => stepClock(step, raised, now, isEnded));
}

// A stamp in whole ms; a running clock in tenths of a second.
export function stampText(ms: number): string {
  const whole = Math.round(ms);
  const digits = String(Math.abs(whole)).replace(/\B(?=(\d{3})+$)/g, " ");
  return `${whole < 0 ? "−" : ""}${digits} ms`;
}
export function runningText(ms: number): string {
  const tenths = Math.floor(Math.max(0, ms) / 100);
  const minutes = Math.floor(tenths / 600);
  const seconds = ((tenths % 600) / 10).toFixed(1);
  return minutes > 0 ? `${minutes}:${seconds.padStart(4, "0")}` : `${seconds} s`;
}
export function budgetText(ms: number | null): string {
  if (ms === null) return "—";
  return ms < 1000 ? `${ms} ms` : `${Number((ms / 1000).toFixed(1))} s`;
}

const statusRank: Record<SafetyStatus, number> = { unknown: 0, unsafe: 1, safe: 2 };
// Unknown first, and of them those who have been out of sight longest; never seen before all.
export function byConcern(a: ResponsePerson, b: ResponsePerson): number {
  const age = (person: ResponsePerson) => person.age_ms ?? Number.MAX_SAFE_INTEGER;
  return statusRank[a.status] - statusRank[b.status] || age(b) - age(a) ||
    a.holder.localeCompare(b.holder);
}
export function rollOf(
  people: readonly ResponsePerson[], status: SafetyStatus | null, words: string,
): ResponsePerson[] {
  const wanted = words.trim().toLowerCase();
  return people.filter((person) =>
    (status === null || person.status === status) &&
    `${person.holder} ${person.zone}`.toLowerCase().includes(wanted)).sort(byConcern);
}

// Permits that are open now, those first where nobody may work though people are there.
export const permitStates = ["suspended", "withdrawing", "active", "ready", "approving", "applied"];
export const openPermits = ["in", "state", permitStates] as const;
export function byPermit(a: RecordRow, b: RecordRow): number {
  const rank = (row: RecordRow) => permitStates.indexOf(row.state);
  const until = (row: RecordRow) => String(row["valid_to"] ?? "9");
  return rank(a) - rank(b) || until(a).localeCompare(until(b));
}
