// A sound for each priority, made here: no files. Browsers give sound only after somebody has
// touched the page; until then the page says that it is mute.
import { useEffect } from "react";
import type { Priority } from "../api/types_response.ts";
import { createStore, useStore } from "../data/store.ts";

export type SoundState = "waiting" | "ready" | "none";
export const sound = createStore<SoundState>("waiting");
export const useSound = (): SoundState => useStore(sound);

interface Tune {
  tones: number[];
  tone_ms: number;
  every_ms: number;
  wave: OscillatorType;
}
// The more urgent, the higher, the faster, the more tones.
export const tunes: Record<Priority, Tune> = {
  1: { tones: [988, 740, 988, 740], tone_ms: 140, every_ms: 1400, wave: "square" },
  2: { tones: [784, 784, 784], tone_ms: 130, every_ms: 2600, wave: "triangle" },
  3: { tones: [587, 494], tone_ms: 180, every_ms: 5000, wave: "triangle" },
  4: { tones: [440], tone_ms: 200, every_ms: 10000, wave: "sine" },
};

let context: AudioContext | null = null;
export function unlockSound(): void {
  if (context || typeof AudioContext === "undefined") {
    if (!context) sound.set("none");
    return;
  }
  context = new AudioContext();
  void context.resume().then(() => sound.set("ready"), () => sound.set("none"));
}

function play(tune: Tune): void {
  if (!context || context.state !== "running") return;
  tune.tones.forEach((pitch, at) => {
    if (!context) return;
    const from = context.currentTime + (at * tune.tone_ms) / 1000;
    const until = from + (tune.tone_ms * 0.85) / 1000;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.type = tune.wave;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(0.14, from + 0.012);
    volume.gain.setValueAtTime(0.14, until - 0.02);
    volume.gain.linearRampToValueAtTime(0, until);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(until);
  });
}

export function useAlarmSound(priority: Priority | null): void {
  const state = useSound();
  useEffect(() => {
    const events = ["pointerdown", "keydown"] as const;
    for (const name of events) addEventListener(name, unlockSound, { once: true });
    return () => events.forEach((name) => removeEventListener(name, unlockSound));
  }, []);
  useEffect(() => {
    if (priority === null || state !== "ready") return;
    const tune = tunes[priority];
    play(tune);
    const timer = setInterval(() => play(tune), tune.every_ms);
    return () => clearInterval(timer);
  }, [priority, state]);
}
