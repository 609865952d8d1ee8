// One function per request about alarms, sensing, positions and responses
// (docs/formats/http.md).
import { unitText } from "../data/format.ts";
import { call } from "./client.ts";
import type { RecordRow } from "./types.ts";
import type {
  Alarm, AlarmChanges, AlarmList, AlarmPerformance, HeadCounts, Look, MyRoute, PlanSource, Presence,
  ResponseReport, ResponseRow, ResponseView, SafetyStatus, ShelveWish, SourcePage, SourceRow,
  StartWish, Tag, Track, Trend,
} from "./types_response.ts";
import type { Retirement, RetireWish } from "./types_retire.ts";

const esc = encodeURIComponent;
const post = <T>(path: string, body: unknown = {}, key?: string) =>
  call<T>(path, { method: "POST", body, ...(key ? { key } : {}) });

export const plan = () => call<{ plan: PlanSource }>("/api/plan");
export interface TagWish {
  search?: string;
  area?: string;
  code?: string;
  // "1": those out of use.
  retired?: string;
}
// Rows are shown by many: their units become readable here.
const readable = <T extends { unit: string }>(row: T): T => ({ ...row, unit: unitText(row.unit) });
export const tags = async (wish: TagWish = {}) => {
  const answer = await call<{ rows: Tag[]; total: number }>(
    `/api/tags?${new URLSearchParams({ ...wish })}`);
  return { ...answer, rows: answer.rows.map(readable) };
};
export const trend = (code: string, from: number, to: number, points = 600) => {
  const iso = (at: number) => esc(new Date(at).toISOString());
  const range = `from=${iso(from)}&to=${iso(to)}&points=${points}`;
  return call<Trend>(`/api/tags/${esc(code)}/trend?${range}`);
};
export const retirements = () => call<{ rows: Retirement[] }>("/api/retirements");
export const retire = (wish: RetireWish) => post<object>("/api/retirements", wish);
export const sources = () => call<{ rows: SourceRow[] }>("/api/sources");
export const browseSource = (code: string, node: string, from: number) =>
  call<SourcePage>(`/api/sources/${encodeURIComponent(code)}/browse?node=${
    encodeURIComponent(node)}&from=${from}`);

export const alarms = async () => {
  const answer = await call<AlarmList>("/api/alarms");
  return { ...answer, rows: answer.rows.map(readable) };
};
// What became of these, for a page that has the list.
export const alarmChanges = async (ids: readonly string[]) => {
  const answer = await call<AlarmChanges>(`/api/alarms?only=${ids.map(esc).join()}`);
  return { ...answer, rows: answer.rows.map(readable) };
};
export const alarmPerformance = (from: string, to: string, area: string, follow_min = 0) =>
  call<AlarmPerformance>(`/api/alarms/performance?${new URLSearchParams({
    from, to, area, ...(follow_min > 0 && { follow_min: String(follow_min) }),
  })}`);
const alarmPath = (id: string) => `/api/alarms/${esc(id)}`;
export const ackAlarm = (id: string, occurrence: string, comment = "") =>
  post<{ alarm: Alarm }>(`${alarmPath(id)}/ack`, { occurrence, comment });
export const resetAlarm = (id: string, comment = "") =>
  post<{ alarm: Alarm }>(`${alarmPath(id)}/reset`, { comment });
export const shelveAlarm = (id: string, wish: ShelveWish) =>
  post<{ alarm: Alarm }>(`${alarmPath(id)}/shelve`, wish);
export const unshelveAlarm = (id: string) =>
  post<{ alarm: Alarm }>(`${alarmPath(id)}/unshelve`);
interface OutWish {
  is_out: boolean;
  reason: string;
  hours?: number;
  link?: string;
  second_login?: string;
  second_password?: string;
}
export const setOutOfService = (id: string, wish: OutWish) =>
  post<{ alarm: Alarm }>(`${alarmPath(id)}/out-of-service`, wish);

export const presence = () => call<Presence>("/api/presence");
export const track = (badge: string, purpose: string) =>
  call<Track>(`/api/presence/${esc(badge)}/track?purpose=${esc(purpose)}`);
export const looks = () => call<{ rows: Look[] }>("/api/me/looks");

export const responses = () => call<{ rows: ResponseRow[] }>("/api/responses");
const responsePath = (id: string) => `/api/responses/${esc(id)}`;
export const response = (id: string) => call<ResponseView>(responsePath(id));
export const startResponse = (wish: StartWish, key: string) =>
  post<{ record: RecordRow }>("/api/responses", wish, key);
export const rollCall = (id: string, badge: string, status: SafetyStatus, note: string) =>
  post<{ counts: HeadCounts }>(`${responsePath(id)}/roll-call`, { badge, status, note });
export const saySafe = (id: string, key?: string) =>
  post<object>(`${responsePath(id)}/safe`, {}, key);
export const sayUnsafe = (id: string, note: string, key?: string) =>
  post<object>(`${responsePath(id)}/unsafe`, { note }, key);
export const myRoute = (id: string) => call<MyRoute>(`${responsePath(id)}/route`);
export const report = (id: string) => call<ResponseReport>(`${responsePath(id)}/report`);
export const reportPdfUrl = (id: string, lang: string) =>
  `${responsePath(id)}/report.pdf?lang=${lang}`;

const noticePath = (id: string) => `/api/notices/${esc(id)}`;
export const noticeDelivered = (id: string) => post<object>(`${noticePath(id)}/delivered`);
export const acknowledgeNotice = (id: string, key?: string) =>
  post<object>(`${noticePath(id)}/acknowledge`, {}, key);

export const pushKey = () => call<{ key: string }>("/api/push/key");
export interface PushSubscriptionWish {
  endpoint: string;
  p256dh: string;
  auth: string;
}
export const subscribePush = (wish: PushSubscriptionWish) =>
  post<object>("/api/push/subscriptions", wish);
export const unsubscribePush = () =>
  call<object>("/api/push/subscriptions", { method: "DELETE" });

export interface LeakWish {
  detector: string;
  wind_from?: number;
  wind_speed?: number;
}
export const demoLeak = (wish: LeakWish) => post<object>("/api/demo/leak", wish);
export const demoLeakStop = () => post<object>("/api/demo/leak/stop");
