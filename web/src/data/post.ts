// A task of an emergency: which post, and how far it is. Pure.
import type { Clock, FieldValue, FormSource, Outcome, Task } from "../api/types.ts";
import { isFilled, missingOf } from "./records.ts";

export type Phase = "sign" | "do" | "decide";
export interface Post {
  post: string;
  phase: Phase;
}
export function postOf(task: Task): Post {
  const [, phase, post] = /^(sign|do)_(\w+)$/.exec(task.node) ?? [];
  if (!phase || !post) return { post: "", phase: "decide" };
  return { post, phase: phase as Phase };
}

export type SignState = "free" | "mine" | "taken" | "done";
export function signState(task: Task | null, me: string): SignState {
  if (!task) return "done";
  if (task.is_mine) return "mine";
  if (task.assignee && task.assignee !== me) return "taken";
  return task.may_take === false ? "taken" : "free";
}

// What signing in completes with: the outcome that says "here", else the first.
export function hereOf(task: Task): Outcome {
  const none: Outcome = { id: "", name: { zh: "", en: "" } };
  return task.outcomes.find(({ id }) => id === "here") ?? task.outcomes[0] ?? none;
}

// Seconds until somebody else is called, of the clocks that stand at this task.
export function callsNext_s(clocks: Clock[], task: Task, now: number): number | null {
  const own = clocks.filter((clock) => clock.node.includes(task.node));
  const due = own.map((clock) => Date.parse(clock.due)).filter((at) => at > now);
  return due.length > 0 ? Math.ceil((Math.min(...due) - now) / 1000) : null;
}

// Said before sending, not after: what an outcome still needs, photos counted as they come.
export function lackingFor(
  task: Task, outcome: Outcome, fields: Record<string, FieldValue>, photos: Record<string, number>,
): string[] {
  const full = { ...fields };
  for (const [field, count] of Object.entries(photos)) {
    if (count > 0) full[field] = Array.from({ length: count }, () => "");
  }
  return missingOf(task, outcome, full);
}

// The step of a stepper: one in the last digit that people read off a meter, ten for the big ones.
export function stepsOf(form: FormSource, field: string): [number, number] {
  const source = form.data.properties[field];
  const max = source?.maximum ?? Infinity;
  if (max <= 30 || (max <= 100 && source?.["x-scale"] === 1)) return [0.1, 1];
  return [1, 10];
}
interface Bounds {
  minimum?: number;
  maximum?: number;
}
export function stepped(value: unknown, by: number, source?: Bounds): number {
  const from = isFilled(value) ? Number(value) : 0;
  const next = Math.round((from + by) * 1000) / 1000;
  return Math.min(source?.maximum ?? Infinity, Math.max(source?.minimum ?? 0, next));
}
