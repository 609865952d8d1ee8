import { expect, test } from "vitest";
import { fillIn } from "../text/index.ts";
import { actsText } from "../text/acts.ts";
import { approvalDeeds, tellAct } from "./told_acts.ts";

test("a transfer names who has it now", () => {
  const told = tellAct({ act: "task.transfer", outcome: "", detail: { to_name: "李芳" } });
  expect(told && fillIn(actsText.zh[told.key], told.values)).toBe("转交给 李芳");
});

test("a skip says why and is nobody's deed", () => {
  const told = tellAct({
    act: "task.skip", outcome: "", detail: { reason: "duplicate", person_name: "李芳" },
  });
  expect(told && fillIn(actsText.en[told.key], told.values))
    .toBe("Skipped by the system: 李芳 has approved before");
  expect(approvalDeeds).not.toContain("task.skip");
  expect(approvalDeeds).not.toContain("sla.escalate");
});

test("an end has a name only when it has one", () => {
  expect(tellAct({ act: "case.end", outcome: "", detail: {} })).toBeNull();
  expect(tellAct({ act: "case.end", outcome: "rejected", detail: {} })?.key).toBe("endRejected");
});

test("both languages know every text with the same holes", () => {
  const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const key of Object.keys(actsText.zh) as (keyof typeof actsText.zh)[]) {
    expect([key, holes(actsText.en[key])]).toEqual([key, holes(actsText.zh[key])]);
  }
});
