// The wire of what stands behind one alarm, as docs/formats/http.md says it.
import type { LocalText } from "./types.ts";
import type { JournalRow, Quality } from "./types_response.ts";

export interface ResponseCard {
  code: string;
  name_zh: string;
  name_en: string | null;
  meaning_zh: string;
  meaning_en: string | null;
  check_zh: string | null;
  check_en: string | null;
  do_zh: string;
  do_en: string | null;
  call_zh: string | null;
  call_en: string | null;
  respond_min: number | null;
}
export interface LimitBasis {
  asked: number;
  unit: string;
  basis: string;
  mark: string;
  source: string;
  is_of_pack: boolean;
  is_looser: boolean;
  reason: string;
}
export interface AlarmOrder {
  id: string;
  number: string;
  state: string;
  occurrence: string;
  hazard: string | null;
}
export interface AlarmCard {
  card: ResponseCard | null;
  basis: LimitBasis | null;
  orders: AlarmOrder[];
  chatter: ChatterAdvice | null;
}
// What would calm an alarm that chatters; nobody does it but the person who takes it.
export interface ChatterAdvice {
  limit: string;
  version: number;
  returns: number;
  off_delay_s: number | null;
  deadband: number | null;
  unit: string;
  shelf_min: number | null;
  source: string;
  can_take: boolean;
}
export interface WhyStep {
  step: string;
  ok: boolean | null;
  value?: number | null;
  quality?: Quality;
  age_ms?: number | null;
  unit?: string;
  kind?: string;
  limit?: number;
  deadband?: number;
  formula?: string;
  since?: string;
  delay_ms?: number;
  by?: string[];
  by_name?: string;
  reason?: string;
  until?: string | null;
  at?: string;
  letter?: string;
  count?: number;
  votes?: number;
  votes_of?: number;
  inputs?: { name: string; tag: string | null; unit: string; value: number | null }[];
  windows?: { text: string; unit: string; value: number | null; filled: number }[];
  parts?: { alarm: string; code: string; name: LocalText; active: boolean; letter: string }[];
}
export interface AlarmWhy {
  sounding: boolean;
  steps: WhyStep[];
  told: {
    name: string; at: string; kind: string; delivered_at: string | null;
    acknowledged_at: string | null;
  }[];
  next: { step: number; due_at: string } | null;
  journal: JournalRow[];
}
