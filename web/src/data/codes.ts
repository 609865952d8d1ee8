// Codes of reports without a name, kept on this phone only where the person asked for it.
import { readLocal, writeLocal } from "./prefs.ts";
import { createStore, useStore } from "./store.ts";

export interface KeptCode {
  code: string;
  number: string;
  at: number;
}
const place = "anlan.codes";
const kept_max = 20;
const read = (): KeptCode[] => readLocal<KeptCode[]>(place) ?? [];

const codes = createStore<KeptCode[]>(read());
export const useCodes = (): KeptCode[] => useStore(codes);
function write(next: KeptCode[]): void {
  writeLocal(place, next.length > 0 ? next : null);
  codes.set(next);
}
export function keepCode(code: string, number: string): void {
  const others = read().filter((one) => one.code !== code);
  write([{ code, number, at: Date.now() }, ...others].slice(0, kept_max));
}
export const forgetCode = (code: string): void => write(read().filter((one) => one.code !== code));

// As people write it down: spaces, dashes and small letters do not matter.
export const tidyCode = (typed: string): string => typed.replace(/[\s-]+/g, "").toUpperCase();
// In groups, so that it can be copied by hand.
export const grouped = (code: string): string =>
  (tidyCode(code).match(/.{1,4}/g) ?? []).join(" ");

// From the page that shows a code to the one that follows it; never by the address, which the
// browser would remember.
let passed = "";
export function passCode(code: string): void {
  passed = code;
}
export function takeCode(): string {
  const code = passed;
  passed = "";
  return code;
}
