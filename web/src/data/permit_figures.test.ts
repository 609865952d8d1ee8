import { expect, test } from "vitest";
import { textsOf } from "../text/index.ts";
import { figureRows, figureText } from "./permit_figures.ts";

test("times are told in their two largest units, shares in per cent", () => {
  const texts = textsOf("en");
  expect(figureText(90, "min", "en", texts)).toBe("1 h 30 min");
  expect(figureText(1500, "ms", "en", texts)).toBe("1 s");
  expect(figureText(12.34, "percent", "en", texts)).toBe("12.3 %");
  expect(figureText(0.1234, "share", "en", texts)).toBe("12.3 %");
  expect(figureText(1234, "count", "en", texts)).toBe("1,234");
});

test("what was caught most often comes first, each with its permits", () => {
  const rows = figureRows({
    from: "", to: "", made_at: "", applied: { count: 5, permits: ["a", "b"] }, signature: null,
    suspended: { share: 0.4, count: 2, base: 5, is_small: true, permits: ["a"] },
    caught: [
      { reason: "wind", count: 1, permits: ["b"] }, { reason: "gas", count: 3, permits: ["a"] },
    ],
  });
  expect(rows.map(({ id, reason, value }) => [id, reason, value])).toEqual([
    ["applied", "", 5], ["suspended", "", 0.4], ["caught", "gas", 3], ["caught", "wind", 1],
  ]);
});

test("an application that was refused stands in its figure with what it was", () => {
  const application = {
    at: "2026-11-23T01:00:00Z", person: { id: "p", name: "Li" }, code: "certificate_missing",
    field: "guardian", zh: "无证", en: "No certificate", fields: { kind: "hot" },
  };
  const rows = figureRows({
    from: "", to: "", made_at: "", applied: { count: 0, permits: [] }, signature: null,
    suspended: { share: null, count: 0, base: 0, is_small: true, permits: [] },
    caught: [{ reason: "permit_people", count: 1, permits: [], applications: [application] }],
  });
  expect(rows.at(-1)?.applications).toEqual([application]);
  expect(rows.at(0)?.applications).toEqual([]);
});
