// How a figure about permits is told: times in the two largest units, shares in per cent. Pure.
import type { Language } from "../api/types.ts";
import type { Texts } from "../text/index.ts";
import { amount, span } from "./format.ts";

const unit_ms: Record<string, number> = { ms: 1, s: 1000, min: 60000, h: 3600000 };

export function figureText(value: number, unit: string, lang: Language, texts: Texts): string {
  const ms = unit_ms[unit];
  if (ms !== undefined) return span(value * ms, texts);
  if (unit === "percent") return `${amount(Math.round(value * 10) / 10, lang)} %`;
  if (unit === "share") return `${amount(Math.round(value * 1000) / 10, lang)} %`;
  return amount(Math.round(value * 100) / 100, lang);
}
