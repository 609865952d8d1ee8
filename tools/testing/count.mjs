// Counts {passed, failed, skipped} out of what test programs leave behind.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

export const none = { passed: 0, failed: 0, skipped: 0 };

export function add(a, b) {
  return {
    passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped,
  };
}

// A stage that ended well has no failures, and one that broke has at least one.
export function settle(counts, isFine) {
  if (!isFine && counts.failed === 0) return { ...counts, failed: 1 };
  return counts;
}

// One program's GoogleTest report.
export function gtest(report) {
  const counts = { ...none };
  for (const suite of report.testsuites ?? []) {
    for (const one of suite.testsuite ?? []) {
      if (one.failures?.length) counts.failed++;
      else if (one.result === "SKIPPED" || one.status === "NOTRUN") counts.skipped++;
      else counts.passed++;
    }
  }
  return counts;
}

const attribute = (text, name) => new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1];

// The programs that ctest ran, from its JUnit report: [{name, status: "run" | "fail" | ...}].
export function ctestPrograms(junit) {
  return [...junit.matchAll(/<testcase\b([^>]*)>/g)].map(([, attributes]) => ({
    name: attribute(attributes, "name"), status: attribute(attributes, "status"),
  }));
}

// A program that wrote no report counts as one test, and one that died after its tests counts as
// one failure more. `reports` has the GoogleTest report of a program, or undefined.
export function ctest(programs, reports) {
  return programs.reduce((sum, { name, status }) => {
    const isFine = status === "run";
    const report = reports(name);
    if (report) return add(sum, settle(gtest(report), isFine));
    if (status === "disabled") return add(sum, { ...none, skipped: 1 });
    return add(sum, isFine ? { ...none, passed: 1 } : { ...none, failed: 1 });
  }, none);
}

export function ctestFolder(folder) {
  const junit = join(folder, "ctest.xml");
  if (!existsSync(junit)) return { ...none };
  const files = new Set(readdirSync(folder));
  const reports = (name) => {
    const file = [`${name}_test.json`, `${name}.json`].find((candidate) => files.has(candidate));
    return file ? JSON.parse(readFileSync(join(folder, file), "utf8")) : undefined;
  };
  return ctest(ctestPrograms(readFileSync(junit, "utf8")), reports);
}

// vitest's JSON report.
export function vitest(report) {
  const failed = report.numFailedTests ?? 0;
  return {
    passed: report.numPassedTests ?? 0,
    // A file that cannot be loaded fails as a suite without a test.
    failed: failed || (report.numFailedTestSuites ? 1 : 0),
    skipped: (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0),
  };
}

// What a program said at its end, in the forms that we know; one test where it said nothing.
export function said(output, isFine) {
  const plain = [...output.matchAll(
    /^\s*(?:\S+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$/gm)].pop();
  if (plain) {
    const [passed, failed, skipped] = plain.slice(1).map((word) => Number(word ?? 0));
    return settle({ passed, failed, skipped }, isFine);
  }
  const word = (name) =>
    Number(new RegExp(`^(?:#|ℹ) ${name} (\\d+)$`, "m").exec(output)?.[1] ?? NaN);
  if (!Number.isNaN(word("pass"))) {
    const counts = { passed: word("pass"), failed: word("fail"), skipped: word("skipped") || 0 };
    return settle(counts, isFine);
  }
  return isFine ? { ...none, passed: 1 } : { ...none, failed: 1 };
}
