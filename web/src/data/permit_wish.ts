// The permit that somebody applies for: which field stands on which page of the wizard, what is
// missing, and the half-filled one that survives a reload. What a kind asks for is said here once.
import { newId } from "../api/id.ts";
import type { FieldValue, FormSource, RecordRow } from "../api/types.ts";
import { readLocal, writeLocal } from "./prefs.ts";
import { isFilled } from "./records.ts";
import { rowsOf } from "./rows.ts";
import { createStore, useStore } from "./store.ts";

export const wishSteps = ["kind", "place", "people", "details", "hazards", "check"] as const;
export type WishStep = (typeof wishSteps)[number];

export const kindFields: Record<string, string[]> = {
  hot: ["hot_method", "hot_place", "hot_media"],
  confined: ["space", "space_medium", "ventilation", "rescue_gear", "lighting_v"],
  blinding: ["blind_action", "pipe", "medium", "temperature_c", "pressure_mpa", "blind_spec",
    "blind_no", "drawing"],
  height: ["height_m", "height_factors", "anchor", "scaffold_no", "deck", "deck_no"],
  lifting: ["load_t", "lift_radius_m", "crane", "crane_inspected", "plan_no", "chart_pct",
    "is_special_load", "rigger", "signaller", "crane_driver"],
  power: ["power_source", "power_v", "power_kw", "power_devices", "rcd_tested_at", "cable_route"],
  excavation: ["dig_depth_m", "dig_method", "dig_support"],
  road: ["road_name", "road_section", "traffic_plan", "is_fire_lane"],
};
const always: Record<WishStep, string[]> = {
  kind: ["kind", "content"],
  place: ["area", "device", "x", "y", "z_low_m", "z_high_m", "radius_m", "is_outdoor",
    "valid_from", "valid_to"],
  people: ["work_unit", "is_contractor", "unit_phone", "leader", "guardian", "workers",
    "gives_disclosure", "coordinator"],
  details: ["toxic_substance", "parent"],
  hazards: ["jsa"],
  check: ["grade", "grade_why"],
};

// Only what the form has, and what the caller may fill in.
export function fieldsOn(step: WishStep, kind: string, form: FormSource): string[] {
  const own = step === "details" ? kindFields[kind] ?? [] : [];
  const isOpen = (field: string) => field in form.data.properties &&
    (form.modes?.[field] ?? "write") === "write";
  return [...own, ...always[step]].filter(isOpen);
}

export type WishFields = Record<string, FieldValue>;
// What the kind cannot do without, beside what the form asks of every permit.
const needed: Record<string, string[]> = {
  hot: ["hot_method"], confined: ["space"], blinding: ["blind_action", "pipe", "blind_no"],
  height: ["height_m"], lifting: ["load_t"], power: ["power_source"], excavation: ["dig_depth_m"],
  road: ["road_name"],
};
function isThere(field: string, value: FieldValue | undefined): boolean {
  if (field !== "workers") return isFilled(value);
  const { persons = [], names = [] } = (value ?? {}) as { persons?: string[]; names?: string[] };
  return persons.length + names.length > 0;
}
export function missingOn(step: WishStep, form: FormSource, fields: WishFields): string[] {
  const kind = String(fields["kind"] ?? "");
  const asked = new Set([...(form.data.required ?? []), ...(needed[kind] ?? [])]);
  const lacking = fieldsOn(step, kind, form)
    .filter((field) => asked.has(field) && !isThere(field, fields[field]));
  return step === "hazards" && hasHoles(form, fields["jsa"]) ? ["jsa"] : lacking;
}
// Nothing is disclosed without a hazard, nor a hazard without what the form asks of every row.
function hasHoles(form: FormSource, value: FieldValue | undefined): boolean {
  const needs = form.data.properties["jsa"]?.items?.required ?? [];
  const rows = rowsOf(value);
  return rows.length === 0 || rows.some((row) => needs.some((key) => !isFilled(row[key])));
}
export const isRequiredIn = (form: FormSource, kind: string, field: string): boolean =>
  (form.data.required ?? []).includes(field) || (needed[kind] ?? []).includes(field);

// What belongs to another kind goes when the kind changes; what all have stays.
export function withKind(fields: WishFields, kind: string): WishFields {
  const others = Object.entries(kindFields).filter(([name]) => name !== kind)
    .flatMap(([, names]) => names);
  const own = kindFields[kind] ?? [];
  const kept = Object.entries(fields).filter(([name]) =>
    !others.includes(name) || own.includes(name));
  return { ...Object.fromEntries(kept), kind };
}

export interface Wish {
  id: string;
  key: string;
  owner: string;
  step: WishStep;
  fields: WishFields;
}
const place = "anlan.permit_wish";
const fresh = (owner: string): Wish => ({
  id: newId(), key: newId(), owner, step: "kind", fields: {},
});
export const wish = createStore<Wish>(fresh(""));
export const useWish = (): Wish => useStore(wish);

// Somebody else's half-filled permit on a shared phone is not shown.
export function openWish(owner: string): void {
  if (wish.get().owner === owner) return;
  const kept = readLocal<Wish>(place);
  const isMine = kept?.owner === owner && typeof kept.id === "string";
  wish.set(isMine && kept ? { ...fresh(owner), ...kept } : fresh(owner));
}
function put(next: Partial<Wish>): void {
  wish.set((before) => ({ ...before, ...next }));
  writeLocal(place, wish.get());
}
// Other content needs another key: the old one may have been refused with the old content.
export function fillWish(fields: WishFields): void {
  put({ fields: { ...wish.get().fields, ...fields }, key: newId() });
}
export const chooseKind = (kind: string): void =>
  put({ fields: withKind(wish.get().fields, kind), key: newId() });
export const goStep = (step: WishStep): void => put({ step });
export function dropWish(): void {
  writeLocal(place, null);
  wish.set(fresh(wish.get().owner));
}

// What the rules ask about a permit that is there already.
const ruled = ["regime", "kind", "grade", "area", "valid_from", "valid_to", "toxic_substance"];
export function ruleFields(record: RecordRow): WishFields {
  const names = [...ruled, ...kindFields[String(record["kind"])] ?? []];
  return wishBody(Object.fromEntries(names.map((name) => [name, record[name] as FieldValue])));
}

// Nothing empty is sent: what is not filled in is not there.
export function wishBody(fields: WishFields): WishFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => isFilled(value)));
}
