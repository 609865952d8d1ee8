// The name of a unit by its path; of none, of everything, the path itself.
import * as calls from "../api/calls.ts";
import type { OrgUnit } from "../api/types.ts";
import { localText, usePrefs } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";

export const unitNameOf = (units: readonly OrgUnit[], path: string, lang: "zh" | "en"): string =>
  localText(units.find((unit) => unit.path === path)?.name, lang) || path;

export function useUnitName(): (path: string) => string {
  const { language } = usePrefs();
  const units = useQuery("org", calls.org).value?.units ?? [];
  return (path) => unitNameOf(units, path, language);
}
