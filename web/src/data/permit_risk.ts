// Likelihood times severity of one hazard, 1 to 25, and the word for it. Pure.
export type RiskLevel = "low" | "medium" | "high" | "extreme";
export interface Risk {
  score: number;
  level: RiskLevel;
}
export function riskOf(likelihood: unknown, severity: unknown): Risk | null {
  const score = Number(likelihood) * Number(severity);
  if (!(score >= 1)) return null;
  const level = score >= 15 ? "extreme" : score >= 9 ? "high" : score >= 4 ? "medium" : "low";
  return { score, level };
}
