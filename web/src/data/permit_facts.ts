// The fields of a permit in the order people read them: what, where, who, the block of the kind,
// grade and figures. What no block names follows at the end, so that nothing is left out.
import type { FormSource, Language } from "../api/types.ts";
import { kindFields } from "./permit_wish.ts";

export interface FactBlock {
  id: "what" | "place" | "people" | "kind" | "grade" | "limits" | "other";
  fields: string[];
}
const blocks: Record<Exclude<FactBlock["id"], "kind" | "other">, string[]> = {
  what: ["content", "work_unit", "is_contractor", "unit_phone", "valid_from", "valid_to",
    "started_at", "crew_since", "parent"],
  place: ["area", "device", "x", "y", "z_low_m", "z_high_m", "radius_m", "is_outdoor"],
  people: ["leader", "guardian", "workers", "gives_disclosure", "coordinator", "rigger",
    "signaller", "crane_driver", "approved_by", "approved_at", "revalidated_by", "accepted_by"],
  grade: ["regime", "grade_computed", "grade", "grade_reason", "grade_reason_zh",
    "grade_reason_en", "grade_why", "rule_mark", "rule_source"],
  limits: ["limit_valid_h", "limit_extend_h", "limit_gas_start_min", "limit_gas_min",
    "limit_retest_min", "limit_watch_min", "limit_lel", "limit_o2_low", "limit_o2_high",
    "limit_toxic", "limit_evidence", "limit_source"],
};
// Told elsewhere on the page.
const elsewhere = ["kind", "measures", "jsa", "evidenced", "inside_count", "hand_count",
  "suspend_reason", "suspend_detail", "suspended_at", "suspend_count", "drawing", "facts",
  "facts_decided", "grade_decided", "valid_to_decided", "gas_points", "measures_asked"];

// A text that is kept in both languages is shown in the reader's.
const otherLanguage: Record<Language, string> = { zh: "_en", en: "_zh" };

export function factBlocks(form: FormSource, kind: string, lang: Language): FactBlock[] {
  const own = (kindFields[kind] ?? []).filter((field) => field in form.data.properties);
  const known = new Set([...Object.values(blocks).flat(), ...elsewhere,
    ...Object.values(kindFields).flat()]);
  const has = (fields: string[]) => fields.filter((field) => field in form.data.properties);
  const peopleOfKind = own.filter((field) => !blocks.people.includes(field));
  const made: FactBlock[] = [
    { id: "what", fields: has(blocks.what) }, { id: "place", fields: has(blocks.place) },
    { id: "people", fields: has(blocks.people) }, { id: "kind", fields: peopleOfKind },
    { id: "grade", fields: has(blocks.grade) }, { id: "limits", fields: has(blocks.limits) },
    { id: "other", fields: Object.keys(form.data.properties).filter((key) => !known.has(key)) },
  ];
  return made
    .map(({ id, fields }) => ({
      id, fields: fields.filter((field) => !field.endsWith(otherLanguage[lang])),
    }))
    .filter(({ fields }) => fields.length > 0);
}
