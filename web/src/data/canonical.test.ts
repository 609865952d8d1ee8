import { expect, test } from "vitest";
import { canonical } from "./canonical.ts";

test("names are sorted at every depth, and what is undefined is not there", () => {
  const value = { b: [{ z: 1, a: undefined, "é": null }], a: "x\n\"", c: { y: true, x: 1.5 } };
  expect(canonical(value)).toBe(
    "{\"a\":\"x\\n\\\"\",\"b\":[{\"z\":1,\"é\":null}],\"c\":{\"x\":1.5,\"y\":true}}");
});

test("names are sorted by UTF-16 units, as the RFC says", () => {
  expect(canonical({ "\u{1f600}": 1, "\ufb33": 2 })).toBe("{\"\u{1f600}\":1,\"\ufb33\":2}");
});
