// ./anlan bench flow: step_bench (in memory) and cases_bench (through the engine), then npm's
// bpmn-engine with the same small flow in the same run, and the ratio to it. JSON lines.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const runs = 5;
const instances = 200;

// Two tasks and a gateway, as in flow_packs/bench_flow; the peer has no durable clock to compare.
const model = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="peer"
             xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="bench">
  <process id="bench_flow" isExecutable="true">
    <startEvent id="begun"/>
    <userTask id="check"/>
    <exclusiveGateway id="is_red" default="no"/>
    <userTask id="confirm"/>
    <endEvent id="end"/>
    <sequenceFlow id="f1" sourceRef="begun" targetRef="check"/>
    <sequenceFlow id="f2" sourceRef="check" targetRef="is_red"/>
    <sequenceFlow id="f3" sourceRef="is_red" targetRef="confirm">
      <conditionExpression xsi:type="tFormalExpression" language="JavaScript"><![CDATA[
        next(null, true)]]></conditionExpression>
    </sequenceFlow>
    <sequenceFlow id="no" sourceRef="is_red" targetRef="end"/>
    <sequenceFlow id="f4" sourceRef="confirm" targetRef="end"/>
  </process>
</definitions>`;

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

async function peer() {
  const { Engine } = require("bpmn-engine");
  const rates = [];
  const saves = [];
  for (let run = 0; run <= runs; run++) {  // the first one warms up
    const begun = performance.now();
    for (let i = 0; i < instances; i++) {
      const engine = new Engine({ name: `peer${i}`, source: model });
      const execution = await engine.execute();
      if (i === 0) {
        const at = performance.now();
        const state = JSON.stringify(await engine.getState());
        await new Engine().recover(JSON.parse(state)).resume();
        if (run > 0) saves.push(performance.now() - at);
      }
      execution.signal({ id: "check" });
      execution.signal({ id: "confirm" });
      await execution.waitFor?.("end").catch(() => undefined);
    }
    if (run > 0) rates.push((2 * instances * 1000) / (performance.now() - begun));
  }
  return { rate: median(rates), save_ms: median(saves) };
}

const words = process.argv.slice(2);

function run(program, ...args) {
  const made = spawnSync(program, args, { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });
  if (made.status === 0) return made.stdout;
  // What it measured before it failed is not lost.
  process.stderr.write(made.stdout ?? "");
  const how = made.error?.message ?? made.signal ?? `exit ${made.status}`;
  console.error(`bench: ${[program, ...args].join(" ")}: ${how}`);
  process.exit(1);
}

run("ninja", "-C", "build/release", "step_bench", "cases_bench");
const own = run("build/release/step_bench") + run("build/release/cases_bench", ...words);
const lines = own.trim().split("\n").map((line) => JSON.parse(line));
const other = await peer();
for (const line of lines) {
  if (line.metric.startsWith("complete_")) {
    line.peer = "bpmn-engine, in memory";
    line.peer_value = Number(other.rate.toFixed(1));
    line.ratio = Number((line.value / other.rate).toFixed(1));
  }
  console.log(JSON.stringify(line));
}
console.log(JSON.stringify({
  bench: "flow", metric: "peer_save_resume_ms", variant: "bpmn-engine", value: other.save_ms,
  unit: "ms", better: "lower",
}));
