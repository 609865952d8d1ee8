// How a figure about permits is told: times in the two largest units, shares in per cent. Pure.
import type { Language } from "../api/types.ts";
import type { PermitFigures, RefusedApplication } from "../api/types_permit.ts";
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

// The answer as rows of cards: each with its value and the permits it is made of.
export interface FigureRow {
  id: "signature" | "suspended" | "applied" | "caught";
  reason: string;
  value: number | null;
  unit: string;
  p90: number | null;
  base: number;
  isSmall: boolean;
  permits: string[];
  applications: RefusedApplication[];
}
const none = { reason: "", p90: null, isSmall: false, applications: [] };
export function figureRows(answer: PermitFigures): FigureRow[] {
  const { applied, signature, suspended, caught } = answer;
  const rows: FigureRow[] = [{
    ...none, id: "applied", value: applied.count, unit: "count", base: applied.count,
    permits: applied.permits,
  }];
  if (signature) {
    rows.push({
      ...none, id: "signature", value: signature.median_h, unit: "h", p90: signature.p90_h,
      base: signature.base, isSmall: signature.is_small, permits: signature.permits,
    });
  }
  rows.push({
    ...none, id: "suspended", value: suspended.share, unit: "share", base: suspended.base,
    isSmall: suspended.is_small, permits: suspended.permits,
  });
  // That nothing was caught is a figure too.
  const nothing: PermitFigures["caught"] = [{ reason: "", count: 0, permits: [] }];
  const all = caught.length > 0 ? caught : nothing;
  const most = [...all].sort((a, b) => b.count - a.count);
  return rows.concat(most.map(({ reason, count, permits, applications = [] }) => ({
    ...none, id: "caught", reason, value: count, unit: "count", base: applied.count, permits,
    applications,
  })));
}
