// Builds the WebAssembly module of the pages: the rooms of the server that a browser needs, and the
// libraries under them out of Debian's own sources. Run inside the root.
//   node tools/wasm.mjs          builds build/wasm/rules.wasm, only what changed
//   node tools/wasm.mjs size     prints what a browser loads, in KB of gzip -9: the wasm_kb_gz
//   node tools/wasm.mjs stamp    prints the sum of everything that it is made of
// docs/decisions/0053-webassembly.md says why so.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync,
} from "node:fs";
import { availableParallelism, homedir } from "node:os";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = resolve(fileURLToPath(import.meta.url), "../..");
const out = "build/wasm";
export const moduleFile = join(root, out, "rules.wasm");

// Sources that reach for the machine (clock, disk, random numbers, OpenSSL) or only run tests are
// left out; what the linker does not reach costs nothing.
const core = ["check", "filter", "id", "json", "json_read", "json_text", "result", "text", "time"];
const flow = /^(model|screen|lint.*|findings|formula|xml|scopes|read_.*)\.cpp$/;
const notForBrowser = /(_test|_fuzz|_bench)\.cpp$|^tck\.cpp$/;
const optimise = "-Oz";
const plain = [optimise, "-ffunction-sections", "-fdata-sections"];
const cpp = [...plain, "-std=gnu++23", "-fno-exceptions", "-fno-rtti"];

const libraries = [
  {
    name: "pcre2", sources: /^src\/pcre2_[a-z0-9_]+\.c$/,
    // Fuzzing, the matcher without captures and the programs are not in the library we link.
    never: /_(dftables|fuzzsupport|jit_\w+|dfa_match|printint|ucptables)\.c$|test\.c$|demo\.c$/,
    copies: [["src/pcre2.h.generic", "pcre2.h"], ["src/config.h.generic", "config.h"],
      ["src/pcre2_chartables.c.dist", "pcre2_chartables.c"]],
    flags: ["-DHAVE_CONFIG_H", "-DPCRE2_CODE_UNIT_WIDTH=8", "-DSUPPORT_UNICODE",
      "-DPCRE2_STATIC"],
  },
  {
    name: "pugixml", sources: /^src\/pugixml\.cpp$/, flags: ["-DPUGIXML_NO_EXCEPTIONS",
      "-DPUGIXML_NO_XPATH"],
  },
  {
    name: "yyjson", sources: /^src\/yyjson\.c$/,
    flags: ["-DYYJSON_DISABLE_WRITER=1", "-DYYJSON_DISABLE_UTILS=1",
      "-DYYJSON_DISABLE_NON_STANDARD=1", "-DYYJSON_DISABLE_FAST_FP_CONV=1"],
  },
];

function run(words, options = {}) {
  const done = spawnSync(words[0], words.slice(1), { cwd: root, encoding: "utf8", ...options });
  if (done.status === 0) return done.stdout ?? "";
  const said = `${done.stdout ?? ""}${done.stderr ?? done.error?.message ?? ""}`;
  throw new Error(`${words.join(" ").slice(0, 300)}\n${said.slice(-4000)}`);
}

const list = (folder, pattern) =>
  readdirSync(join(root, folder)).filter((name) => pattern.test(name)).sort()
    .map((name) => `${folder}/${name}`);

function ownSources() {
  return [
    ...core.map((name) => `src/core/${name}.cpp`), "src/access/modes.cpp",
    ...list("src/rules", /\.cpp$/), ...list("src/flow", flow), ...list("src/browser", /\.cpp$/),
  ].filter((path) => !notForBrowser.test(path.split("/").at(-1)));
}

function stamp() {
  const sum = createHash("sha256");
  const rooms = readFileSync(join(root, "src/ROOMS"), "utf8").split(/\s+/);
  const below = rooms.slice(0, rooms.indexOf("browser") + 1).filter((name) => name);
  const headers = below.flatMap((room) => list(`src/${room}`, /\.(h|def)$/));
  for (const path of [...ownSources(), ...headers, "tools/wasm.mjs", "tools/unity.mjs"]) {
    sum.update(`${path}\0`).update(readFileSync(join(root, path)));
  }
  return sum.digest("hex").slice(0, 32);
}

// Debian's source archives of the libraries that the server links from Debian too. apt checks them
// against the signed index of the release; nothing of the machine's own lists is touched. Kept for
// all clones.
function fetchArchives() {
  const kept = join(homedir(), ".cache/anlan/wasm_sources");
  const has = () => existsSync(kept) &&
    libraries.every(({ name }) => readdirSync(kept).some((file) => file.startsWith(`${name}_`)));
  if (!has()) {
    console.error("anlan: fetching the sources of pcre2, pugixml and yyjson (once)");
    mkdirSync(join(homedir(), ".cache/anlan"), { recursive: true });
    const work = mkdtempSync(join(homedir(), ".cache/anlan/fetch-"));
    try {
      download(work);
      rmSync(kept, { recursive: true, force: true });
      renameSync(join(work, "archives"), kept);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  return kept;
}

function download(work) {
  const archives = join(work, "archives");
  mkdirSync(archives);
  mkdirSync(join(work, "lists/partial"), { recursive: true });
  mkdirSync(join(work, "parts"));
  writeFileSync(join(work, "sources.list"), sourceLines());
  const apt = ["apt-get", "-qq", "-o", `Dir::Etc::SourceList=${work}/sources.list`,
    "-o", `Dir::Etc::SourceParts=${work}/parts`, "-o", `Dir::State::Lists=${work}/lists`,
    "-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache=",
    "-o", "APT::Sandbox::User=root"];
  run([...apt, "update"]);
  const names = libraries.map(({ name }) => name);
  run([...apt, "source", "--download-only", "--tar-only", ...names], { cwd: archives });
}

// The machine's own archives of Debian, asked for sources.
function sourceLines() {
  const files = ["/etc/apt/sources.list",
    ...["/etc/apt/sources.list.d"].filter((folder) => existsSync(folder)).flatMap((folder) =>
      readdirSync(folder).map((name) => join(folder, name)))];
  const text = files.filter((file) => existsSync(file))
    .map((file) => readFileSync(file, "utf8")).join("\n\n");
  const lines = [...text.matchAll(/^deb([ \t].*)$/gm)].map(([, rest]) => `deb-src${rest}`);
  for (const block of text.split(/\n\s*\n/)) {
    const word = (name) => new RegExp(`^${name}:[ \\t]*(.+)$`, "m").exec(block)?.[1].trim();
    const [uris, suites, parts] = [word("URIs"), word("Suites"), word("Components")];
    if (!uris || !suites) continue;
    const signed = word("Signed-By");
    for (const uri of uris.split(/\s+/)) {
      for (const suite of suites.split(/\s+/)) {
        lines.push(`deb-src ${signed ? `[signed-by=${signed}] ` : ""}${uri} ${suite} ${parts}`);
      }
    }
  }
  if (lines.length === 0) throw new Error("apt knows no Debian archive");
  return `${[...new Set(lines)].join("\n")}\n`;
}

// {name: folder}, unpacked; again where the archive is another than last time.
function unpack() {
  const kept = fetchArchives();
  return Object.fromEntries(libraries.map(({ name, copies = [] }) => {
    const archive = readdirSync(kept).find((file) => file.startsWith(`${name}_`));
    const folder = join(root, out, "lib", archive.replace(/\.orig\.tar\.\w+$/, ""));
    if (!existsSync(folder)) {
      mkdirSync(`${folder}.new`, { recursive: true });
      run(["tar", "xf", join(kept, archive), "--strip-components=1", "-C", `${folder}.new`]);
      for (const [from, to] of copies) {
        writeFileSync(join(`${folder}.new`, "src", to), readFileSync(join(`${folder}.new`, from)));
      }
      renameSync(`${folder}.new`, folder);
    }
    return [name, folder];
  }));
}

// Sources that can be compiled as one are: each would pay the headers anew.
function groups(sources) {
  const lines = run(["node", "tools/unity.mjs", "12", ...sources.map((path) => join(root, path))]);
  const all = new Map();
  for (const line of lines.trim().split("\n")) {
    const [number, path] = line.split(/ (.*)/);
    all.set(number, [...all.get(number) ?? [], path]);
  }
  return [...all.values()];
}

function compileSteps() {
  const folders = unpack();
  const steps = [];
  for (const { name, sources, never = /^$/, flags } of libraries) {
    const folder = folders[name];
    for (const file of readdirSync(join(folder, "src"))) {
      const path = `src/${file}`;
      if (!sources.test(path) || never.test(path)) continue;
      const words = /\.cpp$/.test(file) ? ["em++", ...cpp] : ["emcc", ...plain];
      steps.push({
        object: `${out}/${name}_${file}.o`, source: join(folder, path),
        words: [...words, ...flags, `-I${folder}/src`],
      });
    }
  }
  const include = Object.values(folders).flatMap((folder) => ["-isystem", `${folder}/src`]);
  for (const room of ["core", "rules", "access", "flow", "browser"]) {
    const own = ownSources().filter((path) => path.startsWith(`src/${room}/`));
    groups(own).forEach((files, number) => {
      const source = `${out}/${room}_${number}.cpp`;
      write(source, files.map((file) => `#include "${file}"\n`).join(""));
      steps.push({
        object: `${source}.o`, source: join(root, source),
        words: ["em++", ...cpp, "-Wall", "-Isrc", ...include],
      });
    });
  }
  return steps;
}

function write(path, text) {
  const file = join(root, path);
  if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
}

// No glue of emscripten's: the page brings the few imports itself, web/src/rules/module.ts, and so
// the module can reach nothing.
const link = ["-sSTANDALONE_WASM", "--no-entry", "-sALLOW_MEMORY_GROWTH", "-sMAXIMUM_MEMORY=256MB",
  "-sINITIAL_MEMORY=4MB", "-sSTACK_SIZE=1MB", "-sEXPORTED_FUNCTIONS=_anlan_answer,_malloc,_free",
  "-sMALLOC=emmalloc", "-Wl,--gc-sections"];

function build() {
  mkdirSync(join(root, out), { recursive: true });
  const steps = compileSteps();
  const quote = (word) => word.replaceAll("$", "$$").replaceAll(" ", "$ ");
  const objects = steps.map(({ object }) => quote(object)).join(" ");
  const rules = steps.map(({ object, source, words }) =>
    `build ${quote(object)}: compile ${quote(source)}\n  words = ${words.join(" ")}\n`);
  write(`${out}/build.ninja`, [
    "rule compile\n  command = $words -MMD -MF $out.d -c $in -o $out\n  depfile = $out.d\n" +
      "  deps = gcc\n  description = wasm $out\n",
    `rule link\n  command = em++ ${optimise} ${link.join(" ")} $in -o $out\n`,
    ...rules, `build ${out}/rules.wasm: link ${objects}\n`, `builddir = ${out}\n`,
  ].join("\n"));
  const jobs = process.env.ANLAN_JOBS ?? String(availableParallelism());
  run(["ninja", "-f", `${out}/build.ninja`, "-j", jobs, `${out}/rules.wasm`], {
    env: { ...process.env, EM_FROZEN_CACHE: "1" },
  });
}

// Of the module; what loads it stands in the page's own script and is 1 KB more.
export function sizeKb() {
  return gzipSync(readFileSync(moduleFile), { level: 9 }).length / 1024;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [what] = process.argv.slice(2);
  if (what === "stamp") console.log(stamp());
  else if (what === "size") console.log(`wasm_kb_gz ${sizeKb().toFixed(1)}`);
  else {
    build();
    console.error(`anlan: ${relative(root, moduleFile)}, ${sizeKb().toFixed(1)} KB of gzip`);
  }
}
