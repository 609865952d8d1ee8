// The house style as a test: prints what breaks it and fails if anything does. What the rules are
// stands in STYLE.md; how each is judged in tools/tidy/.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { stale } from "./gen.mjs";
import { fileRules } from "./tidy/rules.mjs";
import { treeRules } from "./tidy/tree.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const skipped = new Set([".git", "build", "data", "node_modules", "dist", "uploads"]);
const textBytesMax = 4 << 20;

// Tracked and new files; without git (an unpacked archive) every file outside the output folders.
export function listFiles() {
  const words = ["-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard", "-z"];
  const git = spawnSync("git", words, { cwd: root, maxBuffer: 64 << 20 });
  if (git.status === 0) {
    const paths = git.stdout.toString().split("\0").filter(Boolean);
    return [...new Set(paths)].filter((path) => existsSync(join(root, path))).sort();
  }
  return walk("").sort();
}

function walk(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (skipped.has(entry.name)) return [];
    if (entry.isDirectory()) return walk(path);
    return entry.isFile() ? [path] : [];
  });
}

function readTexts(paths) {
  const files = new Map();
  for (const path of paths) {
    const status = statSync(join(root, path));
    if (!status.isFile() || status.size > textBytesMax) continue;
    const bytes = readFileSync(join(root, path));
    if (!bytes.subarray(0, 8000).includes(0)) files.set(path, bytes.toString("utf8"));
  }
  return files;
}

function formatFindings(paths) {
  const sources = paths.filter((path) => /^(src|tests|tools)\/.*\.(cpp|h)$/.test(path));
  if (sources.length === 0) return [];
  const words = ["--dry-run", "--Werror", "--ferror-limit=1", ...sources];
  const run = spawnSync("clang-format-19", words, { cwd: root, maxBuffer: 64 << 20 });
  if (run.error) return [{ path: ".clang-format", line: 1, say: "clang-format-19 is not here" }];
  const places = [...run.stderr.toString().matchAll(/^(\S+?):(\d+):\d+: error/gm)];
  return places.map(([, path, line]) => ({ path, line: Number(line), say: "run ./anlan fmt" }));
}

function generatedFindings() {
  try {
    return stale(root).map(([path]) => ({ path, line: 1, say: "stale: run node tools/gen.mjs" }));
  } catch (problem) {
    return [{ path: "src/core/errors.def", line: 1, say: problem.message }];
  }
}

function main() {
  const paths = listFiles();
  const files = readTexts(paths);
  const folders = new Set(paths.flatMap((path) =>
    path.split("/").map((_, i, parts) => parts.slice(0, i).join("/"))));
  const exists = (path) =>
    files.has(path) || paths.includes(path) || folders.has(path.replace(/\/$/, ""));
  const findings = [
    ...[...files].flatMap(([path, text]) => fileRules.flatMap((rule) => rule({ path, text }))),
    ...treeRules.flatMap((rule) => rule(files, exists)),
    ...formatFindings(paths),
    ...generatedFindings(),
  ];
  findings.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));
  for (const { path, line, say } of findings) console.log(`${path}:${line}: ${say}`);
  console.log(`tidy: ${files.size} files, ${findings.length} findings`);
  process.exit(findings.length ? 1 : 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
