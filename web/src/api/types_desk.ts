// The wire of the desk's own pages: status of the server, bringing in an old ledger.
import type { LocalText, RefusedRow } from "./types.ts";

export interface Status {
  version: string;
  started_at: string;
  trouble: string;
  time: {
    source?: string; is_trusted?: boolean; offset_ms?: number | null; stepped_at: string | null;
  };
  store: {
    kind: string; is_writable: boolean; why: string; bytes: number | null;
    free_bytes: number | null; last_commit_ms: number | null;
  };
  backup: { last_at: string | null; folder: string; is_due: boolean };
  keys: { id: string; from: string; until: string | null; gap?: unknown }[];
  writer: { queue: number };
  live: { sockets: number; bytes: number };
  vision?: { is_up: boolean; waiting?: number };
  packs: string[];
  schema?: SchemaStep[];
}
// A change of a table that is under way.
export interface SchemaStep {
  form: string; version: number; step: number; kind: string; subject: string; state: string;
  rows: number; rows_total: number; rows_refused: number;
}

export interface Suggestion {
  code: string;
  name: string;
}
export interface RefusedCell extends RefusedRow {
  detail?: string;
  value?: unknown;
  suggestions?: Suggestion[];
}
export interface WouldBe {
  row: number;
  number?: string | null;
  old_number?: string | null;
  state?: string;
  level?: string | null;
  due_at?: string | null;
  created_at?: string;
  org_path?: string;
  is_history?: boolean;
  tasks?: { node: string; name: LocalText }[];
}
export interface LedgerAnswer {
  accepted: number;
  refused: RefusedCell[];
  rows?: WouldBe[];
}
