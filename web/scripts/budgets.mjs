// Fails when a page loads more than its budget (frontend.md, section 3). Sizes are gzip -9 in KiB:
// what an entry needs before it draws, and each chunk that the phone loads later.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const dist = join(import.meta.dirname, "../dist");
const rulesBudget = 300; // fetched on first use
const budgets = { m: { first: 100, chunk: 40 }, desk: { first: 150, chunk: 180 } };

function sizeOf(file) {
  return gzipSync(readFileSync(join(dist, file)), { level: 9 }).length / 1024;
}

// All files that come before the first drawing, and the entries of lazy chunks reached from there.
export function reach(manifest, start) {
  const files = new Set();
  const lazy = new Set();
  const seen = new Set();
  const walk = (key) => {
    if (seen.has(key)) return;
    seen.add(key);
    const chunk = manifest[key];
    files.add(chunk.file);
    for (const css of chunk.css ?? []) files.add(css);
    for (const next of chunk.imports ?? []) walk(next);
    for (const next of chunk.dynamicImports ?? []) lazy.add(next);
  };
  walk(start);
  return { files, lazy };
}

function later(manifest, first) {
  const seen = new Map();
  const queue = [...first.lazy];
  while (queue.length > 0) {
    const key = queue.pop();
    if (seen.has(key)) continue;
    const { files, lazy } = reach(manifest, key);
    seen.set(key, [...files].filter((file) => !first.files.has(file)));
    queue.push(...lazy);
  }
  return seen;
}

// Stylesheets that come with a later page only. The desk has none, so that no page of it is ever
// drawn without its layout.
export function lateStyles(manifest, start) {
  const first = reach(manifest, start);
  const files = [...later(manifest, first).values()].flat();
  return [...new Set(files.filter((file) => file.endsWith(".css")))].sort();
}

function main() {
  const manifest = JSON.parse(readFileSync(join(dist, "manifest.json"), "utf8"));
  let isOver = false;
  const judge = (name, files, limit) => {
    const size = files.reduce((sum, file) => sum + sizeOf(file), 0);
    const verdict = size > limit ? "OVER" : "ok";
    if (size > limit) isOver = true;
    console.log(`${verdict.padEnd(5)}${size.toFixed(1).padStart(7)} KB of ${limit} KB  ${name}`);
  };
  for (const [entry, budget] of Object.entries(budgets)) {
    const first = reach(manifest, `${entry}/index.html`);
    judge(`${entry}: first load`, [...first.files], budget.first);
    for (const [key, files] of later(manifest, first)) {
      judge(`${entry}: ${key}`, files, budget.chunk);
    }
  }
  for (const file of lateStyles(manifest, "desk/index.html")) {
    isOver = true;
    console.log(`OVER  ${file} is not among the styles of src/desk/main.tsx`);
  }
  const rules = manifest["../build/wasm/rules.wasm"];
  if (rules) judge("rules", [rules.file], rulesBudget);
  // An old phone takes the service worker as one plain script only.
  if (manifest["src/worker/sw.ts"]?.imports?.length) {
    isOver = true;
    console.log("OVER  sw.js shares a chunk with a page");
  }
  process.exitCode = isOver ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();
