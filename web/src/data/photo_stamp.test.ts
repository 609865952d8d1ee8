import { expect, test } from "vitest";
import { textsOf } from "../text/index.ts";
import {
  fit, hex, photoItem, shortHash, stampLines, stampPosition, stampTime, takingOf, type Scene,
} from "./photo_stamp.ts";

const sha = "9f3c".padEnd(60, "0") + "e21a";
const scene: Scene = {
  at: new Date("2026-11-21T06:23:11.000Z"), isTimeKnown: true,
  position: { lat: 31.23041, lon: 121.4737, accuracy_m: 6 },
  place: "2#罐区 / T-203", person: "张伟 (A1032)", language: "zh",
};

test("the stamp says local time with its offset, position, place, person and short hash", () => {
  expect(stampTime(scene.at, 480)).toBe("2026-11-21 14:23:11 +08:00");
  expect(stampTime(scene.at, -210)).toBe("2026-11-21 02:53:11 -03:30");
  const lines = stampLines(scene, sha, textsOf("zh"));
  expect(lines[0]).toContain("已校时");
  expect(lines[1]).toBe("31.23041°N 121.47370°E ±6 m · 2#罐区 / T-203");
  expect(lines[2]).toBe("张伟 (A1032) · SHA-256 9f3c…e21a");
});

test("without a position or the server's time the stamp says so", () => {
  const lines = stampLines({ ...scene, position: null, isTimeKnown: false }, sha, textsOf("en"));
  expect(lines[0]).toContain("phone time");
  expect(lines[1]).toBe("no position · 2#罐区 / T-203");
});

test("southern and western places are written with their letters", () => {
  expect(stampPosition({ lat: -33.9, lon: -70.1, accuracy_m: 12.6 }))
    .toBe("33.90000°S 70.10000°W ±13 m");
});

test("the manifest of a photo holds both hashes, the time and the position", () => {
  const item = photoItem(scene, { sha256: "a".repeat(64), original_sha256: sha }, 2);
  expect(item).toMatchObject({
    sha256: "a".repeat(64), original_sha256: sha, taken_at: "2026-11-21T06:23:11.000Z",
    position: { lat: 31.23041, lon: 121.4737, accuracy_m: 6 },
  });
  expect(item.name).toMatch(/^2026-11-\d\d-\d\d-23-11-2\.jpg$/);
  const hashes = { sha256: "a".repeat(64), original_sha256: sha };
  expect("position" in photoItem({ ...scene, position: null }, hashes, 1)).toBe(false);
});

test("a large photo is brought down to 1600 pixels, a small one is left alone", () => {
  expect(fit(4000, 3000)).toEqual({ width: 1600, height: 1200 });
  expect(fit(3000, 4000)).toEqual({ width: 1200, height: 1600 });
  expect(fit(800, 600)).toEqual({ width: 800, height: 600 });
});

test("hashes are written in hex", () => {
  expect(hex(new Uint8Array([0, 15, 255]).buffer)).toBe("000fff");
  expect(shortHash(sha)).toBe("9f3c…e21a");
});

test("item and manifest name the same moment, by the phone's own clock", () => {
  const slow = { ...scene, device_ms: scene.at.getTime() - 660000 };
  const item = photoItem(slow, { sha256: "a", original_sha256: "b" }, 1);
  const taking = takingOf(slow);
  expect(item.taken_at).toBe(new Date(taking.device_ms).toISOString());
  expect(taking.server_ms - taking.device_ms).toBe(660000);
});
