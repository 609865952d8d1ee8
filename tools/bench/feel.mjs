// ./anlan bench feel: what an expression and a table cost, natively, and beside it the npm engines
// feelin and zen-engine (tests/peers) with the same condition and the same tables, in this run. The
// size of the module for browsers follows where it is built. Processor time throughout.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const kCondition = "LEL < 0.5 and O2 in [19.5..23.5]";
const kModule = "build/wasm/rules.wasm"; // tools/wasm.mjs
const kCalm = { LEL: 0.2, O2: 20.9 };

const run = (program, words) =>
  execFileSync(program, words, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

run("tools/build.sh", ["peers"]);
process.stderr.write(run("ninja", ["-C", "build/release", "rules_bench"]));
const peers = createRequire(resolve("tests/peers/package.json"));

// Microseconds of processor time for one piece of work: the median of five runs after a warm-up.
async function microseconds(work) {
  const runs = [];
  for (let i = 0; i < 6; i++) {
    const before = process.cpuUsage();
    let rounds = 0;
    let took = 0;
    while (took < 100_000) {
      for (let j = 0; j < 20; j++) await work();
      rounds += 20;
      const used = process.cpuUsage(before);
      took = used.user + used.system;
    }
    if (i > 0) runs.push(took / rounds);
  }
  return runs.sort((a, b) => a - b)[2];
}

const rule = (a, b, c, out) => ({ a, b, c, out });
const plain = Array.from({ length: 100 }, (_, i) => rule(">= 0", "[0..1000]", `> ${1000 + i}`, i));
const keyed = Array.from({ length: 1000 }, (_, i) => rule(">= 0", "[0..1000]", `"x${i}"`, i));
const none = { a: 5, b: 500, c: 7 };
const known = { a: 5, b: 500, c: "x777" };

function same(found, wanted, what) {
  if (found !== wanted) throw new Error(`${what} answers ${found}, not ${wanted}`);
}

async function feelin() {
  const { evaluate, unaryTest } = peers("feelin");
  const holds = (test, value) => unaryTest(test, { "?": value }).value === true;
  const decide = (rules, row) =>
    rules.find(one => holds(one.a, row.a) && holds(one.b, row.b) && holds(one.c, row.c))?.out;
  same(evaluate(kCondition, kCalm).value, true, "feelin");
  same(decide(plain, none), undefined, "feelin's table");
  same(decide(keyed, known), 777, "feelin's table");
  return {
    condition_us: await microseconds(() => evaluate(kCondition, kCalm)),
    table_100x3_us: await microseconds(() => decide(plain, none)),
    table_index_us: await microseconds(() => decide(keyed, known)),
  };
}

// A table of zen-engine: one node between what comes in and what goes out.
function zenTable(rules) {
  const names = ["a", "b", "c"];
  const edge = (from, to) => ({ id: `${from}${to}`, type: "edge", sourceId: from, targetId: to });
  const table = {
    hitPolicy: "first",
    inputs: names.map(name => ({ id: name, name, type: "expression", field: name })),
    outputs: [{ id: "out", name: "out", type: "expression", field: "out" }],
    rules: rules.map((one, i) => ({ _id: `r${i}`, ...one, out: String(one.out) })),
  };
  return {
    nodes: [
      { id: "i", type: "inputNode", name: "in", position: { x: 0, y: 0 } },
      { id: "t", type: "decisionTableNode", name: "t", position: { x: 1, y: 0 }, content: table },
      { id: "o", type: "outputNode", name: "out", position: { x: 2, y: 0 } },
    ],
    edges: [edge("i", "t"), edge("t", "o")],
  };
}

async function zen() {
  const { ZenEngine, evaluateExpressionSync } = peers("@gorules/zen-engine");
  const engine = new ZenEngine();
  const first = engine.createDecision(zenTable(plain));
  const second = engine.createDecision(zenTable(keyed));
  same(evaluateExpressionSync(kCondition, kCalm), true, "zen-engine");
  same((await first.evaluate(none)).result?.out, undefined, "zen-engine's table");
  same((await second.evaluate(known)).result?.out, 777, "zen-engine's table");
  return {
    condition_us: await microseconds(() => evaluateExpressionSync(kCondition, kCalm)),
    table_100x3_us: await microseconds(() => first.evaluate(none)),
    table_index_us: await microseconds(() => second.evaluate(known)),
  };
}

const own = run("build/release/rules_bench", []).trim().split("\n").map(line => JSON.parse(line));
const others = { feelin: await feelin(), "zen-engine": await zen() };
const figure = value => Number(value.toPrecision(4));
for (const line of own) {
  console.log(JSON.stringify(line));
  for (const [peer, measured] of Object.entries(others)) {
    const key = line.metric === "conditions_per_s" ? "condition_us" : line.metric;
    if (measured[key] === undefined) continue;
    const is_rate = line.metric === "conditions_per_s";
    const peer_value = figure(is_rate ? 1e6 / measured[key] : measured[key]);
    const ratio = figure(is_rate ? line.value / peer_value : peer_value / line.value);
    const { bench, metric, unit } = line;
    console.log(JSON.stringify({ bench, metric, variant: "against", value: line.value, unit, peer,
      peer_value, ratio }));
  }
}
if (existsSync(kModule)) {
  const bytes = gzipSync(readFileSync(kModule), { level: 9 }).length;
  console.log(JSON.stringify({ bench: "feel", metric: "wasm_kb_gz", value: figure(bytes / 1024),
    unit: "KB", better: "lower", target: 300 }));
}
