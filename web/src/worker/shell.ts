// Which files the phone needs without a link, from the manifest of the build; and what a push
// message may open. Pure, apart from the worker so that it can be tested.
export interface Chunk {
  file: string;
  css?: string[];
  assets?: string[];
  imports?: string[];
  dynamicImports?: string[];
}
export type Manifest = Record<string, Chunk>;

const entry = "m/index.html";
const files_max = 200;

// The code reader is kept once it has been fetched, not before: it weighs more than all the rest.
export const isHeavy = (path: string): boolean => path.endsWith(".wasm");

// The page and everything that it may load later: small on purpose (frontend.md, section 3).
export function shellFiles(manifest: Manifest): string[] {
  const files = new Set<string>();
  const seen = new Set<string>();
  const queue = [entry];
  while (queue.length > 0 && files.size < files_max) {
    const key = queue.pop() ?? "";
    const chunk = manifest[key];
    if (!chunk || seen.has(key)) continue;
    seen.add(key);
    const own = [chunk.file, ...(chunk.css ?? [])];
    for (const file of own) if (!isHeavy(file)) files.add(`/${file}`);
    queue.push(...(chunk.imports ?? []), ...(chunk.dynamicImports ?? []));
  }
  return [...files];
}

export interface Push {
  title: string;
  text: string;
  url: string;
  id: string;
  tag: string;
}
const cut = (value: unknown, length: number): string =>
  typeof value === "string" ? value.slice(0, length) : "";

// A push may only open pages of the phone. What cannot be read still wakes the person.
export function readPush(text: string, origin: string): Push {
  let parts: Record<string, unknown> = {};
  try {
    parts = (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    parts = {};
  }
  return {
    title: cut(parts["title"], 120) || "Anlan", text: cut(parts["text"], 500),
    url: safeUrl(cut(parts["url"], 500), origin), id: cut(parts["id"], 64),
    tag: cut(parts["tag"], 64),
  };
}
export function safeUrl(url: string, origin: string): string {
  const home = "/m/";
  try {
    const there = new URL(url || home, `${origin}${home}`);
    if (there.origin !== origin) return home;
    return there.pathname.startsWith(home) ? `${there.pathname}${there.search}${there.hash}` : home;
  } catch {
    return home;
  }
}

export type Way = "page" | "asset" | "none";
export function wayOf(method: string, mode: string, url: string, origin: string): Way {
  const { pathname, origin: there } = new URL(url);
  if (method !== "GET" || there !== origin) return "none";
  if (mode === "navigate") return pathname === "/m/" || pathname === "/m" ? "page" : "none";
  return pathname.startsWith("/assets/") || pathname === "/icon.svg" ? "asset" : "none";
}
