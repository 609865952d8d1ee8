// From the camera's file to a stamped copy with both hashes: hash of the original, at most 1600
// pixels, the bar with time, position, place, person and short hash, JPEG, hash of the copy.
import type { PhotoItem } from "../api/types.ts";
import { textsOf } from "../text/index.ts";
import { fit, hex, photoItem, stampLines, stampTime, type Scene } from "./photo_stamp.ts";

export interface Shot {
  item: PhotoItem;
  blob: Blob;
}
export type PhotoTrouble = "not_an_image" | "no_crypto" | "too_big";
export class PhotoError extends Error {
  readonly trouble: PhotoTrouble;
  constructor(trouble: PhotoTrouble) {
    super(trouble);
    this.trouble = trouble;
  }
}

const original_bytes_max = 64 * 1024 * 1024;
const quality = 0.85;

async function sha256(bytes: ArrayBuffer): Promise<string> {
  if (!crypto.subtle) throw new PhotoError("no_crypto");
  return hex(await crypto.subtle.digest("SHA-256", bytes));
}

function imageOf(blob: Blob): Promise<HTMLImageElement> {
  return new Promise((done, fail) => {
    const url = URL.createObjectURL(blob);
    const image = new Image();
    image.onload = () => {
      URL.revokeObjectURL(url);
      done(image);
    };
    image.onerror = () => {
      URL.revokeObjectURL(url);
      fail(new PhotoError("not_an_image"));
    };
    image.src = url;
  });
}

function drawStamp(canvas: HTMLCanvasElement, lines: string[]): void {
  const paper = canvas.getContext("2d");
  if (!paper) return;
  const { width, height } = canvas;
  const size = Math.max(13, Math.round(width / 36));
  const line = Math.round(size * 1.5);
  const bar = line * lines.length + size;
  paper.fillStyle = "rgba(16, 19, 23, 0.78)";
  paper.fillRect(0, height - bar, width, bar);
  paper.fillStyle = "#ffffff";
  paper.textBaseline = "top";
  paper.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
  lines.forEach((text, i) => {
    paper.fillText(text, size, height - bar + size * 0.75 + i * line, width - size * 2);
  });
}

function jpegOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((done, fail) => {
    const settle = (blob: Blob | null) =>
      blob ? done(blob) : fail(new PhotoError("not_an_image"));
    canvas.toBlob(settle, "image/jpeg", quality);
  });
}

export async function takePhoto(file: Blob, scene: Scene, count: number): Promise<Shot> {
  if (file.size > original_bytes_max) throw new PhotoError("too_big");
  const original_sha256 = await sha256(await file.arrayBuffer());
  const image = await imageOf(file);
  const size = fit(image.naturalWidth, image.naturalHeight);
  const canvas = document.createElement("canvas");
  canvas.width = size.width;
  canvas.height = size.height;
  canvas.getContext("2d")?.drawImage(image, 0, 0, size.width, size.height);
  drawStamp(canvas, stampLines(scene, original_sha256, textsOf(scene.language)));
  const blob = await jpegOf(canvas);
  const hashes = { sha256: await sha256(await blob.arrayBuffer()), original_sha256 };
  return { item: photoItem(scene, hashes, count), blob };
}

const ends: Record<string, string> = { "video/webm": "webm", "application/pdf": "pdf" };

// A video or a paper goes as it is: nothing is burned into it, its one hash is that of the file.
export async function takeWhole(file: Blob, scene: Scene, count: number): Promise<Shot> {
  if (file.size > original_bytes_max) throw new PhotoError("too_big");
  const sum = await sha256(await file.arrayBuffer());
  const end = ends[file.type.split(";")[0] ?? ""] ?? "mp4";
  const name = `${stampTime(scene.at).slice(0, 19).replace(/[ :]/g, "-")}-${count}.${end}`;
  const item: PhotoItem = {
    sha256: sum, original_sha256: sum, name,
    taken_at: new Date(scene.device_ms ?? scene.at.getTime()).toISOString(),
  };
  return { item: scene.position ? { ...item, position: scene.position } : item, blob: file };
}
export const isPaper = (file: { type: string }): boolean => file.type === "application/pdf";
export const isVideo = (file: { type: string }): boolean => file.type.startsWith("video/");
