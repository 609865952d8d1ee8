// Making a record of a form that has no page of its own for it.
import type { FieldValue, FormSource, Me } from "../api/types.ts";
import { isFilled } from "./records.ts";

// Forms that are begun on pages of their own, or by what happens in the plant.
const elsewhere = [
  "hazard", "near_miss", "violation", "permit", "permit_gas", "permit_entry", "permit_evidence",
  "permit_isolation", "rule_acceptance", "goods_move", "response", "sos",
];

// Whether to ask for the forms at all: their sources are large.
export const mayStart = (me: Me): boolean => Object.entries(me.rights).some(([form, rights]) =>
  rights.includes("create") && !elsewhere.includes(form));

export const startable = (forms: FormSource[], me: Me): FormSource[] => forms.filter((form) =>
  form.flow && !elsewhere.includes(form.id) && (me.rights[form.id] ?? []).includes("create"));

// What the caller may fill in; photos are taken where the record is.
export const fieldsToFill = (form: FormSource): string[] =>
  Object.entries(form.data.properties).filter(([name, source]) =>
    form.modes?.[name] === "write" && source["x-kind"] !== "photos").map(([name]) => name);

export interface Wish {
  fields: Record<string, FieldValue>;
  chosen: Record<string, string[]>;
}
// Fields and steps that still lack what they need.
export function lackingIn(form: FormSource, wish: Wish): { fields: string[]; steps: string[] } {
  const open = fieldsToFill(form);
  const fields = (form.data.required ?? []).filter((name) =>
    open.includes(name) && !isFilled(wish.fields[name]));
  const steps = (form.choices ?? []).map(({ node }) => node)
    .filter((node) => (wish.chosen[node] ?? []).length === 0);
  return { fields, steps };
}

export function choose(
  chosen: readonly string[], person: string, isSeveral: boolean,
): string[] {
  if (chosen.includes(person)) return chosen.filter((one) => one !== person);
  return isSeveral ? [...chosen, person] : [person];
}
