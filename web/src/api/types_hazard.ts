// The wire of the hazard loop: evidence, the thread with the reporter, anonymous reports, duty,
// figures and the flow picture (docs/formats/http.md).
import type { Filter, LocalText } from "./types.ts";

export interface Device {
  id: string;
  name: string;
  person: string;
  person_name: string;
  created_at: string;
  revoked_at: string | null;
  revoked_reason: string | null;
  last_used_at: string | null;
}

export type BadgeColour = "green" | "amber" | "red" | "pending";
export interface BadgeReason extends LocalText {
  code: string;
  level: "amber" | "red" | "info";
  detail?: unknown;
}
export interface ReusedPhoto {
  form: string;
  id: string;
  number: string;
  sha256: string;
}
export interface PhotoEvidence {
  field: string;
  sha256: string;
  badge: BadgeColour;
  reasons: BadgeReason[];
  kind?: string;
  width?: number | null;
  height?: number | null;
  taken_at?: string | null;
  position?: { lat: number; lon: number; accuracy_m: number } | null;
  source?: string;
  device?: string | null;
  person?: string | null;
  person_name?: string | null;
  received_at?: string | null;
  reused?: ReusedPhoto[];
}

// Parts of width and height of the photo before, 0 to 1.
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
export type PairVerdict = "good" | "recheck" | "reupload" | "unclear";
export interface PairEvidence extends Partial<LocalText> {
  before: string;
  after: string;
  state: "waiting" | "done" | "failed";
  same_scene?: number;
  context?: number;
  changed?: number;
  is_reupload?: boolean;
  verdict?: PairVerdict;
  box?: (Box & { by?: "proposed" | "person" }) | null;
  registration?: number[] | null;
}
export interface Evidence {
  photos: PhotoEvidence[];
  pairs: PairEvidence[];
  badge: BadgeColour | null;
  threshold: number;
}
export interface BoxWish extends Box {
  before: string;
  after: string;
}

export interface Message {
  id: string;
  at: string;
  side: "reporter" | "staff";
  name: string;
  text: string;
}
export interface Thread {
  rows: Message[];
  is_anonymous: boolean;
  may_write: boolean;
  is_reporter: boolean;
}

export interface AnonymousTicket {
  number: string;
  code: string;
}
export interface FollowStep extends LocalText {
  at: string;
}
export interface Follow {
  number: string;
  state: LocalText & { id: string };
  steps: FollowStep[];
  before: string[];
  after: string[];
  messages: Message[];
  may_say_not_fixed: boolean;
}

export interface DutyPerson {
  id: string;
  name: string;
  is_away: boolean;
  deputy?: string | { id: string; name: string } | null;
}
export interface DutyRow {
  role: string;
  role_name: LocalText | string;
  org_path: string;
  shift: string;
  from: string;
  until: string;
  people: DutyPerson[];
}
export interface Duty {
  at: string;
  rows: DutyRow[];
}

export type FlowNodeState = "done" | "waiting" | "incident" | "ahead";
export interface FlowNode {
  id: string;
  kind:
    | "start" | "end" | "user" | "service" | "rule" | "script" | "gateway" | "event" | "frame"
    | "call";
  name: LocalText | null;
  state: FlowNodeState;
  x: number;
  y: number;
  w: number;
  h: number;
}
export interface FlowEdge {
  from: string;
  to: string;
  points: [number, number][];
  name?: LocalText | string | null;
  is_taken: boolean;
}
export interface FlowPicture {
  model: string;
  version: number;
  name: LocalText;
  width?: number;
  height?: number;
  nodes: FlowNode[];
  edges: FlowEdge[];
}

export interface Figure {
  id: string;
  name: LocalText;
  value: number | null;
  unit: "count" | "h" | "percent" | "per_head";
  base: number;
  low?: number;
  high?: number;
  formula: LocalText;
  small: boolean;
  form: string;
  filter: Filter | null;
  // How many records the filter opens for this reader.
  cases?: number;
}
export interface Figures {
  from: string;
  to: string;
  org: string;
  made_at: string;
  rows: Figure[];
}

export type Trouble = "" | "disk_full" | "read_only" | "store_lost" | "clock_stepped";
