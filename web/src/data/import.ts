// Lists that are brought in: their columns, where they go, and how many are there already.
import * as calls from "../api/calls.ts";
import type { ImportAnswer, ImportRow, LocalText } from "../api/types.ts";
import { useText, textsOf, type TextKey } from "../text/index.ts";
import type { Column } from "./csv.ts";

export type ListKind = "org" | "area" | "device" | "people";
// A text of the dictionary, or one that a list brings with it.
type Word = TextKey | LocalText;
interface ListColumn {
  key: string;
  text: Word;
  isRequired?: boolean;
}
export interface ListPlan {
  title: TextKey;
  hint?: TextKey;
  note?: LocalText;
  columns: ListColumn[];
  send: (rows: ImportRow[], dry_run: boolean) => Promise<ImportAnswer>;
}

const must = (key: string, text: TextKey): ListColumn => ({ key, text, isRequired: true });

export const plans: Record<ListKind, ListPlan> = {
  org: {
    title: "setupOrg", hint: "kindHint", send: calls.importOrg,
    columns: [
      must("code", "colCode"), must("kind", "colKind"), must("name_zh", "colNameZh"),
      { key: "name_en", text: "colNameEn" }, { key: "parent_code", text: "colParent" },
    ],
  },
  area: {
    title: "setupAreas", hint: "riskHint",
    send: (rows, dry_run) => calls.importRecords("area", rows, dry_run),
    columns: [
      must("code", "colCode"), must("name_zh", "colNameZh"), { key: "name_en", text: "colNameEn" },
      must("org", "colOrg"), { key: "risk", text: "colRisk" },
    ],
  },
  device: {
    title: "setupDevices", send: (rows, dry_run) => calls.importRecords("device", rows, dry_run),
    columns: [
      must("code", "colTag"), must("name_zh", "colNameZh"), { key: "name_en", text: "colNameEn" },
      must("area", "colArea"), { key: "kind", text: "colKind" },
    ],
  },
  people: {
    title: "setupPeople", hint: "rolesHint", send: calls.importPeople,
    columns: [
      must("login", "colLogin"), must("name", "colName"), must("org_code", "colOrg"),
      must("roles", "colRoles"), must("first_password", "colFirst"),
      { key: "phone", text: "colPhone" },
    ],
  },
};

// A heading is known by its key and by its name in either language.
export function columnsOf(plan: ListPlan): Column[] {
  const texts = [textsOf("zh"), textsOf("en")];
  return plan.columns.map(({ key, text }) => ({
    key, names: typeof text === "string" ? texts.map((t) => t[text]) : [text.zh, text.en],
  }));
}

export interface ColumnName {
  key: string;
  name: string;
  isRequired: boolean;
}
export function useColumnNames(plan: ListPlan): ColumnName[] {
  const { texts, lang } = useText();
  return plan.columns.map(({ key, text, isRequired = false }) => ({
    key, name: typeof text === "string" ? texts[text] : text[lang], isRequired,
  }));
}
