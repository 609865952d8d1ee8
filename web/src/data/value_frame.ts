// A frame of live values as the server sends it (docs/formats/http.md, "Live stream"). Pure.
import type { Quality } from "../api/types_response.ts";

export interface Sample {
  index: number;
  value: number;
  at: number;
  quality: Quality;
}
export interface Frame {
  seq: number;
  samples: Sample[];
}

const head_bytes = 16;
const row_bytes = 17;
const rows_max = 8192;
const qualities: Quality[] = ["good", "uncertain", "bad", "stale"];

// Little-endian: u32 seq, u32 n, f64 t0 in ms, then u32 index[n], f64 value[n], i32 dt_ms[n],
// u8 quality[n]. What is not exactly that is nothing.
export function decodeFrame(buffer: ArrayBuffer): Frame | null {
  if (buffer.byteLength < head_bytes) return null;
  const view = new DataView(buffer);
  const count = view.getUint32(4, true);
  if (count > rows_max || buffer.byteLength !== head_bytes + count * row_bytes) return null;
  const start = view.getFloat64(8, true);
  const values = head_bytes + 4 * count;
  const times = values + 8 * count;
  const marks = times + 4 * count;
  const samples: Sample[] = [];
  for (let at = 0; at < count; at += 1) {
    samples.push({
      index: view.getUint32(head_bytes + 4 * at, true),
      value: view.getFloat64(values + 8 * at, true),
      at: start + view.getInt32(times + 4 * at, true),
      quality: qualities[view.getUint8(marks + at)] ?? "bad",
    });
  }
  return { seq: view.getUint32(0, true), samples };
}

// The last samples of one tag, oldest first, in room that is taken once.
export class Ring {
  private readonly times: Float64Array;
  private readonly values: Float64Array;
  private next = 0;
  size = 0;

  constructor(readonly capacity: number) {
    this.times = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
  }

  push(at: number, value: number): void {
    this.times[this.next] = at;
    this.values[this.next] = value;
    this.next = (this.next + 1) % this.capacity;
    this.size = Math.min(this.size + 1, this.capacity);
  }

  each(visit: (at: number, value: number) => void): void {
    const first = (this.next - this.size + this.capacity) % this.capacity;
    for (let step = 0; step < this.size; step += 1) {
      const place = (first + step) % this.capacity;
      visit(this.times[place] ?? 0, this.values[place] ?? 0);
    }
  }
}
