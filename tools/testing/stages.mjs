// The stages of ./anlan test. A stage gives {counts, isFine}; its output is in a log. Those that
// mostly compile stand in one queue, those that mostly wait (for a browser, a clock, a disk) in the
// other, and one of each goes at a time: tools/run_tests.mjs.
import {
  appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { run } from "./command.mjs";
import { failedIn, failedWalks, secondGo } from "./again.mjs";
import { ctestFolder, none, said, settle, vitest } from "./count.mjs";

const jobs = String(availableParallelism());
// A compiler does not keep the test beside it waiting. Where the kernel shares the processors out
// by sessions, and every command of ours is one, it is the session that must be nice.
const gently = ["sh", "-c",
  '{ echo 10 >/proc/self/autogroup; } 2>/dev/null; exec nice -n 10 "$@"', "gently"];
const results = "build/test";
const sanitizerFlags = "-O1 -g1";
// The tests that use threads, or play the engine's queue.
const threadTests = ["core", "store", "engine", "plant", "schema"];
// A thousand simulated days take too long under a sanitizer; the other engine tests walk the same
// code.
const slowTests = ["hazard_days", "permit_year"];
// Whole plants on PostgreSQL take minutes more under a sanitizer and walk our code as they do on
// SQLite; the rooms' own tests run on both. With ANLAN_WHOLE=1 they run too.
const slowCases = "Files/PostgresCase.*:Databases/EmergencyTest.*Postgres";
// One in so many of the text cases that vary one matter.
const familiesEvery = "6";
const lighter = process.env.ANLAN_WHOLE ? {}
  : { GTEST_FILTER: `-${slowCases}`, ANLAN_FAMILIES_EVERY: familiesEvery };

function glob(folder, pattern) {
  return existsSync(folder) ? readdirSync(folder).filter((name) => pattern.test(name)).sort() : [];
}

const sources = (pattern) =>
  glob("src", /^[a-z]+$/).flatMap((room) =>
    glob(`src/${room}`, pattern).map((name) => ({ room, name: name.replace(/\.cpp$/, "") })));

function scripts() {
  if (!existsSync("web/package.json")) return {};
  return JSON.parse(readFileSync("web/package.json", "utf8")).scripts ?? {};
}

const logOf = (name) => join(results, `${name.replaceAll(" ", "_")}.log`);

// A stage that is one command and counts what it says.
function command(name, words, options = {}) {
  const go = async () => {
    const { isFine, output } = await run(words, { log: logOf(name), ...options });
    return { isFine, counts: said(output, isFine) };
  };
  return { name, go };
}

// A stage that only makes something: it counts when it breaks.
function build(name, commands, options = {}) {
  const go = async () => {
    for (const [i, words] of commands.entries()) {
      const { isFine } = await run(words, { log: logOf(name), append: i > 0, ...options });
      if (!isFine) return { isFine, counts: { ...none, failed: 1 } };
    }
    return { isFine: true, counts: none };
  };
  return { name, go };
}

function skip(name, reason) {
  return { name, go: async () => ({ isFine: true, counts: none, reason }) };
}

async function runCtest(name, { folder, words = [], env = {}, before = [] }) {
  const reports = resolve(results, name.replaceAll(" ", "_"));
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const ctest = [...before, "ctest", "--test-dir", folder, "--output-on-failure",
    "--no-tests=ignore"];
  const options = { log: logOf(name), append: true, seconds: 3000 };
  const first = [...ctest, "-j", jobs, "--output-junit", join(reports, "ctest.xml"), ...words];
  const { isFine } = await run(first, {
    ...options, env: { GTEST_OUTPUT: `json:${reports}/`, ...env },
  });
  const counts = settle(ctestFolder(reports), isFine);
  if (isFine) return { isFine, counts };
  const failed = failedIn(reports);
  const programOf = new Map(failed.flatMap(({ program, cases }) =>
    cases.map((one) => [one, program])));
  const go = async (one) => {
    const words = ["-R", `^${programOf.get(one)}$`];
    return (await run([...ctest, ...words], { ...options, env: { ...env, GTEST_FILTER: one } }))
      .isFine;
  };
  return secondGo({ counts, names: [...programOf.keys()], go });
}

// The names of a build's tests; the program of test x is x_test.
async function testsOf(folder, log) {
  const { output } = await run(["ctest", "--test-dir", folder, "-N"], { log, append: true });
  return [...output.matchAll(/^ +Test +#\d+: (\S+)$/gm)].map((match) => match[1]);
}

function sanitizer(name, { kind, only, env, before = [] }) {
  const go = async () => {
    const folder = `build/${kind}`;
    const log = logOf(name);
    const configure = ["cmake", "-S", ".", "-B", folder, "-G", "Ninja", "-Wno-dev",
      `-DANLAN_SANITIZE=${kind}`, "-DANLAN_UNITY=ON", "-DCMAKE_BUILD_TYPE=",
      `-DCMAKE_CXX_FLAGS=${sanitizerFlags}`];
    let { isFine } = await run(configure, { log });
    const tests = (await testsOf(folder, log))
      .filter((test) => !slowTests.includes(test) && (!only || only.includes(test)));
    const compile = [...gently, "ninja", "-j", jobs, "-k", "0", "-C", folder,
      ...tests.map((test) => `${test}_test`)];
    // A room that does not compile leaves the others to be tested.
    isFine &&= (await run(compile, { log, append: true, seconds: 3000 })).isFine;
    const words = ["-R", `^(${tests.join("|")})$`];
    const outcome = await runCtest(name, {
      folder, words, env: { ...lighter, ...env }, before: [...gently, ...before],
    });
    const allFine = isFine && outcome.isFine;
    return { ...outcome, isFine: allFine, counts: settle(outcome.counts, allFine) };
  };
  return { name, go };
}

function fuzz() {
  const name = "fuzz";
  const targets = sources(/_fuzz\.cpp$/).map((target) => target.name);
  if (targets.length === 0) return skip(name, "no targets yet");
  const go = async () => {
    const log = logOf(name);
    let isFine = (await run([...gently, "tools/fuzz.sh", "--build"], { log })).isFine;
    const counts = { ...none };
    const queue = [...targets];
    const worker = async () => {
      while (queue.length) {
        const fine = await fuzzOne(queue.shift(), log);
        if (fine) counts.passed++;
        else counts.failed++;
        isFine &&= fine;
      }
    };
    await Promise.all(Array.from({ length: Number(jobs) }, worker));
    return { isFine, counts: settle(counts, isFine) };
  };
  return { name, go };
}

// First every case of the corpus once, then a fixed number of new ones from a fixed seed: CI must
// not depend on luck. Longer hunts: ./anlan fuzz TARGET SECONDS.
async function fuzzOne(target, logOfAll) {
  const program = `build/fuzz/${target}`;
  const corpus = `tests/corpus/${target}`;
  const seeds = existsSync(corpus) ? [corpus] : [];
  const found = `build/fuzz/found/${target}`;
  mkdirSync(found, { recursive: true });
  const common = [`-artifact_prefix=build/fuzz/${target}-`, "-timeout=10", "-rss_limit_mb=2048"];
  const log = logOf(target); // two targets run at a time: their lines must not mix
  const options = { log, append: true, seconds: 120 };
  rmSync(log, { force: true });
  let { isFine } = await run([program, "-runs=0", ...common, ...seeds], options);
  const words = [program, "-runs=3000", "-seed=1", ...common, found, ...seeds];
  isFine &&= (await run(words, options)).isFine;
  if (!isFine) appendFileSync(logOfAll, readFileSync(log));
  return isFine;
}

function webTests() {
  if (!scripts().test) return skip("web tests", "web has none yet");
  const report = resolve(results, "vitest.json");
  const go = async () => {
    rmSync(report, { force: true });
    const words = ["npm", "--prefix", "web", "run", "--silent", "test", "--",
      "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const { isFine, output } = await run(words, { log: logOf("web tests") });
    const counts = existsSync(report)
      ? vitest(JSON.parse(readFileSync(report, "utf8"))) : said(output, isFine);
    return { isFine, counts: settle(counts, isFine) };
  };
  return { name: "web tests", go };
}

function webScript(name, script) {
  if (!scripts()[script]) return skip(name, `web has no script '${script}' yet`);
  return command(name, ["npm", "--prefix", "web", "run", "--silent", script]);
}

function e2e() {
  if (scripts().e2e) return webScript("e2e", "e2e");
  if (!existsSync("tests/e2e/run.mjs")) return skip("e2e", "there are no browser walks yet");
  const words = ["node", "tests/e2e/run.mjs"];
  const options = { log: logOf("e2e"), append: true };
  const go = async () => {
    const { isFine, output } = await run(words, { ...options, append: false, seconds: 2700 });
    const counts = said(output, isFine);
    if (isFine) return { isFine, counts };
    const walkAgain = async (name) => (await run([...words, name], { ...options, seconds: 900 }))
      .isFine;
    return secondGo({ counts, names: failedWalks(output), go: walkAgain });
  };
  return { name: "e2e", go };
}

// {compiled, rest}: each queue in its order, what fails soonest first. `after` names the stage of
// the other queue that must have ended before.
export function allStages() {
  mkdirSync(results, { recursive: true });
  const toolTests = glob("tools", /_test\.mjs$/).map((file) => `tools/${file}`);
  const release = [...gently, "ninja", "-j", jobs, "-k", "0", "-C", "build/release"];
  const after = "release build";
  const compiled = [
    build(after, [[...gently, "tools/build.sh", "native"]], { seconds: 2400 }),
    command("headers alone", [...release, "headers_alone"]),
    { ...command("browser", ["node", "tests/browser/run.mjs"]), after: "pages" },
    sanitizer("address", {
      kind: "address",
      env: {
        ASAN_OPTIONS: "detect_stack_use_after_return=1", UBSAN_OPTIONS: "print_stacktrace=1",
      },
    }),
    sanitizer("thread", {
      kind: "thread",
      only: threadTests,
      env: { TSAN_OPTIONS: "halt_on_error=1:second_deadlock_stack=1" },
      // The sanitizer's shadow memory does not stand every layout that the kernel may draw.
      before: ["setarch", "--addr-no-randomize"],
    }),
    fuzz(),
  ];
  const rest = [
    command("tidy", ["node", "tools/tidy.mjs"]),
    command("tools", ["node", "--test", "--test-reporter=tap", ...toolTests]),
    build("pages", [["tools/build.sh", "pages"]]),
    webScript("web types", "check"),
    webTests(),
    webScript("web budgets", "budgets"),
    { ...command("licences", ["node", "tools/licences.mjs"]), after },
    { name: "unit", go: () => runCtest("unit", { folder: "build/release" }), after },
    { ...command("survive", ["node", "tests/survive/run.mjs"]), after },
    { ...command("crawl", ["node", "--test", "--test-reporter=tap", "tests/security/crawl.mjs"]),
      after },
    { ...e2e(), after },
    { ...command("clang-tidy", ["node", "tools/lint.mjs"]), after },
  ];
  return { compiled, rest };
}
