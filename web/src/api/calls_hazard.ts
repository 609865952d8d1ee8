// One function per request of the hazard loop (docs/formats/http.md). What goes out for somebody
// without a name carries neither cookie nor session: `isAnonymous`.
import { call, callBlob } from "./client.ts";
import type { BlobState, FieldValue } from "./types.ts";
import type {
  AnonymousTicket, BoxWish, Device, Duty, Evidence, Figures, FlowPicture, Follow, Message, Thread,
} from "./types_hazard.ts";

const esc = encodeURIComponent;
const post = <T>(path: string, body: unknown = {}, key?: string) =>
  call<T>(path, { method: "POST", body, ...(key ? { key } : {}) });
const recordPath = (form: string, id: string) => `/api/records/${esc(form)}/${esc(id)}`;

// ---- phones and their keys ----
export const registerDevice = (key: string, name: string) =>
  post<{ id: string }>("/api/devices", { key, name });
export const devices = () => call<{ rows: Device[] }>("/api/devices");
export const revokeDevice = (id: string, reason: string) =>
  call<object>(`/api/devices/${esc(id)}?reason=${esc(reason)}`, { method: "DELETE" });

// ---- evidence ----
export const evidence = (form: string, id: string) =>
  call<Evidence>(`${recordPath(form, id)}/evidence`);
export const markBox = (form: string, id: string, wish: BoxWish) =>
  post<object>(`${recordPath(form, id)}/box`, wish);
export const thumbUrl = (form: string, id: string, sha256: string) =>
  `${recordPath(form, id)}/files/${esc(sha256)}?size=thumb`;

// ---- the thread with the reporter ----
export const thread = (form: string, id: string) => call<Thread>(`${recordPath(form, id)}/thread`);
export const threadPath = (form: string, id: string) => `${recordPath(form, id)}/thread`;
export const writeThread = (
  form: string, id: string, wish: { text: string; is_not_fixed?: boolean }, key?: string,
) => post<{ message: Message }>(threadPath(form, id), wish, key);

// ---- without a name ----
export const anonymousPath = "/api/anonymous";
export interface AnonymousWish {
  form: string;
  fields: Record<string, FieldValue>;
}
export const reportAnonymously = (wish: AnonymousWish, key: string) =>
  call<AnonymousTicket>(anonymousPath, { method: "POST", body: wish, key, isAnonymous: true });
export const follow = (code: string) =>
  call<Follow>(`${anonymousPath}/thread`, { method: "POST", body: { code }, isAnonymous: true });
export const writeAnonymously = (
  wish: { code: string; text: string; is_not_fixed?: boolean }, key?: string,
) => call<object>(`${anonymousPath}/message`, {
  method: "POST", body: wish, isAnonymous: true, ...(key ? { key } : {}),
});
export const anonymousFile = (code: string, sha256: string) =>
  callBlob(`${anonymousPath}/file`, { method: "POST", body: { code, sha256 }, isAnonymous: true });
export const putAnonymousBlob = (
  code: string, part: { sha256: string; offset: number; total: number; bytes: Blob },
) => {
  const range = `offset=${part.offset}&total=${part.total}&code=${esc(code)}`;
  return call<BlobState>(`${anonymousPath}/blobs/${esc(part.sha256)}?${range}`, {
    method: "PUT", bytes: part.bytes, timeout_ms: 60000, isAnonymous: true,
  });
};

// ---- duty and hand-over ----
export const duty = (org = "") => call<Duty>(`/api/duty${org ? `?org=${esc(org)}` : ""}`);
export const handOver = (task: string, to: string, comment: string) =>
  post<{ handed: number }>(`/api/tasks/${esc(task)}/hand-over`, { to, comment });
export const handOverAll = (to: string, comment: string) =>
  post<{ handed: number }>("/api/tasks/hand-over", { to, comment });
export const retryCase = (form: string, id: string) =>
  post<object>(`${recordPath(form, id)}/retry`);

// ---- flow picture, figures, files ----
export const flowPicture = (form: string, id: string) =>
  call<FlowPicture>(`${recordPath(form, id)}/flow`);
export const figures = (wish: { from: string; to: string; org?: string }) => {
  const org = wish.org ? `&org=${esc(wish.org)}` : "";
  return call<Figures>(`/api/figures?from=${esc(wish.from)}&to=${esc(wish.to)}${org}`);
};
export const noticeUrl = (form: string, id: string, lang: string) =>
  `${recordPath(form, id)}/notice.pdf?lang=${lang}`;
