// Requests about one alarm (docs/formats/http.md).
import { call } from "./client.ts";
import type { AlarmCard, AlarmWhy } from "./types_alarm.ts";
import type { RecordRow } from "./types.ts";
import type { JournalRow } from "./types_response.ts";

const path = (id: string, what: string) => `/api/alarms/${encodeURIComponent(id)}/${what}`;

export interface JournalWish {
  limit: number;
  alarm?: string;
  tag?: string;
  area?: string;
  kind?: string;
  from?: string;
  to?: string;
  // The last row of the page before.
  before?: string;
}
export interface JournalPage {
  rows: JournalRow[];
  next?: string | null;
}
export const journal = (wish: JournalWish) => {
  const asked = Object.entries(wish).map(([name, value]) => [name, String(value)]);
  const query = new URLSearchParams(Object.fromEntries(asked));
  return call<JournalPage>(`/api/alarms/journal?${query}`);
};
export const alarmCard = (id: string) => call<AlarmCard>(path(id, "card"));
export const alarmWhy = (id: string) => call<AlarmWhy>(path(id, "why"));
export const orderWork = (id: string, occurrence: string, reason: string) =>
  call<{ record: RecordRow }>(path(id, "order"), {
    method: "POST", body: { occurrence, ...(reason ? { reason } : {}) },
  });
