// A dictionary of some pages only, loaded with them. zh gives the keys; tsc proves that en has the
// same.
import type { Language } from "../api/types.ts";
import { usePrefs } from "../data/prefs.ts";
import { fillIn } from "./index.ts";

export interface Block<K extends string> {
  zh: Record<K, string>;
  en: Record<K, string>;
}
export interface BlockSpeech<K extends string> {
  lang: Language;
  texts: Record<K, string>;
  t: (key: K, values?: Record<string, string | number>) => string;
}

export function speak<K extends string>(block: Block<K>, lang: Language): BlockSpeech<K> {
  const texts = lang === "en" ? block.en : block.zh;
  const t: BlockSpeech<K>["t"] = (key, values) =>
    values ? fillIn(texts[key], values) : texts[key];
  return { lang, texts, t };
}

export function useBlock<K extends string>(block: Block<K>): BlockSpeech<K> {
  return speak(block, usePrefs().language);
}
