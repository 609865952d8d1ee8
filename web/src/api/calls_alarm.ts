// Requests about one alarm (docs/formats/http.md).
import { call } from "./client.ts";
import type { AlarmCard, AlarmWhy } from "./types_alarm.ts";
import type { RecordRow } from "./types.ts";

const path = (id: string, what: string) => `/api/alarms/${encodeURIComponent(id)}/${what}`;

export const alarmCard = (id: string) => call<AlarmCard>(path(id, "card"));
export const alarmWhy = (id: string) => call<AlarmWhy>(path(id, "why"));
export const orderWork = (id: string, occurrence: string, reason: string) =>
  call<{ record: RecordRow }>(path(id, "order"), {
    method: "POST", body: { occurrence, ...(reason ? { reason } : {}) },
  });
