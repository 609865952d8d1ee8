// A permit as this phone saw it last, with the signed head of the ledger that covers it: shown
// where there is no link, with its age and its end. Nothing is decided on it but stopping.
import * as calls from "../api/calls.ts";
import type { RecordView } from "../api/types.ts";
import { serverNow } from "./clock.ts";
import { freshOrKept } from "./kept.ts";
import { useQuery } from "./query.ts";

export interface KeptPermit {
  view: RecordView;
  at: number;
}
export const useKeptPermit = (id: string) => useQuery(`record/permit/${id}/card`, () =>
  freshOrKept<KeptPermit>(`permit/${id}`, async () => ({
    view: await calls.record("permit", id), at: serverNow(),
  })));

// Older than this it is what the phone kept, whatever the link says: the server does not answer.
const fresh_ms = 30000;
export const isKeptOnly = (at: number, now: number, isDown: boolean): boolean =>
  isDown || now - at > fresh_ms;

export interface Seal {
  size: number;
  at: string;
  key: string;
  signature: string;
  acts: number;
  pending: number;
}
interface ProofFile {
  head?: { size?: number; at?: string; key?: string; signature?: string } | null;
  acts?: unknown[];
  pending?: number;
}
// Of a proof file what a person can hold against another copy of it. Null: no head covers it yet.
export function sealOf(proof: unknown): Seal | null {
  const { head, acts = [], pending = 0 } = (proof ?? {}) as ProofFile;
  if (!head?.signature || typeof head.size !== "number") return null;
  return {
    size: head.size, at: head.at ?? "", key: head.key ?? "", signature: head.signature,
    acts: acts.length, pending,
  };
}
async function askSeal(id: string): Promise<Seal | null> {
  const text = await (await calls.proof("permit", id)).text();
  return sealOf(JSON.parse(text));
}
export const useSeal = (id: string, version: number) =>
  useQuery(`seal/permit/${id}/${version}`, () =>
    freshOrKept(`permit_seal/${id}`, () => askSeal(id)));
