import { expect, test } from "vitest";
import type { OrgUnit } from "../api/types.ts";
import { unitNameOf } from "./unit_name.ts";

const units = [
  { path: "/AL/", name: { zh: "安澜", en: "Anlan" } },
  { path: "/AL/P1/", name: { zh: "一厂", en: "Plant 1" } },
] as OrgUnit[];

test("a unit is told by its name, what is not known by its path", () => {
  expect(unitNameOf(units, "/AL/P1/", "en")).toBe("Plant 1");
  expect(unitNameOf(units, "/AL/P1/", "zh")).toBe("一厂");
  expect(unitNameOf(units, "/AL/P2/", "en")).toBe("/AL/P2/");
});
