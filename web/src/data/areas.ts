// Areas by code and by id: alarms and tags name an area by its code, records by its id.
import { useMemo } from "react";
import type { Language, Level, RecordRow } from "../api/types.ts";
import { asLevel, masterName, useAllRows } from "./records.ts";

export interface Areas {
  rows: RecordRow[];
  codeOf: (key: string) => string;
  nameOf: (key: string, lang: Language) => string;
  risks: Record<string, Level | null>;
}

export function areasOf(rows: RecordRow[]): Areas {
  const code = (row: RecordRow) => String(row["code"] ?? row.id);
  const byKey = new Map(rows.flatMap((row) => [[row.id, row], [code(row), row]] as const));
  return {
    rows,
    codeOf: (key) => {
      const row = byKey.get(key);
      return row ? code(row) : key;
    },
    nameOf: (key, lang) => {
      const row = byKey.get(key);
      return row ? masterName(row, lang) : key;
    },
    risks: Object.fromEntries(rows.map((row) => [code(row), asLevel(row["risk"])])),
  };
}

const none: RecordRow[] = [];
export function useAreas(): Areas {
  const rows = useAllRows("area", { sort: "code" }).value ?? none;
  return useMemo(() => areasOf(rows), [rows]);
}
