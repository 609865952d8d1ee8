import { expect, test } from "vitest";
import { deskText } from "./desk.ts";
import { workText } from "./desk_work.ts";
import { en } from "./en.ts";
import { factorText } from "./factor.ts";
import { loopText } from "./loop.ts";
import { phoneText } from "./phone.ts";
import { planText } from "./plan.ts";
import { sensingText } from "./sensing_words.ts";
import { sourceText } from "./source_words.ts";
import { zh } from "./zh.ts";

const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
const blocks = [
  ["desk", deskText], ["factor", factorText], ["loop", loopText], ["phone", phoneText], ["plan", planText],
  ["work", workText], ["sensing", sensingText], ["source", sourceText],
] as const;

test.each(blocks)("the words of %s are whole in both languages", (_, block) => {
  const zh: Record<string, string> = block.zh;
  const en: Record<string, string> = block.en;
  expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  for (const [key, text] of Object.entries(zh)) {
    const other = en[key] ?? "";
    expect([key, text.trim() !== "", other.trim() !== ""]).toEqual([key, true, true]);
    expect([key, holes(other)]).toEqual([key, holes(text)]);
    expect([key, /\p{Script=Han}/u.test(other)]).toEqual([key, false]);
  }
});

test("a key that the desk and the common words both have says the same: useSeat has one word", () => {
  const words: Record<string, string>[] = [zh, en];
  const seat: Record<string, string>[] = [deskText.zh, deskText.en];
  const torn = Object.keys(deskText.zh).filter((key) =>
    key in zh && words.some((texts, at) => texts[key] !== seat[at]?.[key]));
  expect(torn).toEqual([]);
});
