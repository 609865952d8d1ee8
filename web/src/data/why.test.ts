import { describe, expect, it } from "vitest";
import { inputsOf, whyOf } from "./why.ts";

describe("why a table decided", () => {
  const detail = {
    decision: "hazard_grade",
    why: {
      asked: [{ decision: "grade", input: "consequence" }, { decision: "grade", input: "exposure" },
        { decision: "days", input: "consequence" }],
      fired: [{ decision: "grade", rule: "grade_1", row: 1, annotation: "many, now" }],
    },
  };

  it("tells rules, inputs once each, and no warnings where there are none", () => {
    const why = whyOf({ detail });
    expect(why?.fired).toHaveLength(1);
    expect(why?.warnings).toEqual([]);
    expect(why && inputsOf(why)).toEqual(["consequence", "exposure"]);
  });

  it("is nothing where the row carries none", () => {
    expect(whyOf({ detail: { decision: "old" } })).toBeNull();
    expect(whyOf({})).toBeNull();
  });
});
