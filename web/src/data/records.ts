// Questions about records that several pages ask, and how a value is told.
import * as calls from "../api/calls.ts";
import type {
  FieldSource, FieldValue, FormSource, Language, Level, LocalText, Outcome, PhotoItem, Position,
  RecordRow, RecordView, Task,
} from "../api/types.ts";
import type { Texts } from "../text/index.ts";
import { dateTime } from "./format.ts";
import { localText } from "./prefs.ts";
import { useQuery } from "./query.ts";
import { stampPosition } from "./photo_stamp.ts";

export const useForm = (id: string) => useQuery(`form/${id}`, () => calls.form(id));
export const useRecord = (form: string, id: string) =>
  useQuery(`record/${form}/${id}`, () => calls.record(form, id));
export const useTimeline = (form: string, id: string) =>
  useQuery(`record/${form}/${id}/timeline`, () => calls.timeline(form, id));
export const useHistory = (form: string, id: string) =>
  useQuery(`record/${form}/${id}/history`, () => calls.history(form, id));
export const useTasks = () => useQuery("tasks", calls.tasks);
export const useNotices = () => useQuery("notices", calls.notices);
export const useRows = (form: string, wish: calls.ListWish) =>
  useQuery(`records/${form}${calls.listQuery(wish)}`, () => calls.records(form, wish));
export const useAllRows = (form: string, wish: calls.ListWish = {}) =>
  useQuery(`records/${form}/all${calls.listQuery(wish)}`, () => calls.allRecords(form, wish));

export const levels: Level[] = ["red", "orange", "yellow", "blue"];
export function asLevel(value: unknown): Level | null {
  return levels.find((level) => level === value) ?? null;
}
export const levelOf = (row: RecordRow): Level | null =>
  asLevel(row["level"]) ?? asLevel(row["level_proposed"]);

// Whether "not graded" says something of this task: hazards are graded, permits and goods are not.
export const isGraded = (task: Task): boolean =>
  asLevel(task.level) !== null || task.form === "hazard";

// Nobody has to do anything about it any more, or not before a day that is far off.
export const finalStates = [
  "closed", "rechecking", "effective", "invalid", "merged", "shared", "done",
];
export const isOpen = (row: RecordRow): boolean => !finalStates.includes(row.state);

export function titleOf(row: RecordRow, field: string, lang: Language): string {
  return localText(row._titles?.[field], lang) || (row[field] ? String(row[field]) : "");
}
export function choiceText(form: FormSource, field: string, value: unknown, lang: Language) {
  const texts = form.data.properties[field]?.["x-texts"];
  return typeof value === "string" ? localText(texts?.[value], lang) || value : "";
}
export function placeOf(row: RecordRow, lang: Language): string {
  return [titleOf(row, "area", lang), titleOf(row, "device", lang)].filter(Boolean).join(" / ");
}
// Where whoever reported and whoever deals with it talk.
const withThread = ["hazard", "near_miss", "violation", "tracing"];
export const hasThread = (form: FormSource, view: RecordView): boolean =>
  withThread.includes(form.id) && !view.copy;
// Of a record without a place: what it is about.
export const subjectOf = (row: RecordRow): string => String(row["subject"] ?? row["title"] ?? "");
export function photosOf(value: unknown): PhotoItem[] {
  return Array.isArray(value) ? (value as PhotoItem[]).filter((item) => item?.sha256) : [];
}
export const isFilmName = (name: string): boolean => /\.(mp4|webm|mov)$/i.test(name);
export function masterName(row: RecordRow, lang: Language): string {
  const zh = String(row["name_zh"] ?? "");
  return localText({ zh, en: String(row["name_en"] ?? "") || zh }, lang);
}
export function isFilled(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== null && value !== "";
}

// A text that holds the id of a record and nothing a person could read: the form it belongs to, ""
// where no page shows such a record, null for all other texts.
const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const linkedForms = ["hazard"];
export function formOfId(form: FormSource, field: string, value: unknown): string | null {
  const kind = form.data.properties[field]?.["x-kind"] ?? "text";
  if (kind !== "text" || typeof value !== "string" || !idPattern.test(value)) return null;
  return linkedForms.includes(field) ? field : "";
}

export interface Telling {
  form: FormSource;
  lang: Language;
  texts: Texts;
}
// An object with names is told by them, a text in two languages in the reader's.
function tellObject(value: unknown, lang: Language): string {
  const { names, zh, en } = (value ?? {}) as Record<string, unknown>;
  if (Array.isArray(names)) return names.map(String).join(", ");
  if (typeof zh === "string") return localText({ zh, en: String(en ?? zh) }, lang);
  return JSON.stringify(value);
}

// Each row as its cells that are filled in.
function tellRows(telling: Telling, field: string, value: unknown): string {
  const properties = telling.form.data.properties[field]?.items?.properties ?? {};
  const items = { ...telling, form: { ...telling.form, data: { properties } } };
  return (value as Record<string, unknown>[]).map((row) =>
    Object.keys(properties).filter((key) => isFilled(row[key])).map((key) =>
      `${fieldTitle(items.form, key, telling.lang)} ${tell(items, key, row[key])}`).join(", "),
  ).join("; ");
}

export function tell(telling: Telling, field: string, value: unknown, title?: LocalText): string {
  const source: FieldSource | undefined = telling.form.data.properties[field];
  if (!isFilled(value)) return "—";
  const kind = source?.["x-kind"] ?? "text";
  if (kind === "boolean") return value ? telling.texts.yes : telling.texts.no;
  if (kind === "instant") return dateTime(String(value));
  if (kind === "choice") return choiceText(telling.form, field, value, telling.lang);
  if (kind === "photos") return photosOf(value).map((photo) => photo.name).join(", ");
  if (kind === "position") return stampPosition(value as Position);
  if (kind === "subform") return tellRows(telling, field, value);
  if (title) return localText(title, telling.lang);
  if (kind === "object") return tellObject(value, telling.lang);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export const fieldTitle = (form: FormSource, field: string, lang: Language): string =>
  localText(form.data.properties[field]?.title, lang) || field;

// Soonest first; what has no clock comes last.
export function byDue(a: Task, b: Task): number {
  return (a.due ?? "9").localeCompare(b.due ?? "9");
}

// What an outcome asks for: the task's own fields and those of the outcome.
export function missingOf(
  task: Task, outcome: Outcome, fields: Record<string, FieldValue>,
): string[] {
  const needed = new Set([...task.requires, ...(outcome.fields ?? [])]);
  return [...needed].filter((field) => !isFilled(fields[field]));
}
export const needsComment = (outcome: Outcome): boolean =>
  outcome.needs_comment === true || outcome.comment === "required";

// The fields to fill in for a task: as the task says, else what the server lets the caller write.
export function writesOf(task: Task, view: RecordView, form: FormSource): string[] {
  const isOpenTo = (field: string) => task.writes
    ? task.writes.includes(field) : view.modes[field] === "write";
  return Object.keys(form.data.properties).filter(isOpenTo);
}
export const isForMe = (task: Task): boolean =>
  task.may_take !== false || (task.is_mine && task.state !== "suspended");
// Somebody who was only asked for an opinion gives it and decides nothing.
export const mayDecide = (task: Task): boolean => task.acts?.includes("complete") ?? true;

// A text that the record holds in both languages, as x and x_en.
export function inLanguage(record: RecordRow, field: string, lang: Language): string {
  const foreign = lang === "en" ? record[`${field}_en`] : null;
  return String(foreign || record[field] || "");
}
// Of such a pair only the one in the reader's language is shown.
export function isOtherLanguage(field: string, fields: string[], lang: Language): boolean {
  if (field.endsWith("_en")) return lang !== "en" && fields.includes(field.slice(0, -3));
  return lang === "en" && fields.includes(`${field}_en`);
}
