// Records of any form as lists that are brought in and taken out. The form itself says the columns,
// so that nothing of a record is lost on the way.
import * as calls from "../api/calls.ts";
import type { FieldSource, FormSource, ImportRow, LocalText, RecordRow } from "../api/types.ts";
import { retirements } from "../api/calls_response.ts";
import type { SourceNode } from "../api/types_response.ts";
import type { Retirement } from "../api/types_retire.ts";
import { retireText } from "../text/retire_words.ts";
import type { ListPlan } from "./import.ts";
import { retirable, retiredOf } from "./retired.ts";

const noCell = ["photos", "subform", "object", "position"];
export const columnsOfForm = (form: FormSource): [string, FieldSource][] =>
  Object.entries(form.data.properties).filter(([, one]) => !noCell.includes(one["x-kind"]));

const between = "|";
// Several choices stand in one cell.
export function cellsOf(form: FormSource, row: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([key, value]) =>
    [key, form.data.properties[key]?.["x-kind"] === "choices"
      ? value.split(between).map((one) => one.trim()).filter(Boolean) : value]));
}
// Of a row that is there these say whether it is in use.
const { zh, en } = retireText;
const useColumns = [
  { key: "retired", text: { zh: zh.colRetired, en: en.colRetired } },
  { key: "retire_reason", text: { zh: zh.colReason, en: en.colReason } },
];
const hasUse = (form: FormSource): boolean => retirable.includes(form.id);
export const planOfForm = (form: FormSource, note?: LocalText): ListPlan => ({
  title: "addRows",
  ...(note ? { note } : {}),
  columns: columnsOfForm(form).map(([key, { title }]): ListPlan["columns"][number] => ({
    key, text: title, isRequired: form.data.required?.includes(key) ?? false,
  })).concat(hasUse(form) ? useColumns : []),
  send: (rows, dry_run) => calls.importRecords(
    form.id, rows.map((row) => cellsOf(form, row as Record<string, string>) as ImportRow), dry_run),
});

const quoted = (cell: string): string =>
  /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
// Keys as headings, so that it reads the same in both languages; references by code.
export function formCsv(
  form: FormSource, rows: readonly RecordRow[], codeOf: (form: string, id: string) => string,
  gone: ReadonlyMap<string, Retirement> = new Map(),
): string {
  const columns = columnsOfForm(form);
  const useOf = (row: RecordRow): string[] => hasUse(form)
    ? [gone.has(row.id) ? "true" : "", quoted(gone.get(row.id)?.reason ?? "")] : [];
  const lines = rows.map((row) => columns.map(([key, source]) => {
    const value = row[key];
    if (value === null || value === undefined) return "";
    if (Array.isArray(value)) return quoted(value.join(between));
    const ref = source["x-kind"] === "ref" ? source["x-ref"] ?? "" : "";
    return quoted(ref ? codeOf(ref, String(value)) : String(value));
  }).concat(useOf(row)).join(","));
  const heads = columns.map(([key]) => key).concat(
    hasUse(form) ? useColumns.map(({ key }) => key) : []);
  return `\uFEFF${[heads.join(","), ...lines].join("\r\n")}\r\n`;
}

const pages_max = 500;
// A whole list with the codes of what its rows name.
export async function wholeCsv(form: FormSource): Promise<string> {
  const refs = [...new Set(columnsOfForm(form).flatMap(([, one]) => one["x-ref"] ?? []))];
  const rows = await calls.allRecords(form.id, { sort: "code" }, pages_max);
  const named = await Promise.all(refs.map((ref) => calls.allRecords(ref, {}, pages_max)));
  const codes = new Map(named.flat().map((row) => [row.id, String(row["code"] ?? "")]));
  const gone = hasUse(form) ? (await retirements()).rows : [];
  return formCsv(form, rows, (_, id) => codes.get(id) ?? "", retiredOf(gone, form.id));
}

// What a person still has to fill in is left out. The name of a variable is a first name for a tag.
export const rowsOf = (source: string, nodes: SourceNode[]): Record<string, string>[] =>
  nodes.map((node) => ({
    code: node.name.replace(/[^A-Za-z0-9_.-]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40),
    name_zh: node.name, name_en: node.name, source, path: node.path, purpose: "other",
    every_ms: "1000",
  }));
