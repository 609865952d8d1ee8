import { expect, test } from "vitest";
import { Refusal } from "../api/client.ts";
import { hex } from "./photo_stamp.ts";
import { anonymousPort, part_bytes, tries_max, upload, type Port } from "./upload.ts";

const refusal = (code: "offline" | "conflict" | "bad_image", status: number) =>
  new Refusal({ code, message: code, status });

// A server that keeps what it was sent, and fails the requests whose number is named.
function keeper(failing: Record<number, Refusal> = {}, isStored = false) {
  const bytes: Blob[] = [];
  let asked = 0;
  const received = () => bytes.reduce((sum, part) => sum + part.size, 0);
  const port: Port & { pauses: number[] } = {
    pauses: [],
    put: async (_sha, offset, total, part) => {
      const why = failing[asked];
      asked += 1;
      if (why && !isStored) throw why;
      if (offset !== received()) throw refusal("conflict", 409);
      bytes.push(part);
      if (why) throw why;
      return { received: received(), whole: received() === total };
    },
    state: async () => ({ received: received(), whole: false }),
    pause: async (ms) => {
      port.pauses.push(ms);
    },
  };
  return { port, whole: () => new Blob(bytes), asked: () => asked };
}

const cargo = { sha256: "ab", blob: new Blob([new Uint8Array(part_bytes * 2 + 7).fill(5)]) };

async function sum(blob: Blob): Promise<string> {
  return hex(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
}

test("a file goes up in parts of at most 512 KB and arrives as it was", async () => {
  const { port, whole, asked } = keeper();
  const shares: number[] = [];
  await upload(cargo, (share) => shares.push(share), port);
  expect(asked()).toBe(3);
  expect(await sum(whole())).toBe(await sum(cargo.blob));
  expect(shares[shares.length - 1]).toBe(1);
  expect([...shares].sort((a, b) => a - b)).toEqual(shares);
});

test("after a lost request the same part is sent again", async () => {
  const { port, whole } = keeper({ 1: refusal("offline", 0) });
  await upload(cargo, () => {}, port);
  expect(await sum(whole())).toBe(await sum(cargo.blob));
  expect(port.pauses.length).toBe(1);
});

test("after a lost answer the sending goes on from what the server has", async () => {
  const { port, whole, asked } = keeper({ 0: refusal("offline", 0) }, true);
  await upload(cargo, () => {}, port);
  expect(await sum(whole())).toBe(await sum(cargo.blob));
  expect(asked()).toBe(3);
});

test("a conflict is answered by asking where to go on, without waiting", async () => {
  const { port, whole } = keeper({ 2: refusal("conflict", 409) });
  await upload(cargo, () => {}, port);
  expect(await sum(whole())).toBe(await sum(cargo.blob));
  expect(port.pauses).toEqual([]);
});

test("a refused file is not sent again", async () => {
  const { port, asked } = keeper({ 2: refusal("bad_image", 422) });
  await expect(upload(cargo, () => {}, port)).rejects.toMatchObject({ code: "bad_image" });
  expect(asked()).toBe(3);
});

test("a link that stays lost ends the sending after a bounded number of tries", async () => {
  const failing = Object.fromEntries([...Array(50).keys()].map((n) => [n, refusal("offline", 0)]));
  const { port, asked } = keeper(failing);
  await expect(upload(cargo, () => {}, port)).rejects.toMatchObject({ code: "offline" });
  expect(asked()).toBe(tries_max + 1);
});

test("without a name an interrupted file goes on too", async () => {
  const { port, whole } = keeper({ 1: refusal("offline", 0) }, true);
  const nameless = anonymousPort("C", (_code, part) =>
    port.put("ab", part.offset, part.total, part.bytes), port.pause);
  await upload(cargo, () => {}, nameless);
  expect(await sum(whole())).toBe(await sum(cargo.blob));
});
