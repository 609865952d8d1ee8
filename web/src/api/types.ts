// The wire, as docs/formats/http.md says it.

export type Language = "zh" | "en";
export interface LocalText {
  zh: string;
  en: string;
}

export interface Health {
  status: string;
  version: string;
  plant: string | LocalText;
  empty: boolean;
  time: string;
}

export interface Grant {
  role: string;
  org_path: string;
}
// What a log-in still wants; nothing of Me comes before that.
export type NextStep = "second_factor" | "set_up_factor";
export interface Half {
  next: NextStep;
}
export interface Me {
  id: string;
  login: string;
  name: string;
  org_path: string;
  language: Language;
  must_change_password: boolean;
  // Who looks with this person's eyes; empty or missing: the person.
  viewer?: string;
  grants: Grant[];
  roles: Record<string, LocalText>;
  plant: string | LocalText;
  rights: Record<string, string[]>;
}

export interface DemoAccount {
  login: string;
  name: string;
  role: LocalText;
}
export interface Demo {
  accounts: DemoAccount[];
  password: string;
}

export type FieldMode = "hidden" | "masked" | "read" | "write";
export type FieldKind =
  | "text" | "longtext" | "integer" | "decimal" | "boolean" | "instant" | "date" | "duration"
  | "choice" | "choices" | "person" | "org" | "ref" | "photos" | "position" | "object"
  | "subform";

export interface FieldSource {
  "x-kind": FieldKind;
  "x-ref"?: string;
  "x-list"?: boolean;
  "x-video"?: boolean;
  "x-scale"?: number;
  "x-texts"?: Record<string, LocalText>;
  enum?: string[];
  title: LocalText;
  maxLength?: number;
  maxItems?: number;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  items?: { required?: string[]; properties: Record<string, FieldSource> };
}
export interface FormSource {
  id: string;
  version: number;
  title: LocalText;
  serial?: string;
  flow?: string;
  data: { required?: string[]; properties: Record<string, FieldSource> };
  states: Record<string, LocalText>;
  modes?: Record<string, FieldMode>;
  // Steps whose people the initiator chooses.
  choices?: { node: string; name: LocalText; several: boolean }[];
}

export interface Position {
  lat: number;
  lon: number;
  accuracy_m: number;
}
export interface PhotoItem {
  sha256: string;
  name: string;
  taken_at?: string;
  original_sha256?: string;
  position?: Position;
  manifest?: string;
  signature?: string;
  device?: string;
}

export type Level = "red" | "orange" | "yellow" | "blue";
export type FieldValue =
  | string | number | boolean | null | PhotoItem[] | Position | string[] | Record<string, unknown>;

export interface RecordRow {
  id: string;
  number: string;
  state: string;
  org_path: string;
  version: number;
  created_at: string;
  created_by: string;
  updated_at: string;
  updated_by: string;
  _titles?: Record<string, LocalText | undefined>;
  [field: string]: unknown;
}

export interface Page<T> {
  rows: T[];
  next: string;
}
export interface Outcome {
  id: string;
  name: LocalText;
  comment?: "required" | "optional";
  needs_comment?: boolean;
  fields?: string[];
  guards?: string[];
  doubt?: "comment";
}
export interface ReturnTarget {
  id: string;
  name: LocalText;
}
export interface Task {
  id: string;
  node: string;
  name: LocalText;
  form: string;
  record_id: string;
  state: string;
  assignee: string | null;
  created: string;
  due: string | null;
  level: Level | null;
  is_mine: boolean;
  may_take?: boolean;
  outcomes: Outcome[];
  requires: string[];
  writes?: string[];
  return_targets: ReturnTarget[];
  acts?: string[];
  add_sign?: SignTime[];
  owner?: string;
  added_by?: string;
  signature?: "required";
  attachment?: "required";
  record?: RecordRow;
}
export type SignTime = "before" | "parallel" | "after";
export interface Clock {
  node: string;
  name: LocalText;
  due: string;
  kind: string;
  firing: number;
}
export interface RecordView {
  record: RecordRow;
  tasks: Task[];
  clocks: Clock[];
  modes: Record<string, FieldMode>;
  buttons: string[];
  acts?: string[];
  // It was copied to the caller: to look at. Brief: that there is one, and where it stands.
  copy?: { is_brief: boolean; title: LocalText; state: LocalText | null };
}
export interface ActorView {
  kind: string;
  person?: string | null;
  name?: string | null;
}
export interface TimelineRow {
  at: string;
  actor: ActorView;
  act: string;
  node: string;
  name: LocalText | null;
  outcome: string | null;
  outcome_name?: LocalText | null;
  comment: string | null;
  detail?: unknown;
  superseded?: boolean;
}
export interface HistoryRow {
  at: string;
  actor: ActorView;
  field: string;
  before: FieldValue;
  after: FieldValue;
  version: number;
}
export interface Notice {
  id: string;
  at: string;
  kind: string;
  level: Level | null;
  form: string;
  record_id: string;
  number: string;
  text: LocalText;
  read_at: string | null;
  urgent?: boolean;
  sent_at?: string | null;
  delivered_at?: string | null;
  acknowledged_at?: string | null;
}
export interface Notices {
  rows: Notice[];
  unread: number;
}
export interface OrgUnit {
  id: string;
  code: string;
  kind: string;
  name: LocalText;
  parent_code: string;
  path: string;
  head?: { id: string; name: string } | null;
}
export interface Person {
  id: string;
  login?: string;
  name: string;
  org_path: string;
  roles: Grant[];
}
export interface RoleText {
  id: string;
  name: LocalText;
}
export interface RefusedRow {
  row: number;
  field: string;
  code: string;
  message: string;
  params?: Record<string, unknown>;
}
export interface ImportAnswer {
  accepted: number;
  refused: RefusedRow[];
}
export interface BlobState {
  received: number;
  whole: boolean;
}
export type ImportRow = Record<string, string | number | boolean>;
export type Filter = readonly unknown[];
