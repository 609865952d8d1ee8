// The dictionary. tsc proves that both languages have the same keys.
import type { Language } from "../api/types.ts";
import { usePrefs } from "../data/prefs.ts";
import { en } from "./en.ts";
import { zh } from "./zh.ts";

export type TextKey = keyof typeof zh;
export type Texts = Record<TextKey, string>;

export const textsOf = (language: Language): Texts => (language === "en" ? en : zh);

export function fillIn(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export interface Speech {
  lang: Language;
  texts: Texts;
  t: (key: TextKey, values?: Record<string, string | number>) => string;
}
export function useText(): Speech {
  const { language } = usePrefs();
  const texts = textsOf(language);
  const t: Speech["t"] = (key, values) => (values ? fillIn(texts[key], values) : texts[key]);
  return { lang: language, texts, t };
}
