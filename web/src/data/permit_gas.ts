// A reading beside the limit of its permit, as told to the person at the meter; and the instrument
// of last time. The verdict itself is the server's.
import type { FieldValue, RecordRow } from "../api/types.ts";
import { readLocal, writeLocal } from "./prefs.ts";

export interface Judged {
  text: string;
  isOver: boolean;
}
const number = (value: unknown): number =>
  value === null || value === undefined || value === "" ? NaN : Number(value);

// A limit of nothing is no limit: only a permit that names its toxic gas asks for it.
export const isToxic = (permit: RecordRow): boolean =>
  !["", "none"].includes(String(permit["toxic_substance"] ?? ""));

// In a confined space toxic gas is always looked for.
export const asksToxic = (permit: RecordRow): boolean =>
  isToxic(permit) || permit["kind"] === "confined";

export function overLimit(
  field: string, value: FieldValue | undefined, permit: RecordRow,
): Judged | null {
  const read = number(value);
  if (field === "o2") {
    const low = number(permit["limit_o2_low"]);
    const high = number(permit["limit_o2_high"]);
    if (Number.isNaN(low) || Number.isNaN(high)) return null;
    return { text: `${low} – ${high} %`, isOver: read < low || read > high };
  }
  if (field === "toxic" && !isToxic(permit)) return null;
  const names: Record<string, [string, string]> = {
    lel: ["limit_lel", "%LEL"], toxic: ["limit_toxic", "ppm"],
  };
  const [name, unit] = names[field] ?? [];
  const limit = name ? number(permit[name]) : NaN;
  return Number.isNaN(limit) ? null : { text: `≤ ${limit} ${unit}`, isOver: read > limit };
}

const place = "anlan.gas_instrument";
const ofInstrument = ["instrument", "calibrated_until", "cal_gas", "substance"];
export function instrumentKept(): Record<string, FieldValue> {
  return readLocal<Record<string, FieldValue>>(place) ?? {};
}
export function keepInstrument(row: RecordRow): void {
  const known = ofInstrument.filter((name) => row[name]).map((name) => [name, row[name]]);
  writeLocal(place, Object.fromEntries(known));
}
