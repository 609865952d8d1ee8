// Words spoken instead of typed, where the browser offers it. Never a gate: where there is nothing
// to listen with, nothing is shown.
import { useEffect, useRef, useState } from "react";
import type { Language } from "../api/types.ts";

interface Heard {
  resultIndex: number;
  results: ArrayLike<ArrayLike<{ transcript: string }> & { isFinal: boolean }>;
}
interface Listener {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  processLocally?: boolean;
  onresult: ((event: Heard) => void) | null;
  onend: (() => void) | null;
  onerror: ((event: { error?: string }) => void) | null;
  start: () => void;
  stop: () => void;
}
interface Maker {
  new (): Listener;
  available?: (wish: { langs: string[]; processLocally: boolean }) => Promise<string>;
}

function makerOf(): Maker | null {
  const all = globalThis as unknown as Record<string, Maker | undefined>;
  return all["SpeechRecognition"] ?? all["webkitSpeechRecognition"] ?? null;
}
const codeOf = (lang: Language) => (lang === "zh" ? "zh-CN" : "en-US");

// "own": this phone turns speech into words by itself. "system": the browser does it, perhaps with
// a service of its maker; that is said, and not offered to somebody without a name.
export type Ear = "own" | "system" | "none";
export async function earOf(lang: Language, maker: Maker | null = makerOf()): Promise<Ear> {
  if (!maker) return "none";
  if (!maker.available) return "system";
  const wish = { langs: [codeOf(lang)], processLocally: true };
  const state = await maker.available(wish).catch(() => "unavailable");
  return state === "available" ? "own" : "system";
}

export interface Speech {
  ear: Ear;
  isListening: boolean;
  isLost: boolean;
  toggle: () => void;
}
export function useSpeech(lang: Language, onWords: (words: string) => void): Speech {
  const [ear, setEar] = useState<Ear>("none");
  const [isListening, setListening] = useState(false);
  const [isLost, setLost] = useState(false);
  const now = useRef<Listener | null>(null);
  const take = useRef(onWords);
  take.current = onWords;
  useEffect(() => void earOf(lang).then(setEar), [lang]);
  useEffect(() => () => now.current?.stop(), []);
  const toggle = () => {
    if (now.current) return now.current.stop();
    const maker = makerOf();
    if (!maker) return;
    const listener = new maker();
    listener.lang = codeOf(lang);
    listener.continuous = true;
    listener.interimResults = false;
    if (ear === "own") listener.processLocally = true;
    listener.onresult = ({ resultIndex, results }) => {
      for (let at = resultIndex; at < results.length; at += 1) {
        const words = results[at]?.isFinal ? results[at]?.[0]?.transcript.trim() : "";
        if (words) take.current(words);
      }
    };
    listener.onend = () => {
      now.current = null;
      setListening(false);
    };
    listener.onerror = ({ error }) => setLost(error !== "no-speech" && error !== "aborted");
    now.current = listener;
    setLost(false);
    setListening(true);
    listener.start();
  };
  return { ear, isListening, isLost, toggle };
}
