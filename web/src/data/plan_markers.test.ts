import { expect, test } from "vitest";
import type { Alarm, Tag } from "../api/types_response.ts";
import { boxOf, type Plan } from "./plan.ts";
import { markersOf } from "./plan_markers.ts";

const plan = {
  zones: [{
    code: "A1", name: { zh: "", en: "" }, outline: [[0, 0], [10, 0], [10, 10]], risk: null,
  }],
  box: boxOf([]),
} as unknown as Plan;
const tag = (code: string, over: Partial<Tag>): Tag => ({
  code, area: "A1", purpose: "level", low: 0, high: 100, unit: "%", value: 63.25, quality: "good",
  x: 3, y: 4, limits: [], ...over,
}) as Tag;
const same = (code: string) => code;

test("sensors of every kind stand on the plan with value and quality", () => {
  const tags = [
    tag("LI", {}), tag("TI", { quality: "stale", purpose: "temperature", unit: "°C" }),
    tag("GAS", { purpose: "gas", x: null, y: null }), tag("NOWHERE", { x: null, y: null }),
    tag("NEVER", { value: null }),
  ];
  const made = markersOf(tags, [], plan, same);
  expect(made.map(({ text, isGas, isStale }) => [text, isGas, isStale])).toEqual([
    ["LI 63.3 %", false, false], ["TI 63.3 °C", false, true], ["GAS 63.3 %", true, false],
    ["NEVER", false, false],
  ]);
});

test("the most urgent alarm of a tag gives its sign the colour", () => {
  const alarm = (id: string, priority: number) => ({
    id, tag: "LI", code: id, priority, acked: false, annunciated: true, raised_at: null,
  }) as unknown as Alarm;
  const [made] = markersOf([tag("LI", {})], [alarm("low", 3), alarm("high", 1)], plan, same);
  expect(made).toMatchObject({ id: "high", priority: 1, isUnacked: true });
});
