import { expect, test } from "vitest";
import { riskOf } from "./permit_risk.ts";

test("the risk is the product, with its word; what is not filled in has none", () => {
  expect(riskOf(5, 5)).toEqual({ score: 25, level: "extreme" });
  expect(riskOf(3, 3)).toEqual({ score: 9, level: "high" });
  expect(riskOf(2, 2)?.level).toBe("medium");
  expect(riskOf(1, 3)?.level).toBe("low");
  expect(riskOf(undefined, 3)).toBeNull();
});
