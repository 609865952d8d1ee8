// Language and theme: of this device, told to the server once somebody is logged in.
import type { Language, LocalText } from "../api/types.ts";
import { createStore, useStore } from "./store.ts";

export type Theme = "light" | "dark";
interface Prefs {
  language: Language;
  theme: Theme;
}

const isBrowser = typeof document !== "undefined";
// Phone page and desk page of one machine keep their own: the one is light, the other dark.
const place = `anlan.prefs.${isBrowser ? document.documentElement.dataset.entry : "none"}`;

export function readLocal<T>(key: string): T | null {
  try {
    const text = localStorage.getItem(key);
    return text ? (JSON.parse(text) as T) : null;
  } catch {
    return null;
  }
}
export function writeLocal(key: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage may be full or forbidden; the page works on without a memory.
  }
}

function first(): Prefs {
  const kept = isBrowser ? readLocal<Partial<Prefs>>(place) : null;
  const spoken = isBrowser && navigator.language.startsWith("en") ? "en" : "zh";
  const drawn = isBrowser && document.documentElement.dataset.theme === "dark" ? "dark" : "light";
  return { language: kept?.language ?? spoken, theme: kept?.theme ?? drawn };
}

export const prefs = createStore<Prefs>(first());

function apply(): void {
  const { language, theme } = prefs.get();
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.documentElement.dataset.theme = theme;
  writeLocal(place, prefs.get());
}
export function startPrefs(): void {
  apply();
  prefs.subscribe(apply);
}

export const language = (): Language => prefs.get().language;
export function pickLanguage(next: Language): void {
  prefs.set((before) => ({ ...before, language: next }));
}
export function pickTheme(next: Theme): void {
  prefs.set((before) => ({ ...before, theme: next }));
}
export const usePrefs = (): Prefs => useStore(prefs);

export function localText(text: LocalText | string | null | undefined, lang: Language): string {
  if (!text) return "";
  if (typeof text === "string") return text;
  return text[lang] || text.zh || text.en;
}
