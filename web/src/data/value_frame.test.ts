import { expect, test } from "vitest";
import { decodeFrame, Ring } from "./value_frame.ts";

interface Row {
  index: number;
  value: number;
  dt: number;
  quality: number;
}
function encode(seq: number, start: number, rows: Row[]): ArrayBuffer {
  const n = rows.length;
  const buffer = new ArrayBuffer(16 + 17 * n);
  const view = new DataView(buffer);
  view.setUint32(0, seq, true);
  view.setUint32(4, n, true);
  view.setFloat64(8, start, true);
  rows.forEach((row, at) => {
    view.setUint32(16 + 4 * at, row.index, true);
    view.setFloat64(16 + 4 * n + 8 * at, row.value, true);
    view.setInt32(16 + 12 * n + 4 * at, row.dt, true);
    view.setUint8(16 + 16 * n + at, row.quality);
  });
  return buffer;
}

test("a frame gives its samples with time and quality", () => {
  const start = Date.parse("2026-11-21T06:23:07.000Z");
  const frame = decodeFrame(encode(7, start, [
    { index: 2107, value: 28.4, dt: -120, quality: 0 },
    { index: 3, value: -1e-9, dt: 2147483647, quality: 1 },
    { index: 4294967295, value: 1e300, dt: -2147483648, quality: 3 },
  ]));
  expect(frame).toEqual({ seq: 7, samples: [
    { index: 2107, value: 28.4, at: start - 120, quality: "good" },
    { index: 3, value: -1e-9, at: start + 2147483647, quality: "uncertain" },
    { index: 4294967295, value: 1e300, at: start - 2147483648, quality: "stale" },
  ] });
});

test("a frame with nothing in it is a frame", () => {
  expect(decodeFrame(encode(1, 0, []))).toEqual({ seq: 1, samples: [] });
});

test("a quality that nobody knows is bad, and what is no number stays none", () => {
  const frame = decodeFrame(encode(1, 0, [{ index: 1, value: NaN, dt: 0, quality: 9 }]));
  expect(frame?.samples[0]?.quality).toBe("bad");
  expect(frame?.samples[0]?.value).toBeNaN();
});

test("what is too short, too long or claims too much is nothing", () => {
  const whole = encode(1, 0, [{ index: 1, value: 1, dt: 0, quality: 0 }]);
  for (let cut = 0; cut < whole.byteLength; cut += 1) {
    expect(decodeFrame(whole.slice(0, cut))).toBeNull();
  }
  const long = new Uint8Array(whole.byteLength + 1);
  long.set(new Uint8Array(whole));
  expect(decodeFrame(long.buffer)).toBeNull();
  const greedy = encode(1, 0, []);
  new DataView(greedy).setUint32(4, 4294967295, true);
  expect(decodeFrame(greedy)).toBeNull();
});

test("a ring keeps the newest, oldest first", () => {
  const ring = new Ring(3);
  for (let at = 1; at <= 5; at += 1) ring.push(at, at * 10);
  const seen: number[][] = [];
  ring.each((at, value) => seen.push([at, value]));
  expect(seen).toEqual([[3, 30], [4, 40], [5, 50]]);
});
