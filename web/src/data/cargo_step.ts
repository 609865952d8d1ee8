// Photos that follow their report, as pure steps: none goes before its report has arrived, each
// goes until it is there.
import { retry_ms, type Answered, type Op } from "./outbox_step.ts";

export interface Cargo {
  id: string;
  op: string;
  owner: string;
  form: string;
  about: string;
  name: string;
  bytes: number;
  at: number;
  share: number;
  tries: number;
  not_before: number;
  state: "held" | "waiting" | "refused";
  // Of a report without a name: what lets its photos in.
  code?: string;
  message?: string;
}

// The box of reports may be read a moment later than this one, or on another page.
const settle_ms = 60000;

// The report has arrived: its photos may go. Of a report that is no longer known they go too, as
// far as they can: a photo too many harms nobody, a lost one does.
export function released(cargo: Cargo, op: Op | undefined, now: number): Cargo | null {
  if (cargo.state !== "held") return cargo;
  if (!op) {
    if (now - cargo.at < settle_ms) return cargo;
    return cargo.owner === "" ? null : { ...cargo, state: "waiting" };
  }
  if (op.state !== "sent") return cargo;
  if (op.kind !== "anonymous") return { ...cargo, state: "waiting" };
  const code = (op.answer as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? { ...cargo, state: "waiting", code } : null;
}

export function dueCargo(all: Cargo[], owner: string, now: number, isAgain = false): Cargo[] {
  const isOurs = (one: Cargo) => one.owner === owner || one.owner === "";
  const isDue = (one: Cargo) => one.not_before <= now || isAgain;
  return all.filter((one) => one.state === "waiting" && isOurs(one) && isDue(one))
    .sort((a, b) => a.at - b.at);
}

const isPassing = ({ code, status, isOffline }: Answered) => isOffline || status === 0 ||
  status >= 500 || status === 429 || code === "not_logged_in" || code === "conflict";

// null: it is there, nothing more to keep.
export function afterSending(
  cargo: Cargo, answer: Answered | null, now: number, random: number,
): Cargo | null {
  if (!answer) return null;
  if (!isPassing(answer)) return { ...cargo, state: "refused", message: answer.message };
  return { ...cargo, tries: cargo.tries + 1, not_before: now + retry_ms(cargo.tries, random) };
}
