import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { textsOf } from "../text/index.ts";
import { prefs } from "../data/prefs.ts";
import { TextField } from "./field.tsx";

const drawn = (kind: "date" | "datetime-local", value: string) => renderToStaticMarkup(
  createElement(TextField, { label: "Calibrated", kind, value, onChange: () => {} }));

// What only a desk needs comes by itself.
beforeAll(() => vi.waitFor(() => expect(drawn("date", "")).toContain("<input"), 20000));
afterEach(() => vi.unstubAllGlobals());

test("a day reads the same in both languages, and its button has a name", () => {
  for (const language of ["zh", "en"] as const) {
    prefs.set({ ...prefs.get(), language });
    const texts = textsOf(language);
    const day = drawn("date", "2026-11-23");
    expect(day).toMatch(/type="text" placeholder="[^"]*"[^>]* value="2026-11-23"/);
    expect(day).toContain(`placeholder="${texts.dayPattern}"`);
    expect(day).toContain(`aria-label="${texts.pickDay.replace("{label}", "Calibrated")}"`);
    // The browser's own is there for its calendar only: not seen, not reached, not read out.
    expect(day).toMatch(/type="date" class="unseen" tabindex="-1" aria-hidden="true"/);
    const id = /<label for="([^"]+)"/.exec(day)?.[1] ?? "none";
    expect(day).toContain(`<input id="${id}" type="text"`);
    expect(drawn("datetime-local", "2026-11-23T10:05")).toContain('value="2026-11-23 10:05"');
  }
});

test("a phone keeps its own picker", () => {
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
  const day = drawn("date", "2026-11-23");
  expect(day).toMatch(/type="date"[^>]* value="2026-11-23"/);
  expect(day).not.toContain('type="text"');
  expect(drawn("datetime-local", "2026-11-23T10:05")).toContain('type="datetime-local"');
});
