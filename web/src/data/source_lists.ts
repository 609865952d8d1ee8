// Sources and tags as lists that are brought in and taken out: one set of headings for both ways.
import * as calls from "../api/calls.ts";
import type { RecordRow } from "../api/types.ts";
import type { SourceNode } from "../api/types_response.ts";
import { sourceText, type SourceKey } from "../text/source_words.ts";
import type { ListPlan } from "./import.ts";

type Heads = [key: string, text: SourceKey, isRequired?: boolean][];

const sourceHeads: Heads = [
  ["code", "fCode", true], ["name_zh", "fNameZh", true], ["name_en", "fNameEn"],
  ["protocol", "fProtocol", true], ["host", "fHost"], ["port", "fPort"], ["unit_id", "fUnitId"],
  ["topic", "fTopic"], ["url_path", "fUrlPath"], ["security", "fSecurity"], ["file", "fFile"],
  ["speed", "fSpeed"], ["replay_as", "fReplayAs"], ["transport", "fTransport"],
  ["is_simulated", "fSimulated"], ["area", "fArea"],
];
const tagHeads: Heads = [
  ["code", "fTag", true], ["name_zh", "fNameZh", true], ["name_en", "fNameEn"],
  ["source", "fSource", true], ["area", "fArea", true], ["device", "fDevice"],
  ["purpose", "fPurpose", true], ["path", "fPath"], ["table", "fTable"], ["address", "fAddress"],
  ["type", "fType"], ["order", "fOrder"], ["scale", "fScale"], ["offset_value", "fOffset"],
  ["unit", "fUnit"], ["range_low", "fLow"], ["range_high", "fHigh"], ["every_ms", "fEvery"],
  ["substance", "fSubstance"], ["x", "fX"], ["y", "fY"],
];

const planOf = (form: string, hint: SourceKey, heads: Heads): ListPlan => ({
  title: "addRows",
  note: { zh: sourceText.zh[hint], en: sourceText.en[hint] },
  columns: heads.map(([key, text, isRequired]) => ({
    key, text: { zh: sourceText.zh[text], en: sourceText.en[text] },
    isRequired: isRequired ?? false,
  })),
  send: (rows, dry_run) => calls.importRecords(form, rows, dry_run),
});
export const sourcePlan = planOf("source", "sourceHint", sourceHeads);
export const tagPlan = planOf("tag", "tagHint", tagHeads);

const quoted = (cell: string): string =>
  /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

// Keys as headings, so that it reads the same in both languages; references by code.
export function tagsCsv(rows: RecordRow[], codeOf: (field: string, id: string) => string): string {
  const references = new Set(["source", "area", "device"]);
  const lines = rows.map((row) => tagHeads.map(([key]) => {
    const value = row[key];
    if (value === null || value === undefined) return "";
    return quoted(references.has(key) ? codeOf(key, String(value)) : String(value));
  }).join(","));
  return `\uFEFF${[tagHeads.map(([key]) => key).join(","), ...lines].join("\r\n")}\r\n`;
}

// What a person still has to fill in is left out. The name of a variable is a first name for a tag.
export const rowsOf = (source: string, nodes: SourceNode[]): Record<string, string>[] =>
  nodes.map((node) => ({
    code: node.name.replace(/[^A-Za-z0-9_.-]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40),
    name_zh: node.name, name_en: node.name, source, path: node.path, purpose: "other",
    every_ms: "1000",
  }));
