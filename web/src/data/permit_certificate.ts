// Whether a certificate holds now. Pure.
import type { RecordRow } from "../api/types.ts";

export type CertificateState = "over" | "soon" | "early" | "good";
const day_ms = 86400000;
const soon_ms = 30 * day_ms;

// A day without a time holds until its end, here as on the plant's calendar.
function endOf(value: unknown): number {
  const text = String(value ?? "");
  const at = Date.parse(text.length === 10 ? `${text}T23:59:59.999` : text);
  return Number.isNaN(at) ? Infinity : at;
}
function beginOf(value: unknown): number {
  const text = String(value ?? "");
  const at = Date.parse(text.length === 10 ? `${text}T00:00:00` : text);
  return Number.isNaN(at) ? -Infinity : at;
}
export function certificateState(row: RecordRow, now: number): CertificateState {
  const end = endOf(row["valid_to"]);
  if (end < now) return "over";
  if (beginOf(row["valid_from"]) > now) return "early";
  return end - now < soon_ms ? "soon" : "good";
}
const rank: Record<CertificateState, number> = { over: 0, soon: 1, early: 2, good: 3 };
export function sortedCertificates(rows: readonly RecordRow[], now: number): RecordRow[] {
  return [...rows].sort((a, b) =>
    rank[certificateState(a, now)] - rank[certificateState(b, now)] ||
    endOf(a["valid_to"]) - endOf(b["valid_to"]));
}
// Who verifies writes his own name: the server takes no other.
export const verifiedBy = (me: string) => ({ is_verified: true, verified_by: me });
