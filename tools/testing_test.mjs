// The counting of ./anlan test on made-up reports.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { failedCases, failedWalks, secondGo } from "./testing/again.mjs";
import { run } from "./testing/command.mjs";
import { ctest, ctestPrograms, gtest, said, settle, vitest } from "./testing/count.mjs";
import { excerpt } from "./testing/excerpt.mjs";
import { playQueues } from "./testing/queues.mjs";

const report = { testsuites: [{ testsuite: [
  { result: "COMPLETED", status: "RUN" }, { result: "COMPLETED", failures: [{}] },
  { result: "SKIPPED", status: "RUN" },
] }] };

test("GoogleTest reports are counted test by test", () => {
  assert.deepEqual(gtest(report), { passed: 1, failed: 1, skipped: 1 });
});

test("a program that died counts as a failure even when its tests had passed", () => {
  const fine = { testsuites: [{ testsuite: [{ result: "COMPLETED" }] }] };
  const junit = '<testcase name="core" classname="core" time="1" status="fail">' +
    '<testcase name="store" classname="store" time="1" status="run">' +
    '<testcase name="flow" status="fail">';
  const reports = { core: fine, store: report };
  const counts = ctest(ctestPrograms(junit), (name) => reports[name]);
  assert.deepEqual(counts, { passed: 2, failed: 3, skipped: 1 });
});

test("closing lines of our own, of node and of silent programs are understood", () => {
  assert.deepEqual(said("x\n3 passed, 1 failed, 2 skipped\n", false),
    { passed: 3, failed: 1, skipped: 2 });
  assert.deepEqual(said("e2e: 3 passed, 0 failed\n", true), { passed: 3, failed: 0, skipped: 0 });
  assert.deepEqual(said("# pass 5\n# fail 0\n# skipped 1\n", true),
    { passed: 5, failed: 0, skipped: 1 });
  assert.deepEqual(said("", true), { passed: 1, failed: 0, skipped: 0 });
  assert.deepEqual(said("3 passed, 0 failed\n", false), { passed: 3, failed: 1, skipped: 0 });
});

test("a broken stage never counts as fine", () => {
  const nothing = { passed: 0, failed: 0, skipped: 0 };
  assert.equal(settle(nothing, false).failed, 1);
  assert.equal(settle(nothing, true).failed, 0);
  assert.equal(vitest({ numFailedTestSuites: 1 }).failed, 1);
});

test("what failed is played once more, alone, and told by name", async () => {
  const failed = { testsuites: [{ name: "All/Wire", testsuite: [
    { name: "Reads/0" }, { name: "Reads/1", failures: [{}] },
  ] }] };
  assert.deepEqual(failedCases(failed), ["All/Wire.Reads/1"]);
  const output = "✔ good (1.5ms)\n✖ a walk (zh) (12.25ms)\n\n✖ failing tests:\n" +
    "✖ a walk (zh) (12ms)\n";
  assert.deepEqual(failedWalks(output), ["a walk (zh)"]);
  const counts = { passed: 7, failed: 2, skipped: 1 };
  const settled = await secondGo({ counts, names: ["a", "b"], go: async (name) => name === "a" });
  assert.deepEqual(settled, {
    counts: { passed: 8, failed: 1, skipped: 1 }, isFine: false, again: ["a"],
  });
  const fine = await secondGo({ counts, names: ["a", "b"], go: async () => true });
  assert.equal(fine.isFine, true);
});

test("a failure without a name, or many of them, get no second go", async () => {
  const go = () => assert.fail("played");
  const leak = { passed: 7, failed: 2, skipped: 0 };
  assert.equal((await secondGo({ counts: leak, names: ["a"], go })).isFine, false);
  const names = ["a", "b", "c", "d"];
  const many = { passed: 7, failed: 4, skipped: 0 };
  assert.deepEqual(await secondGo({ counts: many, names, go }),
    { counts: many, isFine: false, again: [] });
});

test("a command that does not end is ended, and its children with it", async () => {
  const log = join(mkdtempSync(join(tmpdir(), "anlan-")), "log");
  const began = performance.now();
  const outcome = await run(["sh", "-c", "sleep 60 & echo begun; wait"], { log, seconds: 0.5 });
  assert.ok(performance.now() - began < 10_000);
  assert.equal(outcome.isFine, false);
  assert.match(readFileSync(log, "utf8"), /begun\nno end after 0.5 s/);
});

test("a command's exit code and output are kept", async () => {
  const log = join(mkdtempSync(join(tmpdir(), "anlan-")), "log");
  const { isFine, output } = await run(["sh", "-c", "echo a; exit 3"], { log });
  assert.deepEqual([isFine, output], [false, "a\n"]);
  assert.equal((await run(["/nowhere/program"], { log })).isFine, false);
});

test("queues go side by side, and a stage waits for the one that it names", async () => {
  const log = [];
  const gates = new Map();
  const play = (stage) => new Promise((done) => {
    log.push(`begin ${stage.name}`);
    gates.set(stage.name, () => {
      log.push(`end ${stage.name}`);
      done(stage.name);
    });
  });
  const turn = () => new Promise((done) => setImmediate(done));
  const all = playQueues([[{ name: "build" }, { name: "more" }],
    [{ name: "quick", after: "not played" }, { name: "unit", after: "build" }]], play);
  for (const name of ["quick", "build", "unit", "more"]) {
    await turn();
    gates.get(name)();
  }
  assert.deepEqual(await all, ["build", "more", "quick", "unit"]);
  assert.deepEqual(log.slice(0, 4), ["begin build", "begin quick", "end quick", "end build"]);
  assert.deepEqual(log.slice(4, 6).sort(), ["begin more", "begin unit"]);
});

test("a failed stage shows where it broke, however far from the end", () => {
  const noise = (count) => Array.from({ length: count }, (_, i) => `[ OK ] ${i}`);
  const report = ["==7==ERROR: AddressSanitizer: heap-use-after-free", "    #0 in culprit()"];
  const shown = excerpt([...noise(500), ...report, ...noise(500)].join("\n") + "\n");
  assert.ok(shown.includes("    #0 in culprit()"));
  assert.equal(shown[0], "...");
  assert.equal(shown.at(-1), "[ OK ] 499");
  assert.ok(shown.length < 100);
  assert.deepEqual(excerpt("one\ntwo\n"), ["one", "two"]);
  const often = excerpt(noise(500).map((line) => `${line}: Failure`).join("\n"));
  assert.ok(often.length < 300);
});
