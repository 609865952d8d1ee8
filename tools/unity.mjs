// Which sources can be compiled as one: headers are the larger half of what a source costs, and a
// build from nothing pays them once for a group instead of once for each file.
//   node tools/unity.mjs MOST FILE...   prints a line "NUMBER FILE" for each file
// Two files share a group of at most MOST only if neither says a word that the other declares for
// itself alone (in an unnamed namespace, as static, constexpr, alias or macro), neither itself nor
// by a header of ours that the other does not include: so a group means what its files mean alone,
// and no file needs to know of the others. tools/rooms.cmake asks this where ANLAN_UNITY is on.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const hidden = new RegExp([
  /\/\/[^\n]*|\/\*[^]*?\*\//, // comments
  /R"([^\s()\\]*)\([^]*?\)\1"/, // raw text
  /"(?:[^"\\\n]|\\.)*"/,
  /(?<![0-9A-Fa-f])'(?:[^'\\\n]|\\.)+'/, // 1'000 is a number
].map(({ source }) => source).join("|"), "g");

const macrosOf = (code) =>
  [...code.matchAll(/^[ \t]*#[ \t]*define[ \t]+(\w+)/gm)].map((match) => match[1]);

const loud = /^[A-Z][A-Z0-9_]*$/; // a macro's name: what it declares is its own affair
const aliased = /^(?:using|namespace)\s+(\w+)\s*=/;
const taken = /^using\s[\w:\s]*::(\w+)$/; // out of another namespace
const type = /^(?:template\s*<[^]*?>\s*)?(?:struct|class|union|enum(?:\s+class)?)\s+(\w+)/;
const builtIn = new Set(["bool", "char", "int", "double", "void", "auto", "static_assert"]);

// The name that a statement on the level of a namespace declares; `head` ends before its body.
function declared(head) {
  const named = aliased.exec(head) ?? taken.exec(head) ??
    (head.includes("(") ? null : type.exec(head));
  if (named) return named[1];
  const test = /^TEST(?:_[FP])?\s*\(\s*(\w+)\s*,\s*(\w+)/.exec(head);
  if (test) return `${test[1]}_${test[2]}_Test`;
  const value = head.split(/=(?!=)/)[0];
  const call = /(::|~)?\b(\w+)\s*\(/.exec(value);
  if (call) return call[1] || loud.test(call[2]) ? "" : call[2];
  return /(\w+)\s*(?:\[[^\]]*\]\s*)*$/.exec(value.trim())?.[1] ?? "";
}

const isAlias = (text) => /^(?:using|namespace)\b/.test(text);
const isOwnAnywhere = (text) => isAlias(text) || /^(?:static|constexpr)\b/.test(text) ||
  (/^const\b/.test(text) && !text.includes("("));

// The statements on the level of namespaces up to their bodies: [{text, isUnnamed}].
function statements(code) {
  const found = [];
  const spaces = []; // of each open brace of a namespace: is it an unnamed one?
  let text = "";
  let depth = 0; // of braces that are no namespace
  const end = () => {
    if (text.trim()) found.push({ text: text.trim(), isUnnamed: spaces.includes(true) });
    text = "";
  };
  for (const sign of code) {
    const space = depth === 0 && sign === "{" && /(?:^|\s)namespace(\s+[\w:]+)?\s*$/.exec(text);
    if (space) {
      spaces.push(!space[1]);
      text = "";
    } else if (sign === "{") {
      if (depth++ === 0) end();
    } else if (sign === "}") {
      if (depth === 0) spaces.pop();
      else depth--;
      if (depth === 0) text = "";
    } else if (depth === 0 && sign === ";") {
      end();
    } else if (depth === 0) {
      text += sign;
    }
  }
  return found;
}

function enumerators(code) {
  const bodies = [...code.matchAll(/\benum\s+(?!class\b|struct\b)[\w\s:]*\{([^}]*)\}/g)];
  const names = ([, body]) => [...body.matchAll(/(?:^|,)\s*(\w+)/g)].map(([, name]) => name);
  return bodies.flatMap(names);
}

// The words of a source: {own: what it declares for itself alone, by name, an alias with its text;
// macros; said: the words that stand alone in its code, not behind `::` or a dot; every: all words;
// isLone: it opens a whole namespace, which would be open for those behind it too}.
export function wordsOf(source) {
  const code = source.replace(hidden, (text) => (text.startsWith("/") ? " " : '""'));
  const plain = code.replace(/^[ \t]*#(?:[^\\\n]|\\[^])*$/gm, "");
  const own = new Map(enumerators(plain).map((name) => [name, null]));
  const all = statements(plain);
  for (const { text, isUnnamed } of all) {
    const name = isUnnamed || isOwnAnywhere(text) ? declared(text) : "";
    if (name && !builtIn.has(name)) own.set(name, isAlias(text) ? text.replace(/\s+/g, " ") : null);
  }
  const words = (pattern) => new Set(code.match(pattern) ?? []);
  return {
    own, macros: new Set(macrosOf(code)), every: words(/[A-Za-z_]\w*/g),
    said: words(/(?<!::|\.|->|\w)[A-Za-z_]\w*/g),
    isLone: all.some(({ text }) => /^using\s+namespace\b/.test(text)),
  };
}

// Nothing of a's own is said in b, unless b means the same by it, nor in a header that b brings.
const leaves = (a, b) =>
  [...a.own].every(([name, alias]) => !b.said.has(name) || (alias && b.own.get(name) === alias)) &&
  [...a.macros].every((name) => !b.every.has(name)) &&
  [...b.headers ?? []].every(([path, words]) => a.headers?.has(path) ||
    ([...a.own.keys()].every((name) => !words.said.has(name)) &&
      [...a.macros].every((name) => !words.every.has(name))));

const ours = new Map(); // headers by path: {said, every, includes}

function header(root, path) {
  const file = [join(root, "src", path), join(root, path)].find((name) => existsSync(name));
  if (!ours.has(path)) {
    const text = file ? readFileSync(file, "utf8") : "";
    const { said, every } = wordsOf(text);
    ours.set(path, { said, every, includes: included(text) });
  }
  return ours.get(path);
}

const included = (text) =>
  [...text.matchAll(/^[ \t]*#[ \t]*include[ \t]+"([^"]+)"/gm)].map((match) => match[1]);

// The headers of ours that a source includes, itself or through others.
function headersOf(root, text) {
  const found = new Map();
  const queue = included(text);
  while (queue.length) {
    const path = queue.pop();
    if (found.has(path)) continue;
    const one = header(root, path);
    found.set(path, one);
    queue.push(...one.includes);
  }
  return found;
}

export function canShare(a, b) {
  return !a.isLone && !b.isLone && leaves(a, b) && leaves(b, a);
}

// [{name, words}] to groups of names; each joins the first group that takes it.
export function groupsOf(files, most) {
  const groups = [];
  for (const file of files) {
    const fits = (group) =>
      group.length < most && group.every((other) => canShare(other.words, file.words));
    const group = groups.find(fits);
    if (group) group.push(file);
    else groups.push([file]);
  }
  return groups.map((group) => group.map(({ name }) => name));
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [most, ...names] = process.argv.slice(2);
  const root = resolve(fileURLToPath(import.meta.url), "../..");
  const files = names.map((name) => {
    const text = readFileSync(name, "utf8");
    return { name, words: { ...wordsOf(text), headers: headersOf(root, text) } };
  });
  groupsOf(files, Number(most)).forEach((group, number) => {
    for (const name of group) console.log(`${number} ${name}`);
  });
}
