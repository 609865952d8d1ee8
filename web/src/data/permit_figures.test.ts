import { expect, test } from "vitest";
import { textsOf } from "../text/index.ts";
import { figureText } from "./permit_figures.ts";

test("times are told in their two largest units, shares in per cent", () => {
  const texts = textsOf("en");
  expect(figureText(90, "min", "en", texts)).toBe("1 h 30 min");
  expect(figureText(1500, "ms", "en", texts)).toBe("1 s");
  expect(figureText(12.34, "percent", "en", texts)).toBe("12.3 %");
  expect(figureText(0.1234, "share", "en", texts)).toBe("12.3 %");
  expect(figureText(1234, "count", "en", texts)).toBe("1,234");
});
