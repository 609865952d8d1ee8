import { expect, test } from "vitest";
import type { RecordRow } from "../api/types.ts";
import { parseCsv, toRows } from "./csv.ts";
import { columnsOf } from "./import.ts";
import { rowsOf, tagPlan, tagsCsv } from "./source_lists.ts";

test("what is taken out can be brought in again", () => {
  const tag = {
    id: "1", code: "TI-1", name_zh: "温度, \"一\"", source: "s1", area: "a1", purpose: "temperature",
    path: "ns=1;s=T", scale: "0.100000", device: null,
  } as unknown as RecordRow;
  const text = tagsCsv([tag], (field, id) => `${field}-${id}`);
  expect(toRows(parseCsv(text), columnsOf(tagPlan))).toEqual([{
    code: "TI-1", name_zh: "温度, \"一\"", source: "source-s1", area: "area-a1",
    purpose: "temperature", path: "ns=1;s=T", scale: "0.100000",
  }]);
});

test("headings are known in either language", () => {
  const rows = [["位号", "名称", "Data source", "区域", "用途"], ["T", "温度", "S-1", "A1", "other"]];
  expect(toRows(rows, columnsOf(tagPlan))).toEqual([
    { code: "T", name_zh: "温度", source: "S-1", area: "A1", purpose: "other" },
  ]);
});

test("a variable becomes a row with a code that a tag may have", () => {
  const node = { path: "ns=1;s=A/Slide valve", name: "Slide valve", is_value: true };
  const [row] = rowsOf("S-UA", [node]);
  expect(row).toMatchObject({ code: "Slide-valve", source: "S-UA", path: "ns=1;s=A/Slide valve" });
  expect(row).not.toHaveProperty("area");
});
