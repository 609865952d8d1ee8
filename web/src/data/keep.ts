// Photos that have not arrived yet outlive a reload: a box in IndexedDB, by hash, with the file
// they were made of, so that they can be stamped again. Where the browser has none, they live as
// long as the page.
import { openBox } from "./box.ts";
import type { Scene } from "./photo_stamp.ts";

export interface Origin {
  file: Blob;
  scene: Scene;
}
export interface Kept {
  id: string;
  blob: Blob;
  origin: Origin | null;
}

const box = openBox<Kept>("anlan.shots");
const memory = new Map<string, Kept>();

export async function keepShot(kept: Kept): Promise<void> {
  memory.set(kept.id, kept);
  await box.put(kept);
}
export async function keptShot(sha256: string): Promise<Kept | null> {
  const kept = memory.get(sha256) ?? (await box.get(sha256));
  return kept?.blob instanceof Blob ? kept : null;
}
export const keptBlob = (sha256: string): Promise<Blob | null> =>
  keptShot(sha256).then((kept) => kept?.blob ?? null);
export function dropShot(sha256: string): void {
  memory.delete(sha256);
  void box.drop(sha256);
}
