// Which acts of approval a screen offers beside the usual buttons, and what each one asks for.
import type { Task } from "../api/types.ts";

export type Act = "transfer" | "delegate" | "resolve" | "add_sign" | "remove_sign" | "reject" |
  "cc" | "urge";
export type CaseAct = "withdraw" | "retract";

// The ones that help on come before those that end something.
const order: readonly Act[] = ["resolve", "transfer", "delegate", "add_sign", "remove_sign", "cc",
  "urge", "reject"];

export function actsOf(task: Pick<Task, "acts">): Act[] {
  const acts = task.acts ?? [];
  return order.filter((act) => acts.includes(act));
}

export function caseActsOf(view: { acts?: string[] }): CaseAct[] {
  const acts = view.acts ?? [];
  return (["retract", "withdraw"] as const).filter((act) => acts.includes(act));
}

export interface Asks {
  people: "none" | "one" | "several";
  isReasonNeeded: boolean;
}
export function asksOf(act: Act | CaseAct): Asks {
  switch (act) {
    case "transfer": case "delegate": case "remove_sign":
      return { people: "one", isReasonNeeded: true };
    case "add_sign": return { people: "several", isReasonNeeded: true };
    case "cc": return { people: "several", isReasonNeeded: false };
    case "resolve": case "reject": return { people: "none", isReasonNeeded: true };
    case "urge": case "withdraw": case "retract":
      return { people: "none", isReasonNeeded: false };
  }
}

export function isReady(act: Act | CaseAct, people: readonly string[], reason: string): boolean {
  const asks = asksOf(act);
  const hasPeople = asks.people === "none" || people.length > 0;
  return hasPeople && (!asks.isReasonNeeded || reason.trim() !== "");
}

// One more, or one less; of `one` the new one stays alone.
export function pick(act: Act | CaseAct, people: readonly string[], person: string): string[] {
  if (people.includes(person)) return people.filter((one) => one !== person);
  return asksOf(act).people === "one" ? [person] : [...people, person];
}
