// ./anlan test: runs every stage, also after one has failed, and ends with one line that counts the
// tests of all of them. Logs are in build/test/. With names as arguments only those stages run.
// Two queues go side by side: what compiles, and what mostly waits; a compiler gives way to a test.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { add, none } from "./testing/count.mjs";
import { excerpt } from "./testing/excerpt.mjs";
import { playQueues } from "./testing/queues.mjs";
import { allStages } from "./testing/stages.mjs";

// What matters of a failed stage's log, indented: only our own last line may look like a closing
// line.
function showLog(name) {
  const log = `build/test/${name.replaceAll(" ", "_")}.log`;
  let text = "";
  try { text = readFileSync(log, "utf8"); } catch { return; }
  for (const line of excerpt(text)) console.log(`  | ${line}`);
  console.log(`  | (whole log: ${log})`);
}

function describe({ passed, failed, skipped }) {
  const words = [
    passed && `${passed} ok`, failed && `${failed} FAILED`, skipped && `${skipped} left out`,
  ];
  return words.filter(Boolean).join(", ") || "done";
}

const seconds = (since) => (performance.now() - since) / 1000;

async function play({ name, go }) {
  const since = performance.now();
  const { isFine, counts, reason, again = [] } = await go().catch((problem) =>
    ({ isFine: false, counts: { ...none, failed: 1 }, reason: problem.message }));
  const took = seconds(since);
  console.log(`${name}: ${reason ?? describe(counts)} (${took.toFixed(1)} s)`);
  if (!isFine) showLog(name);
  return { name, counts, took, again };
}

process.chdir(resolve(dirname(fileURLToPath(import.meta.url)), ".."));
const wanted = process.argv.slice(2);
const queues = Object.values(allStages()).map((stages) =>
  stages.filter(({ name }) => !wanted.length || wanted.includes(name)));
const since = performance.now();
const played = await playQueues(queues, play);
console.log(`\n  seconds of each stage, ${seconds(since).toFixed(0)} in all`);
for (const { name, counts, took } of played) {
  console.log(`  ${took.toFixed(1).padStart(8)}  ${name}${counts.failed ? "  FAILED" : ""}`);
}
const unsteady = played.flatMap(({ name, again }) => again.map((one) => `${name}: ${one}`));
if (unsteady.length) {
  console.log(`\n  passed only at a second go, alone (mend these):\n  ${unsteady.join("\n  ")}`);
}
const total = played.reduce((sum, { counts }) => add(sum, counts), none);
const skipped = total.skipped ? `, ${total.skipped} skipped` : "";
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed ? 1 : 0);
