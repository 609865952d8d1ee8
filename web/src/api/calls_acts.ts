// One function per act of approval (docs/formats/http.md).
import { call } from "./client.ts";
import type { SignTime } from "./types.ts";

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
