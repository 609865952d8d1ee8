// Brings a file to the server in parts that survive a lost link: the server says how much it has,
// and the sending goes on from there.
import { blobState, putBlob } from "../api/calls.ts";
import { asRefusal } from "../api/client.ts";
import type { BlobState } from "../api/types.ts";

export const part_bytes = 512 * 1024;
export const tries_max = 8;

export interface Port {
  put: (sha256: string, offset: number, total: number, bytes: Blob) => Promise<BlobState>;
  state: (sha256: string) => Promise<BlobState>;
  pause: (ms: number) => Promise<void>;
}
const server: Port = {
  put: putBlob,
  state: blobState,
  pause: (ms) => new Promise((done) => setTimeout(done, ms)),
};

// Whoever holds the code of a report without a name may add its photos. How much of them is there
// nobody is told, but parts have one size: where one does not fit, the next place is tried.
type PutPart = (
  code: string, part: { sha256: string; offset: number; total: number; bytes: Blob },
) => Promise<BlobState>;
export function anonymousPort(code: string, put: PutPart, pause = server.pause): Port {
  let last = { offset: 0, total: 0 };
  return {
    pause,
    put: (sha256, offset, total, bytes) => {
      last = { offset, total };
      return put(code, { sha256, offset, total, bytes });
    },
    state: () => {
      const next = last.offset + part_bytes;
      return Promise.resolve({ received: next < last.total ? next : 0, whole: false });
    },
  };
}

export interface Goods {
  sha256: string;
  blob: Blob;
}

// Throws the refusal when the server refuses the file itself, or when the link stays lost.
export async function upload(
  cargo: Goods, onProgress: (share: number) => void, port: Port = server,
): Promise<void> {
  const total = cargo.blob.size;
  let offset = 0;
  let tries = 0;
  for (;;) {
    const end = Math.min(total, offset + part_bytes);
    try {
      const part = cargo.blob.slice(offset, end);
      const state = await port.put(cargo.sha256, offset, total, part);
      onProgress(state.whole ? 1 : state.received / total);
      if (state.whole) return;
      if (state.received > offset) tries = 0;
      offset = state.received;
    } catch (reason) {
      tries += 1;
      const next = await afterTrouble(cargo.sha256, reason, tries, port);
      if (next === "whole") return onProgress(1);
      offset = next ?? offset;
    }
  }
}

async function afterTrouble(
  sha256: string, reason: unknown, tries: number, port: Port,
): Promise<number | "whole" | null> {
  const refusal = asRefusal(reason);
  const isPassing = refusal.isOffline || refusal.status >= 500 || refusal.status === 429;
  if (tries > tries_max || (!isPassing && refusal.code !== "conflict")) throw refusal;
  if (isPassing) await port.pause(400 * 2 ** Math.min(tries, 6));
  try {
    const state = await port.state(sha256);
    return state.whole ? "whole" : state.received;
  } catch {
    return null;
  }
}
