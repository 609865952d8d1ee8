// The rules that look at one file. Each takes a file {path, text} and gives findings
// {path, line, say}. What needs the whole repository stands in tree.mjs.
import { functions, strip } from "./scan.mjs";

const lineMax = 100;
const functionMax = 60;
const fileMax = 500;

export function languageOf(path) {
  if (/\.(cpp|h|def)$/.test(path)) return "cpp";
  if (/\.(ts|tsx|mjs|js)$/.test(path)) return "ts";
  return null;
}

const testNames = /(_test\.(cpp|mjs)|\.test\.tsx?|\/test_\w+\.(h|cpp))$/;
const isTest = (path) => testNames.test(path) || path.startsWith("tests/");
const isGenerated = (path) => path.includes("/generated/");
const isCode = (path) => /(\.(cpp|h|ts|tsx|mjs|js|css|sh|cmake)|CMakeLists\.txt|^anlan|^\.ci\/run)$/
  .test(path) && !isGenerated(path);
const isTable = (path) => path.endsWith(".def") || path.startsWith("web/src/text/");
// These speak about the banned words themselves.
const speaksOfRules = (path) => path.startsWith("tools/tidy") || path === "STYLE.md";

function lineOf(text, at) {
  return text.slice(0, at).split("\n").length;
}

export function lengths({ path, text }) {
  if (!isCode(path)) return [];
  const findings = [];
  const lines = text.replace(/\n$/, "").split("\n");
  lines.forEach((line, i) => {
    const columns = [...line].length;
    if (columns > lineMax && !isTable(path)) {
      findings.push({ path, line: i + 1, say: `${columns} columns, at most ${lineMax}` });
    }
  });
  if (lines.length > fileMax && !isTable(path)) {
    findings.push({ path, line: lines.length, say: `${lines.length} lines, at most ${fileMax}` });
  }
  const language = languageOf(path);
  if (!language || isTable(path)) return findings;
  for (const { first, last } of functions(strip(text, language).code, language) ?? []) {
    const length = last - first + 1;
    if (length <= functionMax) continue;
    const say = `function of ${length} lines, at most ${functionMax}`;
    findings.push({ path, line: first, say });
  }
  return findings;
}

const inRoom = (...rooms) => (path) => rooms.some((room) => path.startsWith(`src/${room}/`));
const isCpp = (path) => /\.(cpp|h)$/.test(path);
const isWeb = (path) => path.startsWith("web/src/") && !isGenerated(path);

// {pattern, where, say}: `where` says in which files the word is banned. Only code is searched,
// not comments or quoted text, except where `everywhere` is set.
const banned = [
  {
    pattern: /\b(TODO|FIXME|XXX)\b/,
    where: () => true,
    everywhere: true,
    say: "is banned: do it now, or file an issue",
  },
  {
    pattern: /\bstub(bed|s)?\b/i,
    where: (path) => languageOf(path) !== null,
    everywhere: true,
    say: "is banned: write the real thing or leave it out",
  },
  {
    pattern: /\bsystem_clock::now\b|\btime\s*\(\s*(nullptr|NULL|0)\s*\)|\bgettimeofday\b/,
    where: (path) => isCpp(path) && path !== "src/core/time.cpp" && path !== "src/app/main.cpp",
    say: "is banned: take a Clock",
  },
  {
    pattern: /\bstd::(jthread|thread\b(?!::id)|async\b)|\bpthread_create\b/,
    where: (path) => isCpp(path) && !isTest(path) && !inRoom("engine", "connect", "api")(path),
    say: "is banned here: threads stand in engine, connect and api; use the writer queue",
  },
  {
    pattern: /\b(secure_)?getenv\b/,
    where: (path) => isCpp(path) && !isTest(path) && !inRoom("core", "app")(path),
    say: "is banned here: take a setting through the constructor",
  },
  {
    pattern: /\bs?rand\s*\(|\brandom_device\b/,
    where: (path) => isCpp(path) && path !== "src/core/random.cpp",
    say: "is banned: take a Random",
  },
  {
    pattern: /\bsleep_(for|until)\b|\b(u|nano)?sleep\s*\(|\bwaitForTimeout\b/,
    // What starts a foreign server for tests has nothing else than asking it again.
    where: (path) => languageOf(path) !== null && !path.startsWith("tests/support/"),
    say: "is banned: wait for the event itself",
  },
  {
    pattern: /\bstring_view\s+\w+\s*=[^;]*\bas_text\(\)\s*:\s*[);]/, // quoted texts are blanks here
    where: isCpp,
    say: "is banned: the view outlives the text that `?:` makes; hold a std::string (text_or)",
  },
  {
    pattern: /:\s*any\b|\bas\s+any\b|<any>/,
    where: (path) => isWeb(path),
    say: "is banned: name the type, or take unknown and look",
  },
  {
    pattern: /@ts-(ignore|nocheck|expect-error)|eslint-disable/,
    where: (path) => path.startsWith("web/"),
    everywhere: true,
    say: "is banned: make the types true",
  },
  {
    pattern: /\b(inner|outer)HTML\b|\bdangerouslySetInnerHTML\b|\bdocument\.write\b/,
    where: (path) => isWeb(path) && !isTest(path),
    say: "is banned: text goes into the page as text",
  },
];

export function bannedWords({ path, text }) {
  if (speaksOfRules(path)) return [];
  const findings = [];
  if (/(^|[/_])utils?\./i.test(path)) {
    findings.push({ path, line: 1, say: "'utils' says nothing: name the file after what it does" });
  }
  const language = languageOf(path);
  if (!language && !/\.(md|css|sh|cmake|txt)$/.test(path)) return findings;
  const rules = banned.filter((rule) => rule.where(path));
  const raw = text.split("\n");
  const code = language ? strip(text, language).code.split("\n") : raw;
  raw.forEach((line, i) => {
    for (const { pattern, say, everywhere } of rules) {
      const word = pattern.exec(everywhere ? line : code[i])?.[0];
      if (word) findings.push({ path, line: i + 1, say: `'${word}' ${say}` });
    }
  });
  return findings;
}

// shared_ptr hides who owns; a comment that speaks of sharing gives the reason.
export function sharedOwners({ path, text }) {
  if (!isCpp(path) || isTest(path) || inRoom("api")(path)) return [];
  const at = strip(text, "cpp").code.search(/\bstd::shared_ptr\b/);
  if (at < 0 || /\/\/.*\b(shared?|sharing)\b/i.test(text)) return [];
  return [{ path, line: lineOf(text, at), say: "shared_ptr without a comment why it is shared" }];
}

const sql = new RegExp([
  "SELECT\\s[^\"`]*\\bFROM", "INSERT\\s+INTO", "CREATE\\s+(TABLE|INDEX|TRIGGER)", "DELETE\\s+FROM",
  "UPDATE\\s+\\w+\\s+SET",
].map((statement) => `\\b${statement}\\b`).join("|"));

export function sqlOutsideRooms({ path, text }) {
  const allowed = isTest(path) || /^(docs|tools)\//.test(path) || path.endsWith(".md") ||
    inRoom("store", "access", "history", "records", "flow", "alarms", "foresight", "twin", "ehs",
      "engine")(path);
  if (allowed || path.endsWith("_bench.cpp")) return [];
  const language = languageOf(path);
  const searched = language ? strip(text, language).withText : text;
  const at = searched.search(sql);
  if (at < 0) return [];
  return [{ path, line: lineOf(text, at), say: "SQL stands only in the room that owns the table" }];
}

export function pragmaOnce({ path, text }) {
  if (!path.endsWith(".h") || /^#pragma once$/m.test(text)) return [];
  return [{ path, line: 1, say: "header lacks #pragma once" }];
}

const han = /\p{Script=Han}/u;

export function textOutsideTexts({ path, text }) {
  const web = isWeb(path) && /\.tsx?$/.test(path) && !path.startsWith("web/src/text/");
  const cpp = path.startsWith("src/") && isCpp(path) && !/_(bench|fuzz)\.cpp$/.test(path);
  if ((!web && !cpp) || isTest(path)) return [];
  const place = web ? "web/src/text" : "core/errors.def, a pack or the pages";
  return strip(text, languageOf(path)).withText.split("\n").flatMap((line, i) =>
    han.test(line) ? [{ path, line: i + 1, say: `text for people belongs into ${place}` }] : []);
}

// A page has one title; code blocks may hold lines that look like one.
export function oneTitle({ path, text }) {
  const isPage = /^(docs\/.*|[^/]*)\.md$/.test(path);
  if (!isPage) return [];
  const prose = text.replace(/^```[\s\S]*?^```/gm, "").replace(/<!--[\s\S]*?-->/g, "");
  const titles = (prose.match(/^# \S/gm) ?? []).length;
  return titles === 1 ? [] : [{ path, line: 1, say: `${titles} titles, a page has one` }];
}

const machinePath = /(^|[\s"'`(=:,])\/(work|home\/[a-z][\w-]*|Users\/\w+|mnt\/\w+)\//;
const registryHost = new RegExp([
  "registry\\.[a-z0-9-]+\\.[a-z]", "npmjs\\.(org|com)", "npmmirror", "pkg\\.dev\\b",
  "artifactory", "deb\\.debian\\.org", "snapshot\\.debian\\.org", "pypi\\.org", "goproxy",
].join("|"));

export function foreignPlaces({ path, text }) {
  if (speaksOfRules(path)) return [];
  const isLock = path.endsWith("package-lock.json");
  return text.split("\n").flatMap((line, i) => {
    if (machinePath.test(line)) return [{ path, line: i + 1, say: "path of one machine" }];
    if (registryHost.test(line) || (isLock && /"resolved": "https?:/.test(line))) {
      return [{ path, line: i + 1, say: "host of a package registry" }];
    }
    return [];
  });
}

export const fileRules = [
  lengths, bannedWords, sharedOwners, sqlOutsideRooms, pragmaOnce, textOutsideTexts, oneTitle,
  foreignPlaces,
];
