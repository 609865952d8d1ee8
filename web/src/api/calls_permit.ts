// One function per request about permits (docs/formats/permit.md).
import type { Completion } from "./calls.ts";
import { call, callBlob } from "./client.ts";
import type { FieldValue, RecordRow } from "./types.ts";
import type {
  Board, Conflict, PermitFigures, PermitPreview, PermitRoom, PermitSteps, RuleTable,
} from "./types_permit.ts";

const esc = encodeURIComponent;
type Fields = Record<string, FieldValue>;
const post = <T>(path: string, body: unknown, key?: string) =>
  call<T>(path, { method: "POST", body, ...(key ? { key } : {}) });
const span = (from: string, to: string) => `from=${esc(from)}&to=${esc(to)}`;

export const board = (from: string, to: string) =>
  call<Board>(`/api/permits/board?${span(from, to)}`);
// Where and when a permit would be, and of which kind: all that a conflict depends on.
const placing = ["id", "kind", "regime", "area", "x", "y", "z_low_m", "z_high_m", "radius_m",
  "pipe", "parent", "valid_from", "valid_to"];
export const conflictsOf = (permit: Fields) => {
  const known = placing.filter((name) => permit[name] !== undefined);
  const draft = Object.fromEntries(known.map((name) => [name, permit[name]]));
  return post<{ conflicts: Conflict[] }>("/api/permits/conflicts", draft);
};
export const permitPreview = (permit: Fields) =>
  post<PermitPreview>("/api/permits/preview", permit);
export const suspendArea = (area: string, reason: string, key: string) =>
  post<object>("/api/permits/suspend-area", { area, reason }, key);
export const releaseArea = (area: string, reason: string, key: string) =>
  post<object>("/api/permits/release-area", { area, reason }, key);
export const permitRoom = () => call<PermitRoom>("/api/permits/room");
export const steps = (id: string) =>
  call<PermitSteps>(`/api/permits/${esc(id)}/steps`);
export const permitFigures = (from: string, to: string) =>
  call<PermitFigures>(`/api/permits/figures?${span(from, to)}`);
export const permitPrint = (id: string, lang: string) =>
  callBlob(`/api/permits/${esc(id)}/permit.pdf?lang=${lang}`);

// What was pressed on the spot carries where the phone was.
export interface OnSpot extends Completion {
  position?: { lat: number; lon: number; accuracy_m: number; at: string };
}
export const completeOnSpot = (task: string, body: OnSpot, key: string) =>
  post<{ record: RecordRow }>(`/api/tasks/${esc(task)}/complete`, body, key);

const recordPath = (form: string, id: string) => `/api/records/${esc(form)}/${esc(id)}`;
export const changeRecord = (
  form: string, id: string, version: number, fields: Fields,
) => call<{ record: RecordRow }>(recordPath(form, id), {
  method: "PATCH", body: { version, fields },
});

export const ruleTables = (regime: string) =>
  call<{ tables: RuleTable[] }>(`/api/permits/rules?regime=${esc(regime)}`);
