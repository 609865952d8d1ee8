// Writes what is generated from one source, or with --check says what is stale.
//   src/core/errors.def -> web/src/generated/errors.ts, docs/formats/errors.md
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const source = "src/core/errors.def";
const head = `generated from ${source} by tools/gen.mjs; do not edit`;

// The entries of the catalogue, or an Error that names what is wrong with it.
export function parseCatalogue(text) {
  const string = '("(?:[^"\\\\]|\\\\.)*")';
  const parts = ["(\\w+)", string, "(\\d+)", string, string].join(",\\s*");
  const entry = new RegExp(`ANLAN_ERROR\\(\\s*${parts}\\s*\\)`, "g");
  const lines = text.replace(/\/\/.*$/gm, "");
  const entries = [...lines.matchAll(entry)].map(([, name, code, status, zh, en]) => ({
    name, code: JSON.parse(code), status: Number(status), zh: JSON.parse(zh), en: JSON.parse(en),
  }));
  const named = (lines.match(/ANLAN_ERROR\(/g) ?? []).length;
  if (named !== entries.length) throw new Error(`${named - entries.length} entries cannot be read`);
  const seen = new Set();
  for (const { name, code, status, zh, en } of entries) {
    if (seen.has(code) || seen.has(name)) throw new Error(`${code} stands there twice`);
    seen.add(code).add(name);
    if (!/^[a-z][a-z_]*$/.test(code)) throw new Error(`${code} is not a code`);
    if (status < 400 || status > 599) throw new Error(`${code} has status ${status}`);
    if (!zh || !en) throw new Error(`${code} has no text`);
  }
  return entries;
}

export function typescript(entries) {
  const union = entries.map((entry) => `  | ${JSON.stringify(entry.code)}`).join("\n");
  const rows = entries.map(({ code, status, zh, en }) => {
    const texts = `    zh: ${JSON.stringify(zh)},\n    en: ${JSON.stringify(en)},`;
    return `  ${code}: {\n    status: ${status},\n${texts}\n  },`;
  });
  return `// ${head}

export type ErrorCode =
${union};

export interface ErrorText {
  status: number;
  zh: string;
  en: string;
}

export const errorTexts: Readonly<Record<ErrorCode, ErrorText>> = {
${rows.join("\n")}
};
`;
}

export function markdown(entries) {
  const rows = entries.map(
    ({ code, status, zh, en }) => `| \`${code}\` | ${status} | ${zh} | ${en} |`);
  return `<!-- ${head} -->
# Refusals

Every refusal of the API carries one of these codes. A code is never renamed and never gets another
meaning. The texts are what a person sees where a pack has nothing better to say.

| code | HTTP status | 中文 | English |
|---|---|---|---|
${rows.join("\n")}
`;
}

export function outputs(catalogue) {
  const entries = parseCatalogue(catalogue);
  return {
    "web/src/generated/errors.ts": typescript(entries),
    "docs/formats/errors.md": markdown(entries),
  };
}

function read(path) {
  try { return readFileSync(path, "utf8"); } catch { return null; }
}

// The generated files that differ from what the sources say.
export function stale(root) {
  const wanted = outputs(readFileSync(join(root, source), "utf8"));
  return Object.entries(wanted).filter(([path, text]) => read(join(root, path)) !== text);
}

function main() {
  const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
  const differing = stale(root);
  if (process.argv.includes("--check")) {
    for (const [path] of differing) console.error(`${path} is stale: run node tools/gen.mjs`);
    process.exit(differing.length ? 1 : 0);
  }
  for (const [path, text] of differing) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    console.log(`wrote ${path}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
