// The filters of a board or list stand in the address, so that a link shows the same cases. A
// figure hands its own filter over as it is. Pure: the present and the reader come in.
import type { Filter, FormSource, Me } from "../api/types.ts";
import { hrefOf } from "./route.ts";
import { finalStates } from "./records.ts";

export type Filters = Record<string, string>;
export type View = "hazards" | "list";
export const boardForms = ["hazard", "near_miss", "violation", "tracing"];
export const formOf = (filters: Filters): string =>
  boardForms.find((form) => form === filters["form"]) ?? "hazard";

const has = (form: FormSource, field: string): boolean => field in form.data.properties;
// Only what the form has is offered; the server would refuse the rest.
export const offered = (form: FormSource) => ({
  level: has(form, "level"), category: form.data.properties["category"]?.enum !== undefined,
  area: has(form, "area"), owner: has(form, "owner"), overdue: has(form, "due_at"),
});
export const endsOf = (form: FormSource): string[] =>
  Object.keys(form.states).filter((state) => finalStates.includes(state));
export const openOf = (form: FormSource): Filter => ["not", ["in", "state", endsOf(form)]];

// A filter that came with the address; what is none is left out, and the server judges the rest.
export function givenFilter(filters: Filters): Filter | null {
  try {
    const given: unknown = JSON.parse(filters["f"] ?? "null");
    return Array.isArray(given) && typeof given[0] === "string" ? given : null;
  } catch {
    return null;
  }
}

const mineFields = ["owner", "first_receiver", "reporter", "person"];
function mineOf(form: FormSource, me: string): Filter {
  const fields = mineFields.filter((field) => has(form, field));
  return ["or", ["eq", "created_by", me], ...fields.map((field): Filter => ["eq", field, me])];
}

export interface Around {
  form: FormSource;
  me: Pick<Me, "id">;
  now: number;
}
const joined = (parts: Filter[]): Filter =>
  parts.length === 0 ? ["all"] : parts.length === 1 ? parts[0] ?? ["all"] : ["and", ...parts];

// Without what says whether a case is open: the board asks for both.
export function filterOf(filters: Filters, { form, me, now }: Around): Filter {
  const may = offered(form);
  const parts: Filter[] = [];
  const given = givenFilter(filters);
  if (given) parts.push(given);
  for (const field of ["state", "level", "category", "area", "owner"] as const) {
    const value = filters[field];
    if (value && (field === "state" || may[field])) parts.push(["eq", field, value]);
  }
  if (filters["overdue"] && may.overdue) {
    parts.push(["lt", "due_at", new Date(now).toISOString()]);
  }
  if (filters["mine"]) parts.push(mineOf(form, me.id));
  return joined(parts);
}
// Somebody who asks for a state, or comes from a figure, sees closed cases too.
export const isOpenOnly = (filters: Filters): boolean =>
  !filters["state"] && !filters["f"] && filters["closed"] !== "1";
export function listFilter(filters: Filters, around: Around): Filter {
  const filter = filterOf(filters, around);
  const isOpen = filters["open"] === "1" || filters["overdue"] === "1";
  const wants = isOpen && !filters["state"] && !filters["f"];
  if (!wants) return filter;
  const open = openOf(around.form);
  return filter[0] === "all" ? open : joined([open, filter]);
}

export function withFilter(filters: Filters, name: string, value: string): Filters {
  const next = { ...filters };
  if (value) next[name] = value;
  else delete next[name];
  return next;
}
// Another kind of case keeps what all kinds have.
export function withForm(filters: Filters, form: string): Filters {
  const { area, q, mine } = filters;
  const kept = Object.entries({ area, q, mine }).filter((entry): entry is [string, string] =>
    !!entry[1]);
  return { ...Object.fromEntries(kept), ...(form === "hazard" ? {} : { form }) };
}
export const cleared = (filters: Filters): Filters => {
  const { form, sort } = filters;
  return { ...(form ? { form } : {}), ...(sort ? { sort } : {}) };
};
const quiet = ["form", "sort", "figure"];
export const countOf = (filters: Filters): number =>
  Object.keys(filters).filter((name) => !quiet.includes(name)).length;

// The way from a figure to its cases.
export const casesHref = (row: { form: string; id: string; filter: Filter | null }): string =>
  row.filter === null ? "" : hrefOf("hazards", {
    ...(row.form === "hazard" ? {} : { form: row.form }),
    figure: row.id, f: JSON.stringify(row.filter),
  });
