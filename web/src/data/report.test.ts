// What leaves the phone with a report, with a name and without one.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { reportAnonymously } from "../api/calls_hazard.ts";
import type { FormSource, RecordRow } from "../api/types.ts";
import type { Draft } from "./draft.ts";
import { createRecord } from "../api/calls.ts";
import { gistOf } from "./outbox.ts";
import { photoItem, stampLines, type Scene } from "./photo_stamp.ts";
import { bodyOf, lackingFields } from "./report.ts";
import { lastPlace, suggest, suggestedFirst } from "./suggest.ts";
import { textsOf } from "../text/index.ts";

const scene: Scene = {
  at: new Date("2026-11-21T06:23:11.000Z"), isTimeKnown: true, place: "罐区",
  position: { lat: 31.2, lon: 121.4, accuracy_m: 6 }, person: "张伟 (A1)", language: "zh",
};
const draft: Draft = {
  id: "r1", key: "k1", owner: "p1", kind: "hazard", isAnonymous: false,
  fields: { area: "a1", category: "leak" }, photos: [],
};
const photo = photoItem(scene, { sha256: "a".repeat(64), original_sha256: "b".repeat(64) }, 1);
const where = { lat: 31.2, lon: 121.4, accuracy_m: 6 };

test("a report goes out under the draft's own id, with its photos named, not carried", () => {
  const { path, body } = bodyOf(draft, [photo], where);
  expect(path).toBe("/api/records/hazard");
  expect(body).toMatchObject({ id: "r1", fields: { area: "a1", position: where } });
  expect(JSON.stringify(body)).toContain(photo.sha256);
});

test("without a name nothing goes out that leads to a person, a phone or a position", () => {
  const bare = { ...photo, manifest: "{}", signature: "x", device: "d" };
  const { path, body } = bodyOf({ ...draft, isAnonymous: true }, [bare], where);
  expect(path).toBe("/api/anonymous");
  expect(body).toEqual({
    form: "hazard", fields: {
      area: "a1", category: "leak", photos: [{ sha256: photo.sha256, name: photo.name }],
    },
  });
  const text = JSON.stringify(body);
  for (const trace of ["r1", "p1", "31.2", "taken_at", "original", "manifest", "device"]) {
    expect([trace, text.includes(trace)]).toEqual([trace, false]);
  }
});

test("the copy without a name shows neither name, time, position nor the original's hash", () => {
  const nameless = { ...scene, isAnonymous: true };
  const lines = stampLines(nameless, "b".repeat(64), textsOf("zh")).join("\n");
  expect(lines).toContain("罐区");
  expect(lines).not.toMatch(/张伟|2026|31\.2|bbbb/);
  expect(photoItem(nameless, { sha256: "a", original_sha256: "b" }, 2))
    .toEqual({ sha256: "a", name: "2.jpg" });
});

test("other kinds of report take no position that their form does not have", () => {
  const { body } = bodyOf({ ...draft, kind: "near_miss" }, [], where);
  expect(JSON.stringify(body)).not.toContain("position");
});

const asked: { path: string; init: RequestInit }[] = [];
beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    asked.push({ path, init });
    return Promise.resolve(new Response('{"number":"YH-1","code":"C","record":{}}', {
      status: 201,
    }));
  });
});
afterEach(() => void vi.unstubAllGlobals());

test("an anonymous request carries neither cookie nor address of the page", async () => {
  await reportAnonymously({ form: "hazard", fields: {} }, "k1");
  await createRecord("hazard", "r1", {}, "k2");
  const [nameless, named] = asked;
  expect(nameless?.init.credentials).toBe("omit");
  expect(nameless?.init.referrerPolicy).toBe("no-referrer");
  expect((nameless?.init.headers as Record<string, string>)["Idempotency-Key"]).toBe("k1");
  expect(named?.init.credentials).toBe("same-origin");
});

test("of an answer only the number is kept, and the code of who has no name", () => {
  expect(gistOf("report", { record: { number: "YH-1", area: "a" } })).toEqual({ number: "YH-1" });
  expect(gistOf("anonymous", { number: "YH-2", code: "C", more: 1 }))
    .toEqual({ number: "YH-2", code: "C" });
  expect(gistOf("message", { message: {} })).toBeUndefined();
});

const row = (more: Record<string, unknown>) => ({ id: "x", ...more }) as unknown as RecordRow;
test("what was found at a place before is proposed there, the frequent before the rare", () => {
  const rows = [
    row({ area: "a", device: "d1", category: "leak" }),
    row({ area: "a", device: "d2", category: "electrical" }),
    row({ area: "a", device: "d2", category: "electrical" }),
    row({ area: "b", category: "fire" }),
  ];
  expect(suggest(rows, "a", null)).toEqual({
    categories: ["electrical", "leak"], devices: ["d2", "d1"],
  });
  expect(suggest(rows, "a", "d1").categories).toEqual(["leak"]);
  expect(suggest(rows, null, null).categories).toEqual([]);
  const chips = ["fire", "leak", "electrical"].map((value) => ({ value }));
  expect(suggestedFirst(chips, ["electrical"]).map(({ value }) => value))
    .toEqual(["electrical", "fire", "leak"]);
});

test("the last place is proposed within a shift and only where it still exists", () => {
  const hour = 3600000;
  expect(lastPlace([{ area: "x", at: 0 }], [row({})], hour)).toBe("x");
  expect(lastPlace([{ area: "x", at: 0 }], [row({})], 13 * hour)).toBeNull();
  expect(lastPlace([{ area: "gone", at: 0 }], [row({})], hour)).toBeNull();
});

test("another kind of report asks for what its form requires", () => {
  const form = { data: {
    required: ["photos", "area", "potential"],
    properties: { photos: { "x-kind": "photos" }, area: {}, potential: {} },
  } } as unknown as FormSource;
  expect(lackingFields(form, { area: "a" }, 0)).toEqual(["photos", "potential"]);
  expect(lackingFields(form, { area: "a", potential: "none" }, 1)).toEqual([]);
});
