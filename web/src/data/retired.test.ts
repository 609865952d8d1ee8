import { expect, test } from "vitest";
import type { RecordRow } from "../api/types.ts";
import type { Need, Retirement } from "../api/types_retire.ts";
import { parseCsv, toRows } from "./csv.ts";
import { formCsv, planOfForm } from "./form_lists.ts";
import { columnsOf } from "./import.ts";
import { journalComment, needLink, needsOf, retiredOf } from "./retired.ts";
import tagForm from "../../../packs/sensing/forms/tag.json";
import type { FormSource } from "../api/types.ts";

const need = (over: Partial<Need>): Need => ({
  why: "formula", form: "alarm_limit", id: "1", code: "SUM", name: { zh: "和", en: "Sum" },
  tag: "GAS-1", ...over,
});

test("what needs a tag has a link to where it is changed or ended", () => {
  expect(needsOf({ params: { needed_by: [need({})] } })).toHaveLength(1);
  expect(needsOf({ params: {} })).toEqual([]);
  expect(needLink(need({}))).toBe("#/lists/alarm_limit?find=SUM");
  expect(needLink(need({ form: "permit", id: "p1" }))).toBe("#/case/permit/p1");
  expect(needLink(need({ form: "response", id: "r1" }))).toBe("#/response/r1");
});

test("the journal says in the reader's language that an alarm ended with its tag", () => {
  expect(journalComment("tag retired: 拆除", "zh")).toBe("测点已停用:拆除");
  expect(journalComment("tag retired: gone", "en")).toBe("Tag retired: gone");
  expect(journalComment("definition removed", "en")).toBe("Limit removed");
  expect(journalComment("seen", "en")).toBe("seen");
  expect(journalComment(null, "en")).toBe("");
});

test("a list says which tags are out of use, and brings that in again", () => {
  const form = tagForm as unknown as FormSource;
  const row = { id: "1", code: "TI-1" } as unknown as RecordRow;
  const gone: Retirement = {
    form: "tag", id: "1", code: "TI-1", by: "p", by_name: "王", at: "2026-11-23T00:00:00Z",
    reason: "拆除,\"一\"",
  };
  const text = formCsv(form, [row], String, retiredOf([gone], "tag"));
  expect(toRows(parseCsv(text), columnsOf(planOfForm(form)))).toEqual([
    { code: "TI-1", retired: "true", retire_reason: "拆除,\"一\"" },
  ]);
  expect(retiredOf([gone], "source").size).toBe(0);
});
