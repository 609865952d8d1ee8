// Who watches over the work and does none of it has one name, as in docs/guide/words.md.
/// <reference types="vite/client" />
import { expect, test } from "vitest";

const role = { zh: /监护人/, en: /\bguard/i };
const others = /attendant|watchman|hole watch|safety watch/i;
const packs = import.meta.glob<string>(
  ["../../../packs/**/*.json", "../../../packs/**/*.dmn", "../../../packs/**/*.bpmn"],
  { query: "?raw", import: "default", eager: true },
);
const guide = import.meta.glob<string>(
  "../../../docs/guide/*.md", { query: "?raw", import: "default", eager: true });
const pages = import.meta.glob<string>(
  ["./*.ts", "!./*.test.ts"], { query: "?raw", import: "default", eager: true });
const ending = (end: string): string[] =>
  Object.entries(packs).filter(([path]) => path.endsWith(end)).map(([, text]) => text);

type Pair = { zh: string; en: string };
function pairsIn(value: unknown, found: Pair[] = []): Pair[] {
  if (typeof value !== "object" || !value) return found;
  const { zh, en } = value as Partial<Pair>;
  if (typeof zh === "string" && typeof en === "string") found.push({ zh, en });
  for (const part of Object.values(value)) pairsIn(part, found);
  return found;
}

test("the guardian is called so in every text of the packs", () => {
  const told = ending(".json").flatMap((text) => pairsIn(JSON.parse(text)))
    .filter(({ zh }) => role.zh.test(zh));
  expect(told.length).toBeGreaterThan(5);
  expect(told.filter(({ en }) => !role.en.test(en))).toEqual([]);
});

test("each row of the tables that names the guardian does so in both languages", () => {
  const told = ending(".dmn").flatMap((text) => text.match(/<rule [\s\S]*?<\/rule>/g) ?? [])
    .filter((row) => role.zh.test(row));
  expect(told.length).toBeGreaterThan(5);
  expect(told.filter((row) => !role.en.test(row))).toEqual([]);
});

test("no page, pack or guide has another word for it", () => {
  const all = Object.entries({ ...packs, ...guide, ...pages });
  expect(all.length).toBeGreaterThan(100);
  expect(all.filter(([, text]) => others.test(text)).map(([path]) => path)).toEqual([]);
  expect(guide["../../../docs/guide/words.md"]).toMatch(/\| guardian \| 监护人 \|/);
});
