// Sizes as people read them. Pure.
import type { Language } from "../api/types.ts";
import { amount } from "./format.ts";

const units = ["B", "KB", "MB", "GB", "TB"];
export function bytesText(bytes: number | null | undefined, lang: Language): string {
  if (bytes === null || bytes === undefined) return "";
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const places = size < 10 && unit > 0 ? 10 : 1;
  return `${amount(Math.round(size * places) / places, lang)} ${units[unit]}`;
}
