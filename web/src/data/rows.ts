// The rows of a sub-form as they are filled in. Pure.
import type { FieldValue, FormSource } from "../api/types.ts";

export type Row = Record<string, FieldValue>;

export function rowsOf(value: FieldValue | undefined): Row[] {
  if (!Array.isArray(value)) return [];
  const all: unknown[] = value;
  return all.flatMap((row) => typeof row === "object" && row ? [{ ...row } as Row] : []);
}

// The sub-form as a form of its own, so that its fields are drawn as any others.
export function itemForm(form: FormSource, field: string): FormSource {
  const items = form.data.properties[field]?.items;
  return {
    id: `${form.id}.${field}`, version: form.version, title: form.title, states: {},
    data: { required: items?.required ?? [], properties: items?.properties ?? {} },
  };
}

// What the caller may write; the server keeps the rest as it was, row by row.
export function writable(form: FormSource, field: string): string[] {
  // Only what has another mode than the whole is named.
  return Object.keys(itemForm(form, field).data.properties).filter((key) =>
    (form.modes?.[`${field}.${key}`] ?? "write") === "write");
}

// Only what may be written goes back: a value that was shown as *** would be refused.
export function sent(rows: Row[], keys: string[]): FieldValue {
  return rows.map((row) =>
    Object.fromEntries(keys.filter((key) => key in row).map((key) => [key, row[key] ?? null])),
  ) as unknown as FieldValue;
}
