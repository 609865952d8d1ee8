// The wire of alarms, sensing, positions and responses, as docs/formats/http.md says it.
import type { LocalText } from "./types.ts";

export type Quality = "good" | "uncertain" | "bad" | "stale";
export type Priority = 1 | 2 | 3 | 4;
export type Point = [number, number];

export interface PlanFeature {
  type: "Feature";
  geometry: { type: string; coordinates: unknown } | null;
  properties: Record<string, unknown>;
}
export interface PlanSource {
  type: "FeatureCollection";
  features: PlanFeature[];
}

export type LimitKind =
  | "hh" | "h" | "l" | "ll" | "on" | "off" | "stale" | "rise" | "fall" | "deviation" | "stuck"
  | "formula";
export interface TagLimit {
  code: string;
  kind: LimitKind;
  limit: number;
  priority: Priority;
}
export interface Tag {
  index: number;
  code: string;
  name: LocalText;
  area: string;
  unit: string;
  low: number;
  high: number;
  purpose: string;
  substance: string;
  x: number | null;
  y: number | null;
  limits: TagLimit[];
  value: number | null;
  quality: Quality;
  at: string | null;
  is_retired?: boolean;
}
// Time in ms, smallest, largest, mean, last, count of the good samples in one bucket, and the worst
// quality that came: 0 good to 3 stale. Without a good sample the values are null.
export type TrendRow = [
  at: number, low: number | null, high: number | null, mean: number | null, last: number | null,
  count: number, worst?: number,
];
export interface Trend {
  code: string;
  unit: string;
  rows: TrendRow[];
}

export interface SourceRow {
  code: string;
  name: LocalText;
  protocol: string;
  is_up: boolean;
  trouble: string;
  last_at: string | null;
  received: number;
  stored: number;
  duplicate: number;
  rejected: Record<string, number>;
  dropped: Record<string, number>;
  // Of stored positions: why they say nothing of where somebody is; zone_only: of the area only.
  doubts?: Record<string, number>;
  georeference_residual_m?: number | null;
  requests: number;
  failures: number;
  round_trip_ms: number;
  balances: boolean;
  // What the protocol has to say: numbers by name, and of OPC UA the last values.
  detail: (Record<string, unknown> & { values?: SourceValue[] }) | null;
  // Why it does not run at all.
  refusal: { code: string; field: string; detail: string } | null;
  behind_ms: number | null; // its clock behind ours; negative: ahead
  is_clock_wrong: boolean;
}
export interface SourceValue {
  tag: string;
  status: number;
  server_at: string | null;
}

export interface SourceNode {
  path: string;
  name: string;
  is_value: boolean;
  tag?: string;
}
export interface SourcePage {
  rows: SourceNode[];
  next: number | null;
}

export interface Shelf {
  until: string | null;
  reason: string;
  by: string;
  by_name: string;
  since: string;
}
export type AlarmLetter = "A" | "B" | "C" | "D" | "E" | "F" | "G" | "H" | "I";
export interface Alarm {
  id: string;
  occurrence: string;
  code: string;
  tag: string;
  name: LocalText;
  kind: LimitKind;
  limit: number;
  deadband: number;
  unit: string;
  priority: Priority;
  value: number | null;
  quality: Quality;
  area: string;
  org_path: string;
  active: boolean;
  acked: boolean;
  latched: boolean;
  shelf: Shelf | null;
  suppressed: string[];
  out_of_service: boolean;
  out_reason?: string;
  out_until?: string | null;
  out_link?: OutLink | null;
  letter: AlarmLetter;
  annunciated: boolean;
  raised_at: string | null;
  cleared_at: string | null;
  acked_at: string | null;
  acked_by: string | null;
  acked_by_name: string | null;
  count: number;
  safety: boolean;
  gas_level: number;
  // Its area and device.
  path?: { code: string; name: LocalText }[];
  // Of those that name one group, the one that came first.
  group?: string;
  first_out?: boolean;
  // Looser than the rule pack asks; set by the pack itself.
  is_looser?: boolean;
  is_of_pack?: boolean;
  formula?: string;
  // Earlier occurrences that nobody acknowledged, oldest first.
  branches?: AlarmBranch[];
  // How often it came in ten minutes, where that is more than once.
  repeats?: AlarmRepeats | null;
  // The open work order of this occurrence.
  order?: { id: string; number: string; state: string } | null;
  // What the reader may press: ack, reset, shelve, unshelve, out_of_service, order.
  buttons?: string[];
  response: string | null;
}
export interface AlarmBranch {
  occurrence: string;
  raised_at: string | null;
  cleared_at: string | null;
  value: number;
}
export interface AlarmRepeats {
  count: number;
  first: string;
  last: string;
  least: number;
  most: number;
  is_chattering: boolean;
}
export interface AlarmCounts {
  active: number;
  unacked: number;
  shelved: number;
  suppressed: number;
  out_of_service: number;
  annunciated_10min: number;
  is_flood: boolean;
  branches?: number;
  // How many of each priority sound or stand.
  priorities?: Partial<Record<Priority, number>>;
  positions?: { area: string; annunciated_10min: number; is_flood: boolean }[];
}
// A limit that can't be judged as it stands.
export interface LeftOut {
  id: string | null;
  code: string;
  area: string;
  field: string;
  why: string;
}
export interface AlarmList {
  rows: Alarm[];
  counts: AlarmCounts;
  left_out?: LeftOut[];
}
// `of` was looked at; what has no row in `rows` is on the list no longer.
export interface AlarmChanges {
  of: string[];
  rows: Alarm[];
  counts: AlarmCounts;
}
export interface Actor {
  kind: string;
  person?: string | null;
  name?: string | null;
}
export interface JournalRow {
  at: string;
  code: string;
  name: LocalText;
  act: string;
  letter_before: AlarmLetter;
  letter: AlarmLetter;
  value: number | null;
  actor: Actor;
  comment: string | null;
  occurrence: string;
}
// The permit or order that an alarm is out of service for.
export interface OutLink {
  form: string;
  id: string;
  number: string;
}
export interface ShelveWish {
  minutes: number | null;
  reason: string;
  second_login?: string;
  second_password?: string;
}

// A dot without a name; badge is an id that says nothing by itself.
export interface PresenceRow {
  badge: string;
  kind: "staff" | "contractor" | "visitor" | "vehicle";
  x: number | null;
  y: number | null;
  zone: string;
  age_ms: number;
  accuracy_m: number;
}
export interface Presence {
  at: string;
  rows: PresenceRow[];
}
export interface TrackRow {
  at: string;
  x: number | null;
  y: number | null;
  zone: string;
}
export interface Track {
  holder: string;
  rows: TrackRow[];
}
export interface Look {
  at: string;
  by_name: string;
  purpose: string;
}

export type Mode = "drill" | "real";
export type SafetyStatus = "safe" | "unsafe" | "unknown";
export interface HeadCounts {
  safe: number;
  unsafe: number;
  unknown: number;
  total: number;
}
export interface ResponseRow {
  id: string;
  number: string;
  mode: Mode;
  state: string;
  procedure: string;
  procedure_name: LocalText;
  area: string;
  area_name: LocalText;
  level: number;
  raised_at: string;
  closed_at: string | null;
  counts: HeadCounts;
}
export interface ResponseRecord {
  id: string;
  number: string;
  state: string;
  mode: Mode;
  trigger: "alarm" | "person";
  alarm_code: string | null;
  alarm_name: string | null;
  area: string;
  area_name: LocalText;
  substance: string | null;
  x: number | null;
  y: number | null;
  level: number;
  procedure: string;
  procedure_name: LocalText;
  radius_m: number;
  raised_at: string;
  stop_reason?: string | null;
  upgrade_reason?: string | null;
  summary?: string | null;
  [field: string]: unknown;
}
export interface ResponseStep {
  step: string;
  name: LocalText;
  budget_ms: number | null;
  at: string | null;
  took_ms: number | null;
  is_late: boolean;
  by: Actor | null;
  detail: Record<string, unknown> | null;
  proof?: { leaf: number | null; act: string } | null;
}
export interface Route {
  haven: string;
  seconds: number;
  points: Point[];
  crosses_gas: boolean;
  version: number;
  haven_name?: LocalText;
}
export interface Receipts {
  sent_at: string | null;
  delivered_at: string | null;
  read_at: string | null;
  acknowledged_at: string | null;
}
export interface ResponsePerson {
  id: string;
  badge: string;
  holder: string;
  kind: string;
  has_phone: boolean;
  status: SafetyStatus;
  why: string;
  seen_at: string | null;
  age_ms: number | null;
  source: string;
  zone: string;
  x: number | null;
  y: number | null;
  route: Route | null;
  message: Receipts | null;
}
export interface Wind {
  speed: number;
  from: number;
}
// Middle, edge length in metres, level as a part of the limit: 1 and above is over it.
export type HazardCell = [number, number, number, number];
export interface Hazard {
  x: number;
  y: number;
  radius_m: number;
  wind: Wind | null;
  is_calm: boolean;
  limit: number;
  value: number | null;
  unit: string;
  cells: HazardCell[];
}
export interface SuspendedPermit {
  id: string;
  number: string;
  kind: string;
  state: string;
  area: string;
  reason: string;
  suspended_at: string | null;
  told: number;
  people: number;
}
export interface GateRow {
  code: string;
  name: LocalText;
  zone: string;
  is_open: boolean;
  reason: string;
}
export interface TeamRow {
  post: string;
  name: LocalText;
  person: string | null;
  person_name: string | null;
  called_at: string | null;
  signed_in_at: string | null;
  done_at: string | null;
  task: string | null;
  voucher: string | null;
  escalated: number;
}
export interface ReportTeamRow extends Omit<TeamRow, "voucher"> {
  voucher: { given: boolean; late: boolean; files: unknown[] } | null;
}
export interface LogRow {
  at: string;
  act: string;
  name: LocalText;
  actor: Actor;
  detail: unknown;
}
export interface ResponseView {
  response: ResponseRecord;
  now: string;
  steps: ResponseStep[];
  counts: HeadCounts;
  people: ResponsePerson[];
  hazard: Hazard | null;
  permits: SuspendedPermit[];
  gates: GateRow[];
  team: TeamRow[];
  log: LogRow[];
}
export interface MyRoute {
  response: {
    id: string; number: string; mode: Mode; state: string; name: LocalText;
    area_name: LocalText; alarm_name: string | null; raised_at: string;
  };
  me: { x: number; y: number; age_ms: number; zone: string; status: SafetyStatus } | null;
  route: Route | null;
  hazard: Hazard | null;
}
export interface ResponseReport {
  response: ResponseRecord;
  steps: ResponseStep[];
  permits: SuspendedPermit[];
  people: { counts: HeadCounts; named_unknown: unknown[]; rows: ResponsePerson[] };
  team: ReportTeamRow[];
  messages: {
    sent: number; delivered: number; read: number; acknowledged: number; failed: number;
    by_channel: Record<string, unknown>;
  };
  late: unknown[];
  missing: unknown[];
  ledger: { head: unknown; size: number };
  made_at: string;
}
export interface StartWish {
  mode: Mode;
  alarm?: string;
  area?: string;
  x?: number;
  y?: number;
  procedure?: string;
  level?: number;
}

// How the alarm system does in a window, for one operator position.
export interface PerformanceFigure {
  figure: string;
  name: LocalText;
  value: number;
  unit: string;
  target: number;
  most: number;
  verdict: "good" | "fair" | "poor" | "small";
  source: string;
}
export interface AlarmLoad {
  alarm: string;
  code: string | null;
  name: LocalText | null;
  area: string | null;
  priority: Priority | null;
  count?: number;
  share?: number;
  since?: string;
}
export interface AlarmFollowing {
  first: AlarmLoad;
  then: AlarmLoad;
  count: number;
  of: number;
  lag_s: number;
}
export interface AlarmPerformance {
  from: string;
  to: string;
  area: string;
  annunciated: number;
  windows: number[];
  figures: PerformanceFigure[];
  worst: AlarmLoad[];
  chattering: AlarmLoad[];
  standing: AlarmLoad[];
  priorities: { priority: Priority; count: number; share: number }[];
  follows?: AlarmFollowing[];
}
