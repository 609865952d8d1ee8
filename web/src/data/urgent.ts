// Which notices need the whole screen, and what they ask for. Pure.
import type { Notice } from "../api/types.ts";

export type UrgentKind = "way" | "sos" | "permit" | "confirm" | "task" | "alarm" | "other";
const order: UrgentKind[] = ["way", "sos", "permit", "confirm", "task", "alarm", "other"];

export function kindOf(notice: Notice): UrgentKind {
  const { kind, form } = notice;
  if (kind.startsWith("alarm.")) return "alarm";
  if (kind.startsWith("permit.")) return "permit";
  if (kind.startsWith("sos.")) return "sos";
  if (kind.startsWith("response.")) {
    if (/\.(confirm|asked)$/.test(kind)) return "confirm";
    return /\.(task|post|call|sign)/.test(kind) ? "task" : "way";
  }
  if (form === "response") return "way";
  return form === "permit" ? "permit" : form === "sos" ? "sos" : "other";
}

export const shown_ms = 12 * 3600000;
export const isUrgent = (notice: Notice, now: number): boolean =>
  notice.urgent === true && !notice.acknowledged_at && now - Date.parse(notice.at) < shown_ms;

// Several words about one thing are one card: the newest is shown, one press answers them all.
export interface UrgentCard {
  kind: UrgentKind;
  newest: Notice;
  notices: Notice[];
}
export function urgentCards(rows: Notice[], now: number, answered: Set<string>): UrgentCard[] {
  const cards = new Map<string, UrgentCard>();
  for (const notice of rows) {
    if (!isUrgent(notice, now) || answered.has(notice.id)) continue;
    const kind = kindOf(notice);
    const about = `${kind}/${notice.record_id}`;
    const card = cards.get(about);
    if (!card) cards.set(about, { kind, newest: notice, notices: [notice] });
    else {
      card.notices.push(notice);
      if (notice.at > card.newest.at) card.newest = notice;
    }
  }
  return [...cards.values()].sort((a, b) =>
    order.indexOf(a.kind) - order.indexOf(b.kind) || (a.newest.at < b.newest.at ? 1 : -1));
}

// What has come to this phone and was not yet said to have come. At most so many at a time.
export const receipts_max = 20;
export const arrived = (rows: Notice[], told: Set<string>): Notice[] =>
  rows.filter((row) => row.delivered_at === null && !row.acknowledged_at && !told.has(row.id))
    .slice(0, receipts_max);
