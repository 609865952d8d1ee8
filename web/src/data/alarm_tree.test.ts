import { expect, test } from "vitest";
import type { Alarm } from "../api/types_response.ts";
import { treeOf } from "./alarm_tree.ts";

const step = (code: string) => ({ code, name: { zh: code, en: code } });
const alarm = (id: string, area: string, device: string, more: Partial<Alarm>): Alarm => ({
  id, code: id, area, path: device ? [step(area), step(device)] : [step(area)], priority: 3,
  acked: true, annunciated: true, raised_at: null, ...more,
} as Alarm);

test("areas and devices carry counts and the worst priority of what is below", () => {
  const tree = treeOf([
    alarm("a", "A1", "P-1", { priority: 4 }),
    alarm("b", "A1", "P-1", { priority: 2, acked: false }),
    alarm("c", "A1", "", {}),
    alarm("d", "A2", "P-2", { priority: 1, acked: false }),
  ]);
  expect(tree.map((area) => [area.key, area.rows.length, area.unacked, area.worst]))
    .toEqual([["A2", 1, 1, 1], ["A1", 3, 1, 2]]);
  const [, first] = tree;
  expect(first?.children.map((one) => [one.key, one.rows.length, one.worst]))
    .toEqual([["P-1", 2, 2], ["", 1, 3]]);
  expect(first?.children[0]?.rows.map((row) => row.id)).toEqual(["b", "a"]);
});

test("an alarm of an older server without a path stands under its area", () => {
  const tree = treeOf([{ ...alarm("a", "A1", "", {}), path: undefined } as unknown as Alarm]);
  expect(tree).toHaveLength(1);
  expect(tree[0]?.key).toBe("A1");
});
