// One function per act of approval (docs/formats/http.md).
import { call } from "./client.ts";
import type { FieldValue, FormSource, RecordRow, SignTime } from "./types.ts";

const esc = encodeURIComponent;
const post = (path: string, body: unknown) => call<object>(path, { method: "POST", body });
const taskPath = (task: string, act: string) => `/api/tasks/${esc(task)}/${act}`;

export type Mode = "all" | "any" | "sequence";
export interface SignWish {
  when: SignTime;
  mode: Mode;
  to: string[];
  comment: string;
}

export const transfer = (task: string, to: string, comment: string) =>
  post(taskPath(task, "transfer"), { to, comment });
export const delegate = (task: string, to: string, comment: string) =>
  post(taskPath(task, "delegate"), { to, comment });
export const resolve = (task: string, comment: string) =>
  post(taskPath(task, "resolve"), { comment });
export const reject = (task: string, comment: string) =>
  post(taskPath(task, "reject"), { comment });
export const urge = (task: string, comment: string) => post(taskPath(task, "urge"), { comment });
export const addSign = (task: string, wish: SignWish) => post(taskPath(task, "add-sign"), wish);
export const removeSign = (task: string, person: string, comment: string) =>
  post(taskPath(task, "remove-sign"), { person, comment });
export const copyTo = (task: string, to: string[], comment: string) =>
  post(taskPath(task, "cc"), { to, comment });
export const actOnCase = (form: string, id: string, act: "withdraw" | "retract", comment: string) =>
  post(`/api/records/${esc(form)}/${esc(id)}/${act}`, { comment });

// What somebody has filled in and not handed in; his alone.
export interface DraftContent {
  fields: Record<string, FieldValue>;
  comment?: string;
}
export const draft = (task: string) =>
  call<{ draft: { content: DraftContent; at: string } | null }>(taskPath(task, "draft"));
export const saveDraft = (task: string, content: DraftContent) =>
  call<object>(taskPath(task, "draft"), { method: "POST", body: content });

export interface Delegation {
  id: string;
  person: string;
  person_name: string;
  deputy: string;
  deputy_name: string;
  forms: string[];
  from: string;
  until: string;
  reason: string;
}
export interface DelegationWish {
  deputy: string;
  forms: string[];
  from: string;
  until: string;
  reason: string;
}
export const delegations = () => call<{ rows: Delegation[] }>("/api/me/delegations");
export const setDelegation = (wish: DelegationWish) =>
  call<{ id: string }>("/api/me/delegations", { method: "POST", body: wish });
export const endDelegation = (id: string) => post(`/api/me/delegations/${esc(id)}/end`, {});
export const setHead = (unit: string, person: string | null) =>
  post(`/api/org/${esc(unit)}/head`, { person });

export interface Made {
  id: string;
  fields: Record<string, FieldValue>;
  chosen: Record<string, string[]>;
}
export const makeRecord = (form: string, made: Made, key: string) =>
  call<{ record: RecordRow }>(`/api/records/${esc(form)}`, { method: "POST", body: made, key });
export const readableForms = () => call<{ forms: FormSource[] }>("/api/forms");
