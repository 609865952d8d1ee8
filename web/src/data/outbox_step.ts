// What the phone still has to tell the server, as pure steps. A press is an op with the person's
// own id and time; it is stored before anything is sent, and it is sent until it has arrived.
export type OpKind =
  "sos" | "unsafe" | "safe" | "suspend" | "report" | "anonymous" | "message" | "receipt";
export interface Op {
  id: string;
  owner: string;
  kind: OpKind;
  about: string;
  path: string;
  body: unknown;
  at: number;
  not_before: number;
  tries: number;
  state: "waiting" | "sent" | "refused";
  message?: string;
  answer?: unknown;
}
export interface Answered {
  code: string;
  status: number;
  isOffline: boolean;
  message: string;
}

const rank: Record<OpKind, number> = {
  sos: 0, unsafe: 1, safe: 2, suspend: 3, report: 4, anonymous: 4, message: 5, receipt: 6,
};
// What nobody's name stands on belongs to whoever holds the phone.
export const nobodys = "";
export const keep_ms = 24 * 3600000;
export const ops_max = 300;

// Full jitter up to half a minute: 300 phones that lost one server come back spread out.
export function retry_ms(tries: number, random: number): number {
  return Math.round(500 + random * Math.min(30000, 1000 * 2 ** Math.min(tries, 6)));
}

// `isAgain`: the link is back, so what failed is tried at once; what may still be undone is not.
export function dueOps(ops: Op[], owner: string, now: number, isAgain = false): Op[] {
  const isOurs = (op: Op) => op.owner === owner || op.owner === nobodys;
  const isDue = (op: Op) => isOurs(op) && op.state === "waiting" &&
    (op.not_before <= now || (isAgain && op.tries > 0));
  return ops.filter(isDue).sort((a, b) => rank[a.kind] - rank[b.kind] || a.at - b.at);
}

const isPassing = ({ code, status, isOffline }: Answered) =>
  isOffline || status === 0 || status >= 500 || status === 429 || code === "not_logged_in";

// null: nothing more to keep. A receipt that is refused is of no use to anybody.
export function afterTry(op: Op, answer: Answered | null, now: number, random: number): Op | null {
  if (answer && isPassing(answer)) {
    return { ...op, tries: op.tries + 1, not_before: now + retry_ms(op.tries, random) };
  }
  if (op.kind === "receipt") return null;
  if (!answer || answer.code === "duplicate") return { ...op, state: "sent" };
  return { ...op, state: "refused", message: answer.message };
}

// An op may be taken back until its first try.
export const mayUndo = (op: Op, now: number): boolean =>
  op.state === "waiting" && op.tries === 0 && op.not_before > now;

// What somebody wrote is never dropped behind their back, nor is a code that nobody has seen.
const isTheirs = (op: Op) => op.kind === "anonymous" ||
  (op.state === "refused" && (op.kind === "report" || op.kind === "message"));
// What stays after a restart: everything that waits, and what was sent today.
export function keptOps(ops: Op[], now: number): Op[] {
  const isKept = (op: Op) => op.state === "waiting" || isTheirs(op) || now - op.at < keep_ms;
  const fresh = ops.filter(isKept);
  if (fresh.length <= ops_max) return fresh;
  const spare = (op: Op) => (op.state !== "waiting" && !isTheirs(op)) || op.kind === "receipt";
  const over = new Set(fresh.filter(spare).slice(0, fresh.length - ops_max));
  return fresh.filter((op) => !over.has(op));
}

export const unsent = (ops: Op[], owner: string): Op[] => ops.filter((op) =>
  (op.owner === owner || op.owner === nobodys) && op.state === "waiting" && op.kind !== "receipt");
export const lastOf = (ops: Op[], owner: string, about: string, kinds: OpKind[]): Op | null =>
  ops.filter((op) => op.owner === owner && op.about === about && kinds.includes(op.kind))
    .sort((a, b) => a.at - b.at).pop() ?? null;
