// ./anlan test: runs every stage, also after one has failed, and ends with one line that counts the
// tests of all of them. Logs are in build/test/. With names as arguments only those stages run.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { add, none } from "./testing/count.mjs";
import { allStages } from "./testing/stages.mjs";

const tailLinesMax = 60;

// The end of a failed stage's log, indented: only our own last line may look like a closing line.
function showLog(name) {
  const log = `build/test/${name.replaceAll(" ", "_")}.log`;
  let lines = [];
  try { lines = readFileSync(log, "utf8").trimEnd().split("\n"); } catch { return; }
  for (const line of lines.slice(-tailLinesMax)) console.log(`  | ${line}`);
  console.log(`  | (whole log: ${log})`);
}

function describe({ passed, failed, skipped }) {
  const words = [
    passed && `${passed} ok`, failed && `${failed} FAILED`, skipped && `${skipped} left out`,
  ];
  return words.filter(Boolean).join(", ") || "done";
}

async function play({ name, go }) {
  const begin = performance.now();
  process.stdout.write(`${name} ...`);
  const { isFine, counts, reason } = await go().catch((problem) =>
    ({ isFine: false, counts: { ...none, failed: 1 }, reason: problem.message }));
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(` ${reason ?? describe(counts)} (${seconds} s)`);
  if (!isFine) showLog(name);
  return counts;
}

process.chdir(resolve(dirname(fileURLToPath(import.meta.url)), ".."));
const wanted = process.argv.slice(2);
const stages = allStages().filter(({ name }) => !wanted.length || wanted.includes(name));
let total = none;
for (const stage of stages) total = add(total, await play(stage));
const skipped = total.skipped ? `, ${total.skipped} skipped` : "";
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed ? 1 : 0);
