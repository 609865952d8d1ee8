// Every text is shown somewhere: a key that no source names any more goes.
/// <reference types="vite/client" />
import { expect, test } from "vitest";
import { alarmText } from "./alarm_words.ts";
import { delegationText } from "./delegation.ts";
import { deskText } from "./desk.ts";
import { workText } from "./desk_work.ts";
import { factorText } from "./factor.ts";
import { loopText } from "./loop.ts";
import { permitDeskText } from "./permit_desk.ts";
import { permitPhoneText } from "./permit_phone.ts";
import { phoneText } from "./phone.ts";
import { planText } from "./plan.ts";
import { policyText } from "./policy_words.ts";
import { proofText } from "./proof.ts";
import { sensingText } from "./sensing_words.ts";
import { sourceText } from "./source_words.ts";
import { zh } from "./zh.ts";

const files = import.meta.glob<string>(
  ["../**/*.ts", "../**/*.tsx", "!../**/*.test.ts"],
  { query: "?raw", import: "default", eager: true },
);
const sources = Object.entries(files)
  .filter(([path]) => !/\/(text|generated)\/|^\.\/(?!index|block)/.test(path));

function usedBy(texts: readonly string[]): (key: string) => boolean {
  const code = texts.join("\n");
  const words = new Set(code.match(/\w+/g));
  // Keys that are made of a word and a value: `title_${kind}`.
  const starts = [...code.matchAll(/`(\w+)\$\{/g)].map((found) => found[1] ?? "");
  return (key) => words.has(key) || starts.some((start) => key.startsWith(start));
}
const isUsed = usedBy(sources.map(([, text]) => text));

test.each([
  ["both", zh], ["alarms", alarmText.zh], ["delegation", delegationText.zh], ["desk", deskText.zh],
  ["factor", factorText.zh], ["loop", loopText.zh], ["permits on the desk", permitDeskText.zh],
  ["permits on the phone", permitPhoneText.zh], ["phone", phoneText.zh], ["plan", planText.zh],
  ["policy", policyText.zh], ["proof", proofText.zh], ["sensing", sensingText.zh],
  ["sources", sourceText.zh], ["work", workText.zh],
])("every text of %s is used", (_, texts) => {
  expect(Object.keys(texts).filter((key) => !isUsed(key))).toEqual([]);
});

test("the common words are those that the phone shows too", () => {
  const isShared = usedBy(
    sources.filter(([path]) => !path.startsWith("../desk/")).map(([, text]) => text));
  expect(Object.keys(zh).filter((key) => !isShared(key))).toEqual([]);
});
