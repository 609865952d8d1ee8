// Gas instruments of the register: which of them may be used today. Pure.
import type { FieldValue, RecordRow } from "../api/types.ts";
import { certificateState } from "./permit_certificate.ts";

export type InstrumentState = "over" | "soon" | "early" | "good" | "withdrawn";
export const instrumentState = (row: RecordRow, now: number): InstrumentState =>
  row["is_withdrawn"] === true ? "withdrawn" : certificateState({
    ...row, valid_from: row["calibrated_on"] ?? null, valid_to: row["calibrated_until"] ?? null,
  }, now);

export const isUsable = (row: RecordRow, now: number): boolean =>
  ["good", "soon"].includes(instrumentState(row, now));

const rank: Record<InstrumentState, number> = { over: 0, soon: 1, early: 2, good: 3, withdrawn: 4 };
export function sortedInstruments(rows: readonly RecordRow[], now: number): RecordRow[] {
  const codeOf = (row: RecordRow) => String(row["code"] ?? "");
  return [...rows].sort((a, b) =>
    rank[instrumentState(a, now)] - rank[instrumentState(b, now)] ||
    codeOf(a).localeCompare(codeOf(b)));
}

// What a gas test takes over from the register.
export const takenOver = (row: RecordRow): Record<string, FieldValue> => ({
  instrument: row["code"] as FieldValue,
  calibrated_until: row["calibrated_until"] as FieldValue,
  cal_gas: (row["cal_gas"] ?? null) as FieldValue,
});
