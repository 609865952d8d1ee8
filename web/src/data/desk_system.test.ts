import { expect, test } from "vitest";
import { bytesText } from "./desk_system.ts";

test("sizes are told in the unit that fits", () => {
  expect(bytesText(0, "en")).toBe("0 B");
  expect(bytesText(999, "en")).toBe("999 B");
  expect(bytesText(1500, "en")).toBe("1.5 KB");
  expect(bytesText(42_300_000, "en")).toBe("42 MB");
  expect(bytesText(7.26e12, "zh")).toBe("7.3 TB");
  expect(bytesText(null, "en")).toBe("");
});
