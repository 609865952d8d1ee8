// What the server says of itself: its disk is full, it may not write, it has lost its store, its
// clock jumped. "" is none. Every answer says it, and the live stream at once when it changes.
import type { Trouble } from "../api/types_hazard.ts";
import { createStore, useStore } from "./store.ts";

const known: Trouble[] = ["disk_full", "read_only", "store_lost", "clock_stepped"];

// What a newer server calls by a name that this page does not know still is trouble.
export const asTrouble = (code: unknown): Trouble =>
  code === "" || typeof code !== "string" ? "" : known.find((one) => one === code) ?? "read_only";

export const trouble = createStore<Trouble>("");
export const useTrouble = (): Trouble => useStore(trouble);
export const noteTrouble = (code: unknown): void => trouble.set(asTrouble(code));

// The live stream: null when the message is about something else.
export function troubleIn(text: string): Trouble | null {
  if (!text.includes('"trouble"')) return null;
  try {
    const { type, code } = JSON.parse(text) as { type?: unknown; code?: unknown };
    return type === "trouble" ? asTrouble(code) : null;
  } catch {
    return null;
  }
}
