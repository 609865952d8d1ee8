import { describe, expect, it } from "vitest";
import { bins, tellFigure } from "./alarm_performance.ts";

describe("load of the alarm system", () => {
  const from = "2026-11-01T00:00:00.000Z";
  it("draws each window where there are few", () => {
    expect(bins([1, 0, 12], from)).toEqual([
      { at: "2026-11-01T00:00:00.000Z", most: 1 }, { at: "2026-11-01T00:10:00.000Z", most: 0 },
      { at: "2026-11-01T00:20:00.000Z", most: 12 },
    ]);
  });
  it("keeps the worst of a stretch", () => {
    const windows = Array.from({ length: 4320 }, (_, at) => (at === 1000 ? 40 : at % 3));
    const bars = bins(windows, from);
    expect(bars.length).toBe(240);
    expect(Math.max(...bars.map((bar) => bar.most))).toBe(40);
    expect(bins([], from)).toEqual([]);
  });
  it("rounds no more than it must", () => {
    expect(tellFigure(6, "en")).toBe("6");
    expect(tellFigure(0.123, "en")).toBe("0.12");
    expect(tellFigure(149.96, "en")).toBe("150");
  });
});
