// A second go for tests that failed: alone, once. A machine that stood still for a second may break
// a test that waits for a clock; a fault in the program breaks it again. What passes only now is
// told by name in the closing lines (decision 0056). A crash or a sanitizer's finding has no second
// go: such a program leaves no list of failed cases.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

// More failures than this in one stage are no bad luck.
export const secondGoesMax = 3;

// The full names of the cases that failed in one GoogleTest report: "All/Suite.Case/0".
export function failedCases(report) {
  return (report.testsuites ?? []).flatMap((suite) =>
    (suite.testsuite ?? []).filter((one) => one.failures?.length)
      .map((one) => `${suite.name}.${one.name}`));
}

// [{program, cases}] of a folder of reports; a program's report is named after it.
export function failedIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith(".json")).map((name) => ({
    program: name.replace(/(_test)?\.json$/, ""),
    cases: failedCases(JSON.parse(readFileSync(join(folder, name), "utf8"))),
  })).filter(({ cases }) => cases.length);
}

// The names of failed tests that node's reporters print, without repetition.
export function failedWalks(output) {
  const spec = [...output.matchAll(/^\s*✖ (.+) \([\d.]+ms\)$/gm)].map(([, name]) => name);
  const tap = [...output.matchAll(/^not ok \d+ - (.+)$/gm)].map(([, name]) => name);
  return [...new Set([...spec, ...tap])];
}

// Plays each failed test again by `go(name)`, which tells whether it went well. `counts` are the
// first go's; where they tell of more failures than `names` has, something else broke as well and
// nothing is played. Gives {counts, isFine, again}: `again` names those that passed now.
export async function secondGo({ counts, names, go }) {
  const isWorth = names.length > 0 && names.length <= secondGoesMax &&
    names.length === counts.failed;
  if (!isWorth) return { counts, isFine: false, again: [] };
  const again = [];
  for (const name of names) if (await go(name)) again.push(name);
  const moved = again.length;
  const settled = {
    ...counts, passed: counts.passed + moved, failed: counts.failed - moved,
  };
  return { counts: settled, isFine: settled.failed === 0, again };
}
