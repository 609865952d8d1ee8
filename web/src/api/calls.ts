// One function per request of docs/formats/http.md that a page needs.
import { call, callBlob } from "./client.ts";
import type {
  BlobState, Demo, FieldValue, Filter, FormSource, Half, Health, HistoryRow, ImportAnswer,
  ImportRow, Language, Me, Notices, OrgUnit, Page, Person, RecordRow, RecordView, RoleText, Task,
  TimelineRow,
} from "./types.ts";

type Fields = Record<string, FieldValue>;
const esc = encodeURIComponent;

export const health = () => call<Health>("/api/health", { timeout_ms: 4000 });
export const heartBeat = (timeout_ms: number) =>
  call<Health>("/api/health", { timeout_ms, isOnce: true });
export const me = () => call<Me>("/api/me");
export const demo = () => call<Demo>("/api/demo");
export const login = (name: string, password: string, client: "m" | "desk") =>
  call<Me | Half>("/api/login", { method: "POST", body: { login: name, password, client } });
export const logout = () => call<{ next?: string }>("/api/logout", { method: "POST", body: {} });
export const changePassword = (before: string, after: string) =>
  call<Me>("/api/me/password", { method: "POST", body: { old: before, new: after } });
export const setLanguage = (language: Language) =>
  call<Me>("/api/me/language", { method: "POST", body: { language } });

export const form = (id: string) => call<FormSource>(`/api/forms/${esc(id)}`);

export interface ListWish {
  filter?: Filter;
  q?: string;
  sort?: string;
  limit?: number;
  cursor?: string;
}
export function listQuery(wish: ListWish): string {
  const parts: string[] = [];
  if (wish.filter) parts.push(`filter=${esc(JSON.stringify(wish.filter))}`);
  if (wish.q) parts.push(`q=${esc(wish.q)}`);
  if (wish.sort) parts.push(`sort=${esc(wish.sort)}`);
  if (wish.limit) parts.push(`limit=${wish.limit}`);
  if (wish.cursor) parts.push(`cursor=${esc(wish.cursor)}`);
  return parts.length > 0 ? `?${parts.join("&")}` : "";
}
export const records = (formId: string, wish: ListWish = {}) =>
  call<Page<RecordRow>>(`/api/records/${esc(formId)}${listQuery(wish)}`);

export async function allRecords(
  formId: string, wish: ListWish = {}, pages_max = 10,
): Promise<RecordRow[]> {
  const rows: RecordRow[] = [];
  let cursor = "";
  for (let page = 0; page < pages_max; page += 1) {
    const got = await records(formId, { ...wish, limit: 200, cursor });
    rows.push(...got.rows);
    cursor = got.next;
    if (!cursor) break;
  }
  return rows;
}

interface Count {
  value: string | null;
  count: number;
}
export const counts = (formId: string, by: string, filter?: Filter) => {
  const extra = filter ? `&filter=${esc(JSON.stringify(filter))}` : "";
  return call<{ counts: Count[] }>(`/api/records/${esc(formId)}/count?by=${esc(by)}${extra}`);
};

const recordPath = (formId: string, id: string) => `/api/records/${esc(formId)}/${esc(id)}`;
export const record = (formId: string, id: string) => call<RecordView>(recordPath(formId, id));
export const createRecord = (formId: string, id: string, fields: Fields, key: string) =>
  call<{ record: RecordRow }>(`/api/records/${esc(formId)}`, {
    method: "POST", body: { id, fields }, key,
  });
export const history = (formId: string, id: string) =>
  call<{ rows: HistoryRow[] }>(`${recordPath(formId, id)}/history`);
export const timeline = (formId: string, id: string) =>
  call<{ rows: TimelineRow[] }>(`${recordPath(formId, id)}/timeline`);
export const comment = (formId: string, id: string, text: string) =>
  call<object>(`${recordPath(formId, id)}/comment`, { method: "POST", body: { text } });
export const proof = (formId: string, id: string) => callBlob(`${recordPath(formId, id)}/proof`);
export const fileUrl = (formId: string, id: string, sha256: string) =>
  `${recordPath(formId, id)}/files/${esc(sha256)}`;

export const importRecords = (formId: string, rows: ImportRow[], dry_run: boolean) =>
  call<ImportAnswer>(`/api/import/${esc(formId)}`, { method: "POST", body: { rows, dry_run } });

export const tasks = () => call<{ rows: Task[] }>("/api/tasks");
const taskPath = (id: string) => `/api/tasks/${esc(id)}`;
export const claimTask = (id: string) =>
  call<{ task: Task }>(`${taskPath(id)}/claim`, { method: "POST", body: {} });
export const unclaimTask = (id: string) =>
  call<{ task: Task }>(`${taskPath(id)}/unclaim`, { method: "POST", body: {} });
export interface Completion {
  outcome: string;
  comment: string;
  fields: Fields;
  version: number;
  signature?: { file: string; content_sha256: string };
  attachments?: string[];
}
export const completeTask = (id: string, body: Completion, key: string) =>
  call<{ record: RecordRow }>(`${taskPath(id)}/complete`, { method: "POST", body, key });
export const returnTask = (id: string, to: string, text: string) =>
  call<{ record: RecordRow }>(`${taskPath(id)}/return`, {
    method: "POST", body: { to, comment: text },
  });

export const notices = () => call<Notices>("/api/notices");
export const readNotice = (id: string) =>
  call<object>(`/api/notices/${esc(id)}/read`, { method: "POST", body: {} });

export const putBlob = (sha256: string, offset: number, total: number, bytes: Blob) =>
  call<BlobState>(`/api/blobs/${esc(sha256)}?offset=${offset}&total=${total}`, {
    method: "PUT", bytes, timeout_ms: 60000,
  });
export const blobState = (sha256: string) => call<BlobState>(`/api/blobs/${esc(sha256)}`);

export const org = () => call<{ units: OrgUnit[] }>("/api/org");
export const importOrg = (units: ImportRow[], dry_run: boolean) =>
  call<ImportAnswer>("/api/org", { method: "POST", body: { units, dry_run } });
export const people = (wish: { org?: string; q?: string; role?: string } = {}) => {
  const parts = Object.entries(wish).filter(([, value]) => value);
  const query = parts.map(([name, value]) => `${name}=${esc(value ?? "")}`).join("&");
  return call<{ rows: Person[] }>(`/api/people${query ? `?${query}` : ""}`);
};
export const importPeople = (rows: ImportRow[], dry_run: boolean) =>
  call<ImportAnswer>("/api/people", { method: "POST", body: { people: rows, dry_run } });
export const roles = () => call<{ roles: RoleText[] }>("/api/roles");

export interface SetUp {
  plant_name_zh: string;
  plant_name_en: string;
  plant_code: string;
  admin_login: string;
  admin_name: string;
  admin_password: string;
}
export const setUp = (body: SetUp) => call<Me | Half>("/api/setup", { method: "POST", body });

export interface LedgerHead {
  [member: string]: unknown;
}
export const ledgerHead = () => call<LedgerHead>("/api/ledger/head");
export const qrUrl = (text: string) => `/api/qr.svg?text=${esc(text)}`;
