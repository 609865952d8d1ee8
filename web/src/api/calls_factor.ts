// Ways to log in beside the password, and the second factor. None of these is tried twice: a code
// is good once.
import { call } from "./client.ts";
import type { Me } from "./types.ts";

const post = <T>(path: string, body: object = {}) =>
  call<T>(path, { method: "POST", body, isOnce: true });

export interface LoginWays {
  provider: { label: { zh: string; en: string } } | null;
}
export interface FactorProposal {
  secret: string;
  uri: string;
  qr: string;  // SVG
}
export interface FactorState {
  is_on: boolean;
  is_required: boolean;
  codes_left: number;
  since: string | null;
}

export const loginWays = () => call<LoginWays>("/api/login/ways");
export const loginSecond = (code: string) => post<Me>("/api/login/second", { code });
export const proposeInLogin = () => post<FactorProposal>("/api/login/second/propose");
export const confirmInLogin = (code: string) =>
  post<{ recovery_codes: string[]; me: Me }>("/api/login/second/confirm", { code });

const own = "/api/me/second-factor";
export const factorState = () => call<FactorState>(own);
export const proposeFactor = (password: string) => post<FactorProposal>(own, { password });
export const confirmFactor = (code: string) =>
  post<{ recovery_codes: string[] }>(`${own}/confirm`, { code });
export const renewCodes = (code: string) =>
  post<{ recovery_codes: string[] }>(`${own}/codes`, { code });
export const removeFactor = (code: string) => post<object>(`${own}/remove`, { code });

const person = (id: string) => `/api/people/${encodeURIComponent(id)}`;
export const removeFactorOf = (id: string) =>
  call<object>(`${person(id)}/second-factor/remove`, { method: "POST", body: {} });
export const unlinkProvider = (id: string) =>
  call<object>(`${person(id)}/provider/remove`, { method: "POST", body: {} });
