// What the server answers about rights: docs/formats/roles.md.
import type { LocalText } from "./types.ts";

export type Mode = "hidden" | "masked" | "read" | "write";
export type Modes = Record<string, Mode>;

export interface MatrixField {
  key: string;
  title: LocalText;
  is_secret: boolean;
  is_personal: boolean;
  ceiling: Mode;
}
export interface MatrixRole {
  id: string;
  name: LocalText;
  people: number;
  actions: string[];
  rows: unknown;
  modes: Modes;
  by_state: Record<string, Modes>;
  buttons: string[];
}
export interface MatrixNode {
  id: string;
  name: LocalText;
  roles: string[];
  buttons: string[];
  modes: Modes;
}
export interface Matrix {
  form: string;
  forms: { id: string; title: LocalText }[];
  title: LocalText;
  fields: MatrixField[];
  states: { id: string; name: LocalText; is_locked: boolean }[];
  roles: MatrixRole[];
  nodes: MatrixNode[];
}

export interface Right {
  role: string;
  role_name: LocalText | null;
  right: string;
  // Where it comes from, in words for people.
  pack?: LocalText;
  number?: number;
  actions: string[];
  states: string[];
  rows: unknown;
  mode: Mode;
  people: number;
}
export interface Who {
  form: string;
  field: string;
  rights: Right[];
  nodes: { id: string; name: LocalText; roles: string[]; mode: Mode }[];
}

export type StepKey = "first_password" | "no_right" | "right_other_state" | "right_other_rows" |
  "right_counts" | "secret" | "ceiling" | "locked" | "task" | "copy";
export interface WhyStep extends Partial<Right> {
  key: StepKey;
  state?: string;
}
export interface Why {
  mode: Mode;
  is_reached: boolean;
  state: string;
  person_name: string;
  steps: WhyStep[];
}

export interface Difference {
  change: "gains_action" | "loses_action" | "more_rows" | "fewer_rows" | "other_rows" |
    "gains_field" | "loses_field" | "gains_button" | "loses_button";
  role: string;
  form: string;
  action: string;
  name?: string;
  states?: string[];
  before?: Mode;
  after?: Mode;
  rows_before?: unknown;
  rows_after?: unknown;
}
