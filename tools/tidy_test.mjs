// The tidy rules on small files: each must find its fault, and must leave its neighbour alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { outputs, parseCatalogue } from "./gen.mjs";
import {
  bannedWords, foreignPlaces, lengths, oneTitle, pragmaOnce, sharedOwners, sqlOutsideRooms,
  textOutsideTexts,
} from "./tidy/rules.mjs";
import { functions, strip } from "./tidy/scan.mjs";
import { filesInNoTarget, namedPaths, roomOrder } from "./tidy/tree.mjs";

const count = (rule, path, text) => rule({ path, text }).length;
const lines = (n) => "  work();\n".repeat(n);

test("a string, a comment and a raw string are not code", () => {
  const { code } = strip('int a; // {\nauto b = "{"; auto c = R"x({"})x"; char d = \'{\';', "cpp");
  assert.ok(!code.includes("{"));
  assert.equal(code.split("\n").length, 2);
  assert.ok(code.includes("auto c"));
});

test("a digit separator does not begin a character", () => {
  assert.ok(strip("int a = 1'000'000; f({});", "cpp").code.includes("{"));
});

test("a template's substitution, a pattern and an apostrophe in a page do not confuse", () => {
  const source = "const a = `x${b ? `{` : '}'}`;\nconst c = /[{/]/g;\nreturn <p>don't {d}</p>;\n";
  const { code } = strip(source, "ts");
  assert.equal((code.match(/{/g) ?? []).length, 1);
  assert.equal((code.match(/}/g) ?? []).length, 1);
});

test("functions are found in classes, namespaces and with initialisers", () => {
  const source = "namespace a {\nclass B {\n  int f() const { return 1; }\n};\n" +
    "B::B(int x)\n    : x_(x) {\n  if (x) {\n  }\n}\n}\n";
  const found = functions(strip(source, "cpp").code, "cpp");
  assert.deepEqual(found, [{ first: 3, last: 3 }, { first: 5, last: 9 }]);
});

test("a function of 61 lines is too long and one of 60 is not", () => {
  assert.equal(count(lengths, "src/core/a.cpp", `void f() {\n${lines(59)}}\n`), 1);
  assert.equal(count(lengths, "src/core/a.cpp", `void f() {\n${lines(58)}}\n`), 0);
  assert.equal(count(lengths, "web/src/a.ts", `const f = () => {\n${lines(59)}};\n`), 1);
  assert.equal(count(lengths, "web/src/a.ts", `function f(): void {\n${lines(59)}}\n`), 1);
});

test("a group of tests may be long but a test in it may not", () => {
  const short = `describe("x", () => {\n${`it("y", () => {\n${lines(30)}});\n`.repeat(3)}});\n`;
  assert.equal(count(lengths, "web/src/a.test.ts", short), 0);
  const long = `describe("x", () => {\nit("y", () => {\n${lines(60)}});\n});\n`;
  assert.equal(count(lengths, "web/src/a.test.ts", long), 1);
});

test("a struct of 61 lines is not a function", () => {
  assert.equal(count(lengths, "src/core/a.h", `struct A {\n${"  int a;\n".repeat(70)}};\n`), 0);
});

test("columns count characters, and a table may be wide", () => {
  assert.equal(count(lengths, "src/core/a.cpp", `// ${"安".repeat(97)}\n`), 0);
  assert.equal(count(lengths, "src/core/a.cpp", `// ${"a".repeat(98)}\n`), 1);
  assert.equal(count(lengths, "src/core/errors.def", "a".repeat(200)), 0);
});

test("a file of 501 lines is too long", () => {
  assert.equal(count(lengths, "src/core/a.h", "int a;\n".repeat(501)), 1);
  assert.equal(count(lengths, "src/core/a.h", "int a;\n".repeat(500)), 0);
});

test("the real clock stands in core/time.cpp and main only", () => {
  const text = "auto a = std::chrono::system_clock::now();\n";
  assert.equal(count(bannedWords, "src/engine/a.cpp", text), 1);
  assert.equal(count(bannedWords, "src/core/time.cpp", text), 0);
  assert.equal(count(bannedWords, "src/app/main.cpp", text), 0);
});

test("threads stand in engine, connect and api, and in tests", () => {
  assert.equal(count(bannedWords, "src/records/a.cpp", "std::thread t;\n"), 1);
  assert.equal(count(bannedWords, "src/records/a.cpp", "std::thread::id t;\n"), 0);
  assert.equal(count(bannedWords, "src/records/a_test.cpp", "std::jthread t;\n"), 0);
  assert.equal(count(bannedWords, "src/engine/a.cpp", "std::jthread t;\n"), 0);
});

test("environment, randomness and sleeping are banned, words that contain them are not", () => {
  assert.equal(count(bannedWords, "src/store/a.cpp", 'std::getenv("A");\n'), 1);
  assert.equal(count(bannedWords, "src/app/a.cpp", 'std::getenv("A");\n'), 0);
  assert.equal(count(bannedWords, "src/store/a.cpp", "int a = rand();\n"), 1);
  assert.equal(count(bannedWords, "src/store/a.cpp", "operand(1); asleep(2);\n"), 0);
  assert.equal(count(bannedWords, "src/store/a_test.cpp", "sleep_for(1s);\n"), 1);
  assert.equal(count(bannedWords, "src/store/a.cpp", "// never sleep_for here\n"), 0);
});

test("a view does not look at the text that a choice has made for it", () => {
  const choice = 'v.is_text() ? v.as_text() : "";\n';
  assert.equal(count(bannedWords, "src/a/a.cpp", `std::string_view a = trim(${choice}`), 1);
  assert.equal(count(bannedWords, "src/a/a.cpp", `std::string a = ${choice}`), 0);
});

test("reminders are banned in comments too, and files called utils", () => {
  assert.equal(count(bannedWords, "src/store/a.cpp", "// TODO later\n"), 1);
  assert.equal(count(bannedWords, "docs/guide/a.md", "XXX\n"), 1);
  assert.equal(count(bannedWords, "src/store/a.cpp", 'mkdtemp("XXXXXX");\n'), 0);
  assert.equal(count(bannedWords, "web/src/utils.ts", ""), 1);
  assert.equal(count(bannedWords, "src/store/text_util.cpp", ""), 1);
});

test("web code names its types and writes no markup", () => {
  assert.equal(count(bannedWords, "web/src/a.ts", "let a: any;\n"), 1);
  assert.equal(count(bannedWords, "web/src/a.ts", "// @ts-ignore\n"), 1);
  assert.equal(count(bannedWords, "web/src/a.ts", "node.innerHTML = x;\n"), 1);
  assert.equal(count(bannedWords, "web/src/a.ts", "let a: anything;\n"), 0);
});

test("a shared pointer needs a reason", () => {
  assert.equal(count(sharedOwners, "src/flow/a.h", "std::shared_ptr<A> a;\n"), 1);
  const told = "// Shared: running cases keep it.\nstd::shared_ptr<A> a;\n";
  assert.equal(count(sharedOwners, "src/flow/a.h", told), 0);
});

test("SQL stands in rooms that own tables, not in packs, pages or api", () => {
  assert.equal(count(sqlOutsideRooms, "packs/a/form.json", '"q": "SELECT id FROM people"'), 1);
  assert.equal(count(sqlOutsideRooms, "src/api/a.cpp", 'run("INSERT INTO a VALUES (1)");'), 1);
  assert.equal(count(sqlOutsideRooms, "src/store/a.cpp", 'run("DELETE FROM a");'), 0);
  assert.equal(count(sqlOutsideRooms, "web/src/a.ts", "// SELECT a FROM b\nselect(a);"), 0);
});

test("a header is included once", () => {
  assert.equal(count(pragmaOnce, "src/core/a.h", "int a;\n"), 1);
  assert.equal(count(pragmaOnce, "src/core/a.h", "#pragma once\nint a;\n"), 0);
});

test("text for people stands in the text files", () => {
  assert.equal(count(textOutsideTexts, "web/src/m/a.tsx", "<p>隐患</p>"), 1);
  assert.equal(count(textOutsideTexts, "web/src/text/zh.ts", '"隐患"'), 0);
  assert.equal(count(textOutsideTexts, "web/src/m/a.tsx", "// 隐患\nx();"), 0);
  assert.equal(count(textOutsideTexts, "src/api/a.cpp", 'say("隐患");'), 1);
  assert.equal(count(textOutsideTexts, "src/api/a_test.cpp", 'say("隐患");'), 0);
  assert.equal(count(textOutsideTexts, "src/core/errors.def", '"隐患"'), 0);
});

test("a page has exactly one title", () => {
  assert.equal(count(oneTitle, "docs/guide/a.md", "# A\n\n```\n# not a title\n```\n"), 0);
  assert.equal(count(oneTitle, "docs/guide/a.md", "## A\n"), 1);
  assert.equal(count(oneTitle, "STYLE.md", "# A\n# B\n"), 1);
});

test("no path of a machine and no registry host in a file", () => {
  const host = ["registry", "example", "com"].join(".");
  assert.equal(count(foreignPlaces, "src/core/a.cpp", 'open("/home/ann/a");'), 1);
  assert.equal(count(foreignPlaces, "docs/a.md", "/api/work/orders and https://work/x"), 0);
  assert.equal(count(foreignPlaces, "web/.npmrc", `registry=https://${host}/`), 1);
  const lock = '"resolved": "https://mirror.example/react.tgz",';
  assert.equal(count(foreignPlaces, "web/package-lock.json", lock), 1);
  assert.equal(count(foreignPlaces, "web/package-lock.json", '"integrity": "sha512-x",'), 0);
});

const tree = (more) => new Map(Object.entries({
  "src/ROOMS": "core\nrules\nstore\nrecords\napi\n",
  "CMakeLists.txt": "anlan_room(core)\nanlan_room(store NEEDS core)\n",
  "src/rules/rules.h": '#include "rules/value.h"\n',
  ...more,
}));
const findings = (rule, more) => rule(tree(more), () => false).map((finding) => finding.say);

test("a room includes rooms above it by their front door", () => {
  const include = (path, target) => findings(roomOrder, { [path]: `#include "${target}"\n` });
  assert.deepEqual(include("src/store/a.cpp", "core/text.h"), []);
  assert.deepEqual(include("src/store/a.cpp", "store/sql.h"), []);
  assert.deepEqual(include("src/records/a.cpp", "store/store.h"), []);
  assert.deepEqual(include("src/records/a.cpp", "rules/value.h"), []);
  assert.match(include("src/records/a.cpp", "rules/parser.h")[0], /not the front door/);
  assert.match(include("src/records/a.cpp", "store/sql.h")[0], /not the front door/);
  assert.match(include("src/store/a.cpp", "records/records.h")[0], /stands above/);
  assert.match(include("src/nowhere/a.cpp", "core/text.h")[0], /not in src\/ROOMS/);
});

test("foreign headers stay in the room that owns them", () => {
  const include = (path, target) => findings(roomOrder, { [path]: `#include <${target}>\n` });
  assert.deepEqual(include("src/api/a.cpp", "drogon/drogon.h"), []);
  assert.equal(include("src/records/a.cpp", "sqlite3.h").length, 1);
});

test("every source has a target and every header a reader", () => {
  assert.deepEqual(findings(filesInNoTarget, { "src/core/a.cpp": '#include "core/a.h"\n',
    "src/core/a.h": "", "src/store/store.h": "" }), []);
  assert.equal(findings(filesInNoTarget, { "src/core/a.h": "" }).length, 1);
  assert.equal(findings(filesInNoTarget, { "src/core/deep/a.cpp": "" }).length, 1);
  assert.equal(findings(filesInNoTarget, { "src/records/a.cpp": "" }).length, 1);
  assert.deepEqual(findings(filesInNoTarget, { "tools/x/main.cpp": "",
    "tools/x/CMakeLists.txt": "add_executable(x main.cpp)" }), []);
});

test("a page names only paths that exist", () => {
  assert.equal(findings(namedPaths, { "ARCHITECTURE.md": "in `src/gone/` and `a/b`" }).length, 1);
  assert.equal(findings(namedPaths, { "docs/guide/a.md": "[x](../b.md)" }).length, 1);
  const there = namedPaths(tree({ "docs/guide/a.md": "[x](../b.md#c)" }), (p) => p === "docs/b.md");
  assert.deepEqual(there, []);
});

test("the errors catalogue is read whole or refused", () => {
  const entry = 'ANLAN_ERROR(NotFound, "not_found", 404, "未找到", "Not \\"found\\"")\n';
  assert.deepEqual(parseCatalogue(`// text\n${entry}`), [
    { name: "NotFound", code: "not_found", status: 404, zh: "未找到", en: 'Not "found"' },
  ]);
  assert.throws(() => parseCatalogue(entry + entry), /twice/);
  assert.throws(() => parseCatalogue("ANLAN_ERROR(A, b)"), /cannot be read/);
  assert.throws(() => parseCatalogue(entry.replace("404", "200")), /status/);
  assert.match(outputs(entry)["web/src/generated/errors.ts"], /\| "not_found";/);
});
