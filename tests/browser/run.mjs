// The same question to the server's code and to the module of the pages: the answers must be equal
// to the character. Asked are every case of the DMN TCK (where it is at hand), random FEEL out of a
// seed, every BPMN and DMN model we have. Run inside the root, after the builds.
//   node tests/browser/run.mjs [SEED]
import { spawnSync } from "node:child_process";
import {
  closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, writeFileSync, writeSync,
} from "node:fs";
import { createInterface } from "node:readline";
import { createReadStream } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { context, dice, expression, formulas, spoiled, tests } from "./feel.mjs";
import { tckRequests } from "./tck.mjs";

const root = resolve(fileURLToPath(import.meta.url), "../../..");
const work = join(root, "build/test/browser");
const native = join(root, "build/release/tests/answer_lines");
const wasm = join(root, "build/wasm/rules.wasm");
const shared = ["../shared/data", "/shared/data"].map((path) => resolve(root, path))
  .find((path) => existsSync(path));
const seed = Number(process.argv[2] ?? 20261122);
const randomCount = 8000;
const groupSize = 500;

function randomRequests() {
  const own = dice(seed);
  const world = { context, formulas, now: "2026-11-22T06:30:00Z", utc_offset_seconds: 28800 };
  return Array.from({ length: randomCount }, (_, at) => {
    const group = `random ${Math.floor(at / groupSize)}`;
    const kind = at % 8;
    if (kind === 6) {
      const given = { ...context, "?": own.one([3, "x", null, 5, 12.5]) };
      return { group, request: { ask: "test", tests: tests(own), ...world, context: given } };
    }
    const text = kind === 7 ? spoiled(own) : expression(own);
    const names = Object.keys(context);
    return { group, request: kind === 7 && own.chance(0.5)
      ? { ask: "compile", expression: text, names }
      : { ask: "evaluate", expression: text, ...world } };
  });
}

const modelsBelow = (folder, end) => readdirSync(folder, { recursive: true })
  .filter((name) => name.endsWith(end)).sort().map((name) => join(folder, name));

function modelRequests() {
  const folders = ["packs", "tests", "examples"].map((name) => join(root, name))
    .concat(shared ? [join(shared, "bpmn")] : []).filter((path) => existsSync(path));
  const broken = (xml, own) => {
    const at = own.below(xml.length);
    return xml.slice(0, at) + xml.slice(at + 1 + own.below(60));
  };
  const own = dice(seed + 1);
  return folders.flatMap((folder) => [
    ...modelsBelow(folder, ".bpmn").flatMap((file) => {
      const xml = readFileSync(file, "utf8");
      const bad = Array.from({ length: 10 }, () => broken(xml, own));
      return [xml, ...bad].map((text) =>
        ({ group: `lint ${file}`, request: { ask: "lint", xml: text } }));
    }),
    ...modelsBelow(folder, ".dmn").map((file) =>
      ({ group: `tables ${file}`, request: { ask: "describe", xml: readFileSync(file, "utf8") } })),
  ]);
}

// The loader of the pages itself, as a module that node can read.
async function openModule() {
  const { build } = await import(pathToFileURL(
    join(root, "web/node_modules/vite/dist/node/index.js")).href);
  await build({
    configFile: false, logLevel: "error", root: join(root, "web"),
    build: {
      outDir: work, emptyOutDir: false, minify: false, copyPublicDir: false,
      lib: { entry: join(root, "web/src/rules/module.ts"), formats: ["es"], fileName: "module" },
    },
  });
  const { openModule: open } = await import(pathToFileURL(join(work, "module.js")).href);
  return open(readFileSync(wasm));
}

function askServer(asked) {
  const questions = join(work, "questions.jsonl");
  const answers = join(work, "answers.jsonl");
  const file = openSync(questions, "w");
  for (const { request } of asked) writeSync(file, `${JSON.stringify(request)}\n`);
  closeSync(file);
  const [input, output] = [openSync(questions, "r"), openSync(answers, "w")];
  const { status, signal, error } = spawnSync(native, [], { stdio: [input, output, "inherit"] });
  closeSync(input);
  closeSync(output);
  if (status !== 0) throw new Error(`answer_lines: ${error?.message ?? signal ?? status}`);
  return createInterface({ input: createReadStream(answers) });
}

// What the module could ask of the page: nothing but to say that it ran out of memory or stopped.
const harmless = ["emscripten_notify_memory_growth", "fd_close", "fd_seek", "fd_write"];

async function compare(asked) {
  const module = await openModule();
  const groups = new Map(); // name to how many answers differ
  const counts = { values: 0, nulls: 0, errors: 0 };
  let at = 0;
  for await (const line of askServer(asked)) {
    const { group, request } = asked[at++];
    const own = module.ask(JSON.stringify(request));
    const { error, text, value } = JSON.parse(line);
    counts[error ? "errors" : value === null && text === "null" ? "nulls" : "values"]++;
    const before = groups.get(group) ?? 0;
    groups.set(group, before + (own === line ? 0 : 1));
    if (own !== line && before < 3) {
      const shown = JSON.stringify({ ...request, xml: undefined, imports: undefined,
        zones: undefined, context: undefined, formulas: undefined });
      console.log(`DIFFERS ${group}\n  ${shown.slice(0, 600)}\n  server  ${
        line.slice(0, 600)}\n  browser ${own.slice(0, 600)}`);
    }
  }
  if (at !== asked.length) throw new Error(`${asked.length} questions, ${at} answers`);
  return { groups, counts };
}

async function main() {
  for (const file of [native, wasm]) {
    if (!existsSync(file)) throw new Error(`${file} is not built`);
  }
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, "seed"), `${seed}\n`);
  const tck = shared && existsSync(join(shared, "tck")) ? tckRequests(join(shared, "tck")) : [];
  const asked = [...randomRequests(), ...modelRequests(), ...tck];
  const { groups, counts } = await compare(asked);
  const failed = [...groups.values()].filter((differing) => differing > 0).length;
  console.log(`seed ${seed}: ${asked.length} questions, ${tck.length} of the TCK; ${
    counts.values} values, ${counts.nulls} nulls, ${counts.errors} errors`);
  if (tck.length === 0) console.log("the TCK is not at hand: its cases are skipped");
  // Both sides saying nothing would be equal too.
  const wants = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(wasm)))
    .map(({ name }) => name).sort();
  const isHarmless = wants.every((name) => harmless.includes(name));
  console.log(`the module imports ${wants.join(", ")}`);
  const isAsking = counts.values > asked.length / 3;
  if (!isAsking) console.log("too few answers have a value");
  const broken = failed + (isAsking ? 0 : 1) + (isHarmless ? 0 : 1);
  console.log(`${groups.size - failed + (isHarmless ? 1 : 0)} passed, ${broken} failed, ${
    tck.length === 0 ? 1 : 0} skipped`);
  process.exitCode = broken > 0 ? 1 : 0;
}

await main();
