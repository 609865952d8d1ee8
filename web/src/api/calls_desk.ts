// One function per request of the desk's own pages (docs/formats/http.md).
import { call, callBlob } from "./client.ts";
import { listQuery, type ListWish } from "./calls.ts";
import type { FieldValue, RecordRow } from "./types.ts";
import type { LedgerAnswer, Status } from "./types_desk.ts";

const esc = encodeURIComponent;

export const status = () => call<Status>("/api/status");
export const diagnostics = () => callBlob("/api/diagnostics.zip", { timeout_ms: 60000 });

export type ExportKind = "xlsx" | "csv" | "zip" | "pdf";
const export_ms = 300000;
export const exportRecords = (form: string, kind: ExportKind, wish: ListWish, lang: string) => {
  const rest = listQuery(wish).replace("?", "&");
  return callBlob(`/api/export/${esc(form)}?kind=${kind}&lang=${lang}${rest}`, {
    timeout_ms: export_ms, isOnce: true,
  });
};
export const notice = (form: string, id: string, lang: string) =>
  callBlob(`/api/records/${esc(form)}/${esc(id)}/notice.pdf?lang=${lang}`, { timeout_ms: 60000 });

interface Count {
  value: string | null;
  count: number;
}
export const countsOf = (form: string, by: string, wish: ListWish) => {
  const rest = listQuery(wish).replace("?", "&");
  return call<{ counts: Count[] }>(`/api/records/${esc(form)}/count?by=${esc(by)}${rest}`);
};

const import_ms = 120000;
export const importLedger = (form: string, rows: Record<string, unknown>[], dry_run: boolean) =>
  call<LedgerAnswer>(`/api/import/${esc(form)}`, {
    method: "POST", body: { rows, dry_run }, timeout_ms: import_ms,
  });

export interface Patch {
  version: number;
  fields: Record<string, FieldValue>;
}
export const patchRecord = (form: string, id: string, body: Patch) =>
  call<{ record: RecordRow }>(`/api/records/${esc(form)}/${esc(id)}`, { method: "PATCH", body });
