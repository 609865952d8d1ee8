// The manifest of one photo: what the phone states about it, as the exact text that is signed. The
// server checks the signature over these very bytes, so the order of members and the absence of
// spaces are part of the format (docs/formats/evidence.md, manifest 1).
import type { Position } from "../api/types.ts";
import { hex } from "./photo_stamp.ts";

export type Source = "camera" | "gallery" | "unknown";

// What is known at the moment of taking; the rest is known when the photo is handed in.
export interface Taking {
  device_ms: number;
  server_ms: number;
  source: Source;
  position: (Position & { age_s: number }) | null;
  place: string;
}
export interface Claim {
  op: string;
  original: string;
  photo: string;
  person: string;
  device: string;
  previous: string;
  taking: Taking;
}

const iso = (ms: number) => new Date(ms).toISOString();

export function manifestText(claim: Claim): string {
  const { op, original, photo, person, device, previous, taking } = claim;
  const { position } = taking;
  return JSON.stringify({
    v: 1, op, original, photo, person, device, previous,
    taken_at: iso(taking.device_ms), server_at: iso(taking.server_ms),
    skew_ms: Math.round(taking.server_ms - taking.device_ms), source: taking.source,
    position: position && {
      lat: position.lat, lon: position.lon, accuracy_m: position.accuracy_m,
      age_s: position.age_s,
    },
    place: taking.place,
  });
}

export function base64url(bytes: ArrayBuffer): string {
  const text = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

export const utf8 = (text: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;

export async function sha256Hex(bytes: BufferSource): Promise<string> {
  return hex(await crypto.subtle.digest("SHA-256", bytes));
}

// A key's id says which key it is: 32 hex digits of the hash of its public part.
export async function deviceId(spki: ArrayBuffer): Promise<string> {
  return (await sha256Hex(spki)).slice(0, 32);
}

const signing = { name: "ECDSA", hash: "SHA-256" } as const;

// r and s, 32 bytes each, as WebCrypto gives them.
export async function sign(key: CryptoKey, text: string): Promise<string> {
  return base64url(await crypto.subtle.sign(signing, key, utf8(text)));
}

export interface Chain {
  person: string;
  device: string;
  previous: string;
  key: CryptoKey;
}
export interface Signed {
  manifest: string;
  signature: string;
  device: string;
}
export interface Signing {
  signed: Signed;
  head: string;
}
// One link of the chain; `head` is what the next manifest names as its previous one.
export async function signPhoto(
  chain: Chain, photo: { sha256: string; original: string; op: string; taking: Taking },
): Promise<Signing> {
  const manifest = manifestText({
    op: photo.op, original: photo.original, photo: photo.sha256, person: chain.person,
    device: chain.device, previous: chain.previous, taking: photo.taking,
  });
  const signature = await sign(chain.key, manifest);
  return {
    signed: { manifest, signature, device: chain.device }, head: await sha256Hex(utf8(manifest)),
  };
}
