// Every request of the pages goes through here: the headers that the server asks for, one shape of
// refusal, and the server's time from every answer. A request that changes something keeps its
// idempotency key over retries, so that a lost answer never makes two records.
import type { ErrorCode } from "../generated/errors.ts";
import { newId } from "./id.ts";

export type RefusalCode = ErrorCode | "offline" | "timed_out";

export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly status: number;
  readonly field: string;
  readonly request: string;
  // What it is about: ids, instants, figures, as the server names them.
  readonly params: Record<string, unknown>;

  constructor(parts: {
    code: RefusalCode; message: string; status: number; field?: string; request?: string;
    params?: Record<string, unknown>;
  }) {
    super(parts.message);
    this.code = parts.code;
    this.status = parts.status;
    this.field = parts.field ?? "";
    this.request = parts.request ?? "";
    this.params = parts.params ?? {};
  }

  get isOffline(): boolean {
    return this.code === "offline" || this.code === "timed_out";
  }
}

export function asRefusal(reason: unknown): Refusal {
  if (reason instanceof Refusal) return reason;
  const message = reason instanceof Error ? reason.message : String(reason);
  return new Refusal({ code: "internal", message, status: 0 });
}

interface Hooks {
  language: () => string;
  onServerTime: (server: string, sent: number, received: number) => void;
  onLoggedOut: () => void;
  onTrouble: (code: string) => void;
}
const hooks: Hooks = {
  language: () => "zh", onServerTime: () => {}, onLoggedOut: () => {}, onTrouble: () => {},
};

export function connectClient(given: Partial<Hooks>): void {
  Object.assign(hooks, given);
}

export interface Wish {
  method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  body?: unknown;
  bytes?: Blob;
  key?: string;
  timeout_ms?: number;
  isOnce?: boolean;
  // Neither cookie nor address of the page goes along, and no answer ends the session here.
  isAnonymous?: boolean;
}

const retries = 2;
const pause_ms = 600;

function requestOf(wish: Wish, signal: AbortSignal): RequestInit {
  const headers: Record<string, string> = {
    "X-Anlan": "1", "Accept": "application/json", "Accept-Language": hooks.language(),
  };
  const method = wish.method ?? "GET";
  if (method === "POST" || method === "PATCH" || method === "DELETE") {
    headers["Idempotency-Key"] = wish.key ?? newId();
  }
  let body: BodyInit | null = null;
  if (wish.bytes) {
    headers["Content-Type"] = "application/octet-stream";
    body = wish.bytes;
  } else if (wish.body !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(wish.body);
  }
  const init: RequestInit = { method, headers, body, signal, cache: "no-store" };
  if (wish.isAnonymous) return { ...init, credentials: "omit", referrerPolicy: "no-referrer" };
  return { ...init, credentials: "same-origin" };
}

async function once(path: string, init: RequestInit): Promise<Response> {
  const sent = Date.now();
  const response = await fetch(path, init);
  const time = response.headers.get("X-Anlan-Time");
  if (time) hooks.onServerTime(time, sent, Date.now());
  // Only a server of ours says the time; what it says of trouble is then true, silence too.
  if (time) hooks.onTrouble(response.headers.get("X-Anlan-Trouble") ?? "");
  return response;
}

interface ErrorBody {
  error?: {
    code?: string; message?: string; field?: string; request?: string;
    params?: Record<string, unknown>;
  };
}

async function refusalOf(response: Response): Promise<Refusal> {
  let parts: NonNullable<ErrorBody["error"]> = {};
  try {
    parts = ((await response.json()) as ErrorBody).error ?? {};
  } catch {
    parts = {};
  }
  const { errorTexts } = await import("../generated/errors.ts");
  const code = (parts.code && parts.code in errorTexts ? parts.code : "internal") as ErrorCode;
  const text = errorTexts[code][hooks.language() === "en" ? "en" : "zh"];
  return new Refusal({
    ...parts, code, message: parts.message || text, status: response.status,
  });
}

async function attempt(path: string, wish: Wish): Promise<Response> {
  const aborter = new AbortController();
  const timer = setTimeout(() => aborter.abort(), wish.timeout_ms ?? 20000);
  try {
    return await once(path, requestOf(wish, aborter.signal));
  } catch {
    const code = aborter.signal.aborted ? "timed_out" : "offline";
    throw new Refusal({ code, message: "", status: 0 });
  } finally {
    clearTimeout(timer);
  }
}

async function persist(path: string, wish: Wish): Promise<Response> {
  for (let left = wish.method === "PUT" || wish.isOnce ? 0 : retries; ; left -= 1) {
    try {
      return await attempt(path, wish);
    } catch (reason) {
      if (left <= 0) throw reason;
      await new Promise((done) => setTimeout(done, pause_ms * (1 + Math.random())));
    }
  }
}

export async function call<T>(path: string, wish: Wish = {}): Promise<T> {
  const response = await persist(path, { ...wish, key: wish.key ?? newId() });
  if (response.ok) return (await response.json()) as T;
  const refusal = await refusalOf(response);
  if (refusal.code === "not_logged_in" && !wish.isAnonymous) hooks.onLoggedOut();
  throw refusal;
}

export async function callBlob(path: string, wish: Wish = {}): Promise<Blob> {
  const response = await persist(path, { ...wish, key: wish.key ?? newId() });
  if (response.ok) return response.blob();
  throw await refusalOf(response);
}
