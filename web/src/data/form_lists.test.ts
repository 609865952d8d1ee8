/// <reference types="vite/client" />
import { expect, test } from "vitest";
import type { FormSource, RecordRow } from "../api/types.ts";
import { parseCsv, toRows } from "./csv.ts";
import { cellsOf, formCsv, planOfForm, rowsOf } from "./form_lists.ts";
import { columnsOf } from "./import.ts";

const files = import.meta.glob<string>("../../../packs/sensing/forms/*.json", {
  query: "?raw", import: "default", eager: true,
});
const formOf = (id: string): FormSource =>
  JSON.parse(files[`../../../packs/sensing/forms/${id}.json`] ?? "null") as FormSource;
const tagForm = formOf("tag");

test("what is taken out can be brought in again", () => {
  const tag = {
    id: "1", code: "TI-1", name_zh: "温度, \"一\"", source: "s1", area: "a1", purpose: "temperature",
    path: "ns=1;s=T", scale: "0.100000", device: null,
  } as unknown as RecordRow;
  const text = formCsv(tagForm, [tag], (form, id) => `${form}-${id}`);
  expect(toRows(parseCsv(text), columnsOf(planOfForm(tagForm)))).toEqual([{
    code: "TI-1", name_zh: "温度, \"一\"", source: "source-s1", area: "area-a1",
    purpose: "temperature", path: "ns=1;s=T", scale: "0.100000",
  }]);
});

test.each(["source", "tag", "alarm_limit", "response_card"])("no field of %s is dropped", (id) => {
  const form = formOf(id);
  const fields = Object.keys(form.data.properties);
  const row = Object.fromEntries(fields.map((field) => [field, "7"])) as unknown as RecordRow;
  const [back] = toRows(parseCsv(formCsv(form, [row], (_, one) => one)),
    columnsOf(planOfForm(form)));
  expect(Object.keys(back ?? {}).sort()).toEqual(fields.sort());
  const lost = ["gap_max", "host_id", "is_endless", "step_ms", "molar_mass", "keep_samples_days"];
  expect(lost.filter((field) => fields.includes(field) && !back?.[field])).toEqual([]);
});

test("several choices go through one cell", () => {
  const form = formOf("response_card");
  const card = { code: "C", alarm_kind: ["h", "hh"] } as unknown as RecordRow;
  const [row] = toRows(parseCsv(formCsv(form, [card], String)), columnsOf(planOfForm(form)));
  expect(row?.["alarm_kind"]).toBe("h|hh");
  expect(cellsOf(form, row ?? {})).toEqual({ code: "C", alarm_kind: ["h", "hh"] });
});

test("headings are known in either language", () => {
  const rows = [["位号", "名称", "Data source", "区域", "用途"], ["T", "温度", "S-1", "A1", "other"]];
  expect(toRows(rows, columnsOf(planOfForm(tagForm)))).toEqual([
    { code: "T", name_zh: "温度", source: "S-1", area: "A1", purpose: "other" },
  ]);
});

test("a variable becomes a row with a code that a tag may have", () => {
  const node = { path: "ns=1;s=A/Slide valve", name: "Slide valve", is_value: true };
  const [row] = rowsOf("S-UA", [node]);
  expect(row).toMatchObject({ code: "Slide-valve", source: "S-UA", path: "ns=1;s=A/Slide valve" });
  expect(row).not.toHaveProperty("area");
});
