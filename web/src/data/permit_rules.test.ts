import { expect, test } from "vitest";
import type { RuleTable } from "../api/types_permit.ts";
import { inputField, markCounts, matching, partsOf, plain, sheetsOf } from "./permit_rules.ts";

const table: RuleTable = {
  id: "limits_row", name: "limits_row", inputs: ["day", "kind", "final"],
  outputs: ["valid_h", "rain_stops", "mark", "source"],
  rules: [
    { inputs: [">= date(\"2022-10-01\")", "\"hot\"", "\"two\",\"three\""],
      outputs: ["72", "true", "\"seen\"", "\"GB 30871-2022 [S7]\""] },
    { inputs: [">= date(\"2022-10-01\")", "\"road\"", "-"],
      outputs: ["null", "false", "\"draft\"", "\"plant [D]\""] },
  ],
};

test("a row says from which day it holds, what it asks and says, and where that comes from", () => {
  const [sheet] = sheetsOf([table]);
  expect(sheet?.rows[0]).toEqual({
    from: "2022-10-01", mark: "seen", source: "GB 30871-2022 [S7]",
    when: [{ name: "kind", text: "hot" }, { name: "final", text: "two / three" }],
    says: [{ name: "valid_h", text: "72" }, { name: "rain_stops", text: "true" }],
  });
  expect(sheet?.rows[1]?.when).toEqual([{ name: "kind", text: "road" }]);
  expect(sheet?.rows[1]?.says).toEqual([{ name: "rain_stops", text: "false" }]);
});

test("tables that only help others are not shown; marks are counted and filtered", () => {
  const sheets = sheetsOf([table, { ...table, outputs: ["a"], id: "helper", name: "helper" }]);
  expect(sheets).toHaveLength(1);
  expect(markCounts(sheets)).toEqual({ seen: 1, draft: 1 });
  expect(sheets[0] && matching(sheets[0], "draft", "PLANT")).toHaveLength(1);
  expect(sheets[0] && matching(sheets[0], "", "nothing")).toHaveLength(0);
});

test("texts lose their quotes, what is empty is empty", () => {
  expect([plain("\"a\""), plain("-"), plain("null"), plain("12.5"), plain("{a: [\"b\"]}")])
    .toEqual(["a", "", "", "12.5", "{a: [\"b\"]}"]);
});

test("lists and contexts of FEEL are told by their parts, empty ones not at all", () => {
  expect(partsOf('["upper", "lower"]')).toEqual({ "": ["upper", "lower"] });
  expect(partsOf('{leader: [], worker: ["hot"], guardian: ["guardian", "x"]}'))
    .toEqual({ worker: ["hot"], guardian: ["guardian", "x"] });
  expect(partsOf("[2..5]")).toBeNull();
  expect(partsOf("8.3")).toBeNull();
  expect(inputField('if hot_place = null then "" else hot_place')).toBe("hot_place");
  expect(inputField("kind")).toBe("kind");
});
