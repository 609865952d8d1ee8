// How the outcomes of a task are laid out on a small screen: the usual one with its fields in front
// of you, every other one behind its own button with only what it asks for. Pure.
import type { FieldValue, FormSource, Outcome, Task } from "../api/types.ts";
import { needsComment } from "./records.ts";

export interface Layout {
  // Fields of the task itself and of its first outcome.
  front: string[];
  // Outcomes that need nothing but a tap, or words that stand in front anyway.
  plain: Outcome[];
  // Outcomes with fields of their own.
  apart: { outcome: Outcome; fields: string[] }[];
}

export function layoutOf(task: Task, writes: string[], form: FormSource): Layout {
  const [first, ...others] = task.outcomes;
  const own = (outcome: Outcome) => (outcome.fields ?? []).filter((name) => writes.includes(name));
  const needed = new Set([...task.requires, ...(first ? own(first) : [])]);
  const named = new Set(others.flatMap(own));
  // What only another outcome asks for does not stand in the way of the usual one.
  const front = writes.filter((name) => needed.has(name) || !named.has(name));
  const apart: Layout["apart"] = [];
  const plain: Outcome[] = [];
  for (const outcome of others) {
    const extra = own(outcome).filter((name) => !front.includes(name));
    if (extra.length > 0) apart.push({ outcome, fields: extra });
    else plain.push(outcome);
  }
  const order = Object.keys(form.data.properties);
  return { front: front.sort((a, b) => order.indexOf(a) - order.indexOf(b)), plain, apart };
}

export interface Act {
  outcome: Outcome;
  fields: string[];
}
// One act, one button: each outcome with what it asks for, without what only another one asks for.
export function actsOf(task: Task, writes: string[]): Act[] {
  return task.outcomes.map((outcome) => ({
    outcome, fields: writes.filter((field) => isOf(task, outcome, field)),
  }));
}

const names = (outcome: Outcome, field: string): boolean =>
  outcome.fields?.includes(field) ?? false;
// What the task or this outcome names belongs to it, and what no outcome names to all of them.
function isOf(task: Task, outcome: Outcome, field: string): boolean {
  return task.requires.includes(field) || names(outcome, field) ||
    !task.outcomes.some((one) => names(one, field));
}
// Filled in for another way out and not taken back: that stays here. What the usual way asks for
// stands in front, and goes along with every other one.
export function ofOutcome(
  task: Task, outcome: Outcome, fields: Record<string, FieldValue>,
): Record<string, FieldValue> {
  const [usual] = task.outcomes;
  return Object.fromEntries(Object.entries(fields).filter(([field]) =>
    isOf(task, outcome, field) || (usual !== undefined && names(usual, field))));
}

// The proof is in doubt: whoever passes it says why. `doubt` is said by the outcome; a server that
// does not say it refuses with evidence_doubtful, which asks for the same.
export const wantsReason = (outcome: Outcome, isDoubtful: boolean): boolean =>
  needsComment(outcome) || (outcome.doubt === "comment" && isDoubtful);
