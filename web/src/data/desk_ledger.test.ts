import { expect, test } from "vitest";
import type { FormSource } from "../api/types.ts";
import {
  choiceOf, guess, headAt, lacking, rowsOf, targetsOf, type Mapping, type Words,
} from "./desk_ledger.ts";

const field = (kind: string, zh: string, en: string, more = {}) =>
  ({ "x-kind": kind, title: { zh, en }, ...more });
const form = {
  id: "hazard",
  data: {
    required: ["photos", "area", "category"],
    properties: {
      photos: field("photos", "现场照片", "Photos"),
      area: field("ref", "区域", "Area"),
      category: field("choice", "类别", "Category", {
        enum: ["leak", "fire"],
        "x-texts": { leak: { zh: "泄漏", en: "Leak" }, fire: { zh: "消防", en: "Fire" } },
      }),
      level: field("choice", "等级", "Level", {
        enum: ["red", "yellow"],
        "x-texts": { red: { zh: "重大", en: "Major" }, yellow: { zh: "一般", en: "General" } },
      }),
      description: field("longtext", "描述", "Description"),
      owner: field("person", "整改责任人", "Owner"),
      due_at: field("instant", "整改期限", "Due"),
      verified_at: field("instant", "验收时间", "Verified at"),
      old_number: field("text", "原台账编号", "Number in the old ledger"),
      imported: field("boolean", "由台账导入", "Imported"),
    },
  },
  states: {
    repairing: { zh: "整改中", en: "Being repaired" }, closed: { zh: "已销号", en: "Closed" },
    effective: { zh: "确认有效", en: "Effective" },
  },
} as unknown as FormSource;
const targets = targetsOf(form, "zh", { reported_at: "上报时间", state: "状态" });
const known = { description: ["隐患内容", "问题描述"], reported_at: ["检查日期"] };
const words: Words = {
  choices: { level: { red: ["重大隐患"] } }, closed: ["已整改", "完成"], open: ["未整改", "未完成"],
};
const at = (column: number) => ({ kind: "column" as const, at: column });

test("targets are what a ledger can hold: no photos, nothing that the flow fills in", () => {
  const keys = targets.map(({ key }) => key);
  expect(keys).not.toContain("photos");
  expect(keys).not.toContain("imported");
  expect(keys.slice(0, 2)).toEqual(["area", "old_number"]);
  expect(keys).toContain("reported_at");
});

test("headings are guessed from the form's titles in both languages and from usual words", () => {
  const heads = ["序号", "检查日期", "隐患内容(必填)", "Area", "整改责任人", "等级", "状态"];
  expect(guess(heads, targets, form, known)).toEqual({
    reported_at: at(1), description: at(2), area: at(3), owner: at(4), level: at(5), state: at(6),
  });
});

test("one column is never taken twice", () => {
  const mapping = guess(["区域", "区域"], targets, form, { description: ["区域"] });
  expect(mapping["area"]).toEqual(at(0));
  expect(mapping["description"]).toEqual(at(1));
});

test("titles above the table are not its headings", () => {
  expect(headAt([["2025年隐患台账", "", ""], ["编号", "区域", "内容"], ["1", "A", "x"]])).toBe(1);
  expect(headAt([["编号", "区域"], ["1", "A"]])).toBe(0);
  expect(headAt([])).toBe(0);
});

test("a choice is known by its id, its words, or by containing exactly one of them", () => {
  const level = targets.find(({ key }) => key === "level");
  if (!level) throw new Error("no level");
  expect(choiceOf(level, "red")).toBe("red");
  expect(choiceOf(level, "重大隐患", words.choices["level"])).toBe("red");
  expect(choiceOf(level, "一般事故隐患")).toBe("yellow");
  expect(choiceOf(level, "重大或一般")).toBe("重大或一般");
  expect(choiceOf(level, "")).toBe("");
});

const cells = [["号", "日期", "区域", "类别", "状态"], ["1", "2024-03-05", "A1", "泄漏", "已整改"],
  ["", "", "", "", ""], ["2", "2024-04-01", "A2", "消防", "未整改"]];
const mapping: Mapping = {
  old_number: at(0), reported_at: at(1), area: at(2), category: at(3), state: at(4),
};

test("mixed: what is closed comes as history, what is open as a case that begins now", () => {
  expect(rowsOf({ head: 0, cells }, mapping, targets, "mixed", words)).toEqual([
    { area: "A1", old_number: "1", category: "leak", as_history: true, reported_at: "2024-03-05",
      state: "closed" },
    { area: "A2", old_number: "2", category: "fire" },
  ]);
});

test("as history everything is an old case, and a value may be the same for all", () => {
  const fixed: Mapping = { ...mapping, category: { kind: "fixed", value: "fire" }, state: null };
  const rows = rowsOf({ head: 0, cells }, fixed, targets, "history", words);
  expect(rows.map((row) => [row["category"], row["as_history"], row["state"]]))
    .toEqual([["fire", true, undefined], ["fire", true, undefined]]);
});

test("what is lacking is said before a trial: dates for history, the form's own otherwise", () => {
  expect(lacking({ area: at(0) }, targets, "history")).toEqual(["上报时间", "验收时间"]);
  expect(lacking({ area: at(0), reported_at: at(1), verified_at: at(1) }, targets, "history"))
    .toEqual([]);
  expect(lacking({ area: at(0) }, targets, "open")).toEqual(["类别"]);
  const nearly: Mapping = {
    area: at(0), category: { kind: "fixed", value: "" }, reported_at: at(1), verified_at: at(2),
  };
  expect(lacking(nearly, targets, "mixed")).toEqual(["状态", "类别"]);
});
