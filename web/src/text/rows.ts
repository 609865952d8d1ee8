// The words of sub-forms, loaded with the first of them.
import type { Block } from "./block.ts";

const zh = {
  row: "第 {n} 行",
  add: "添加一行",
  remove: "删除第 {n} 行",
  none: "尚未填写",
  full: "最多 {n} 行",
};

const en: typeof zh = {
  row: "Row {n}",
  add: "Add a row",
  remove: "Remove row {n}",
  none: "Nothing yet",
  full: "{n} rows at most",
};

export type RowsTextKey = keyof typeof zh;
export const rowsText: Block<RowsTextKey> = { zh, en };
