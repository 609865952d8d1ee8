import { expect, test } from "vitest";
import {
  base64url, deviceId, manifestText, sha256Hex, signPhoto, utf8, type Taking,
} from "./manifest.ts";

const taking: Taking = {
  device_ms: Date.parse("2026-11-21T06:23:11.250Z"),
  server_ms: Date.parse("2026-11-21T06:23:09.500Z"), source: "camera",
  position: { lat: 31.23041, lon: 121.4737, accuracy_m: 6, age_s: 3 }, place: "T-203",
};
const claim = {
  op: "0190aaaa-0000-7000-8000-000000000001", original: "aa".repeat(32), photo: "bb".repeat(32),
  person: "0190bbbb-0000-7000-8000-000000000002", device: "cc".repeat(16), previous: "", taking,
};

test("the manifest is these bytes and no others", () => {
  expect(manifestText(claim)).toBe(
    '{"v":1,"op":"0190aaaa-0000-7000-8000-000000000001",' +
    `"original":"${"aa".repeat(32)}","photo":"${"bb".repeat(32)}",` +
    '"person":"0190bbbb-0000-7000-8000-000000000002",' +
    `"device":"${"cc".repeat(16)}","previous":"",` +
    '"taken_at":"2026-11-21T06:23:11.250Z","server_at":"2026-11-21T06:23:09.500Z",' +
    '"skew_ms":-1750,"source":"camera",' +
    '"position":{"lat":31.23041,"lon":121.4737,"accuracy_m":6,"age_s":3},"place":"T-203"}',
  );
});

test("no position is null, a member never goes missing, and it stays far below 4 KB", () => {
  const bare = manifestText({ ...claim, taking: { ...taking, position: null, place: "" } });
  expect(bare.endsWith('"position":null,"place":""}')).toBe(true);
  expect(utf8(manifestText(claim)).length).toBeLessThan(1024);
});

const pair = () =>
  crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
const bytesOf = (text: string) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

test("a signature is 64 bytes over the manifest, and one altered byte breaks it", async () => {
  const keys = await pair();
  const spki = await crypto.subtle.exportKey("spki", keys.publicKey);
  const chain = {
    person: claim.person, device: await deviceId(spki), previous: "", key: keys.privateKey,
  };
  const photo = { sha256: claim.photo, original: claim.original, op: claim.op, taking };
  const { signed, head } = await signPhoto(chain, photo);
  const signature = bytesOf(signed.signature);
  expect(signature.length).toBe(64);
  expect(signed.device).toMatch(/^[0-9a-f]{32}$/);
  expect(signed.device).toBe((await sha256Hex(spki)).slice(0, 32));
  const verify = (text: string) => crypto.subtle.verify(
    { name: "ECDSA", hash: "SHA-256" }, keys.publicKey, signature, utf8(text),
  );
  expect(await verify(signed.manifest)).toBe(true);
  expect(await verify(signed.manifest.replace("31.23041", "31.23042"))).toBe(false);
  expect(head).toBe(await sha256Hex(utf8(signed.manifest)));
});

test("each manifest names the one before it", async () => {
  const keys = await pair();
  const photo = { sha256: claim.photo, original: claim.original, op: claim.op, taking };
  const first = { person: "p", device: "d", previous: "", key: keys.privateKey };
  const one = await signPhoto(first, photo);
  const two = await signPhoto({ ...first, previous: one.head }, { ...photo, sha256: "ee" });
  expect((JSON.parse(two.signed.manifest) as { previous: string }).previous).toBe(one.head);
  expect(two.head).not.toBe(one.head);
});

test("the private key cannot be taken out", async () => {
  const keys = await pair();
  await expect(crypto.subtle.exportKey("pkcs8", keys.privateKey)).rejects.toThrow();
});

test("base64url has no padding and none of the signs that a URL changes", () => {
  expect(base64url(new Uint8Array([251, 255, 254]).buffer)).toBe("-__-");
  expect(base64url(new Uint8Array([1]).buffer)).toBe("AQ");
});
