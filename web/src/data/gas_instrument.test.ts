import { expect, test } from "vitest";
import type { RecordRow } from "../api/types.ts";
import { instrumentState, isUsable, sortedInstruments, takenOver } from "./gas_instrument.ts";

const now = Date.parse("2026-11-23T08:00:00Z");
const meter = (code: string, until: string, more: object = {}): RecordRow => ({
  id: code, code, calibrated_on: "2026-01-01", calibrated_until: until, ...more,
}) as unknown as RecordRow;

test("an instrument is used while it is calibrated and not withdrawn", () => {
  expect(instrumentState(meter("a", "2027-06-01"), now)).toBe("good");
  expect(instrumentState(meter("a", "2026-12-01"), now)).toBe("soon");
  expect(instrumentState(meter("a", "2026-11-22"), now)).toBe("over");
  const off = meter("a", "2027-06-01", { is_withdrawn: true });
  expect(instrumentState(off, now)).toBe("withdrawn");
  expect([meter("a", "2026-11-23"), meter("b", "2026-11-21"), off].map((row) =>
    isUsable(row, now))).toEqual([true, false, false]);
});

test("what has run out stands first, what is withdrawn last", () => {
  const rows = [meter("w", "2028-01-01", { is_withdrawn: true }), meter("b", "2028-01-01"),
    meter("a", "2028-01-01"), meter("o", "2026-01-02")];
  expect(sortedInstruments(rows, now).map((row) => row.id)).toEqual(["o", "a", "b", "w"]);
});

test("a gas test takes number, end of calibration and calibration gas over", () => {
  expect(takenOver(meter("GX-1", "2027-06-01", { cal_gas: "CH4" }))).toEqual({
    instrument: "GX-1", calibrated_until: "2027-06-01", cal_gas: "CH4",
  });
});
