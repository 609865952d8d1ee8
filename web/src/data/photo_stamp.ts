// What is burned into the stamped copy of a photo, and the member that goes to the server with it.
// The stamp informs people; the hashes are the proof.
import type { Language, PhotoItem, Position } from "../api/types.ts";
import type { Texts } from "../text/index.ts";
import type { Source, Taking } from "./manifest.ts";

export const side_max = 1600;

export interface Scene {
  at: Date;
  isTimeKnown: boolean;
  position: Position | null;
  place: string;
  person: string;
  language: Language;
  // By the phone's own clock, where the file came from, how old the position is, what was scanned.
  device_ms?: number;
  source?: Source;
  age_s?: number;
  code?: string;
  // Nothing that leads to a person or a phone: no name, time, position or trace of the original.
  isAnonymous?: boolean;
}

export function takingOf(scene: Scene): Taking {
  const server_ms = scene.at.getTime();
  const { position, age_s = 0 } = scene;
  return {
    device_ms: scene.device_ms ?? server_ms, server_ms, source: scene.source ?? "unknown",
    position: position && { ...position, age_s }, place: scene.code ?? "",
  };
}

const two = (n: number) => String(n).padStart(2, "0");

// Local time with its offset, so that the picture says the same in every zone.
export function stampTime(at: Date, zone_min: number = -at.getTimezoneOffset()): string {
  const there = new Date(at.getTime() + zone_min * 60000);
  const day = [there.getUTCFullYear(), two(there.getUTCMonth() + 1), two(there.getUTCDate())];
  const time = [there.getUTCHours(), there.getUTCMinutes(), there.getUTCSeconds()].map(two);
  const size = Math.abs(zone_min);
  const zone = `${zone_min < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return `${day.join("-")} ${time.join(":")} ${zone}`;
}

export function stampPosition(position: Position): string {
  const lat = `${Math.abs(position.lat).toFixed(5)}°${position.lat < 0 ? "S" : "N"}`;
  const lon = `${Math.abs(position.lon).toFixed(5)}°${position.lon < 0 ? "W" : "E"}`;
  return `${lat} ${lon} ±${Math.round(position.accuracy_m)} m`;
}

export const shortHash = (sha256: string) => `${sha256.slice(0, 4)}…${sha256.slice(-4)}`;

export function stampLines(scene: Scene, original_sha256: string, texts: Texts): string[] {
  if (scene.isAnonymous) return [scene.place, texts.stampAnonymous].filter(Boolean);
  const time = stampTime(scene.at);
  const truth = scene.isTimeKnown ? texts.stampTimeTrue : texts.stampTimeOwn;
  const where = scene.position ? stampPosition(scene.position) : texts.stampNoPosition;
  return [
    `${time} · ${truth}`,
    scene.place ? `${where} · ${scene.place}` : where,
    `${scene.person} · SHA-256 ${shortHash(original_sha256)}`,
  ];
}

export function fit(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, side_max / Math.max(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

export interface Hashes {
  sha256: string;
  original_sha256: string;
}
export function photoItem(scene: Scene, hashes: Hashes, count: number): PhotoItem {
  if (scene.isAnonymous) return { sha256: hashes.sha256, name: `${count}.jpg` };
  const name = `${stampTime(scene.at).slice(0, 19).replace(/[ :]/g, "-")}-${count}.jpg`;
  const { sha256, original_sha256 } = hashes;
  // The same moment by the same clock as in the manifest: the server compares them.
  const taken_at = new Date(scene.device_ms ?? scene.at.getTime()).toISOString();
  const item: PhotoItem = { sha256, original_sha256, name, taken_at };
  return scene.position ? { ...item, position: scene.position } : item;
}

export function hex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
