import { expect, test } from "vitest";
import { base64urlOf, bytesOf } from "./push.ts";

test("keys go to bytes and back without padding", () => {
  const key = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6" +
    "TlzAC8wEqKK6PBru3jl7A8";
  const bytes = bytesOf(key);
  expect(bytes).toHaveLength(65);
  expect(bytes[0]).toBe(4);
  expect(base64urlOf(bytes.buffer)).toBe(key);
  expect(base64urlOf(null)).toBe("");
});
