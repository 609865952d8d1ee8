// Which sources may be compiled as one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { canShare, groupsOf, wordsOf } from "./unity.mjs";

const room = (unnamed, named = "") =>
  wordsOf(`#include "a.h"\nnamespace anlan {\nnamespace {\n${unnamed}\n}\n${named}\n}\n`);
const share = (a, b) => canShare(a, b) && canShare(b, a);

test("what a file declares for itself is not said in another of its group", () => {
  const user = room("", "void go() { read(kBytes); }");
  for (const own of [
    "constexpr int kBytes = 3;", "int read(int bytes) {\n  return bytes;\n}", "struct kBytes {};",
    "enum Kind { Other, kBytes };", "std::array<int, 2> kBytes{1, 2};", "class read;",
    "std::map<int, std::string> kBytes[2];", "template <class T>\nT read(T bytes);",
    "using kBytes = int;", "using other::read;", "auto read = [](int) {};",
  ]) {
    assert.equal(share(room(own), user), false, own);
  }
  assert.equal(share(room("int other;"), user), true);
});

test("static, constexpr, aliases and macros are a file's own in any namespace", () => {
  const user = room("", "int go() { return kBytes; }");
  for (const own of ["static int kBytes;", "constexpr int kBytes = 1;", "const int kBytes = 2;",
    "using kBytes = int;", "\n#define kBytes 3\n"]) {
    assert.equal(share(room("", own), user), false, own);
  }
  assert.equal(share(room("", "const Form* find();"), room("", "Form find(int);")), true);
  assert.equal(share(room("", "int Other::kBytes() { return 0; }"), user), true);
  const dotted = room("", "int go() { return limits.kBytes; }");
  assert.equal(share(room("", "\n#define kBytes 3\n"), dotted), false);
});

test("words behind :: or a dot, in comments and in texts are no matter", () => {
  const own = room("int kind;");
  for (const body of ["a.kind", "a->kind", "b::kind", '"kind"', "0; // kind", "/* kind */ 0",
    'R"(kind)"', "'\"' + 1'000 + '\"'"]) {
    assert.equal(share(own, room("", `int go() { return ${body}; }`)), true, body);
  }
  assert.equal(share(own, room("", "int go() { return 1'000 + kind + 2'000; }")), false);
});

test("the same alias twice is one", () => {
  assert.equal(share(room("using Kind = Field::Kind;"), room("using  Kind = Field::Kind;")), true);
  assert.equal(share(room("using Kind = Field::Kind;"), room("using Kind = Form::Kind;")), false);
  assert.equal(share(room("using access::Action;"), room("using access::Action;")), true);
});

test("what is declared within a body or a class is nobody's word but its own", () => {
  const body = room("struct Own {\n  int name;\n  void act() { int inner; }\n};");
  assert.equal(share(body, room("", "void go(int name, int inner, int act);")), true);
});

test("two tests of one name, and a file that opens a whole namespace, stand apart", () => {
  const one = wordsOf("namespace {\nTEST_F(Days, End) { check(); }\n}\n");
  assert.equal(share(one, wordsOf("namespace {\nTEST_F(Days, Begin) { check(); }\n}\n")), true);
  assert.deepEqual([...one.own.keys()], ["Days_End_Test"]);
  assert.equal(share(one, wordsOf("using namespace std;\nint other;\n")), false);
});

test("a header that only the other includes says its words too", () => {
  const own = room("struct Touch {};");
  const header = wordsOf("struct Touch;");
  const other = { ...room("int x;"), headers: new Map([["engine/commands.h", header]]) };
  assert.equal(share(own, other), false);
  assert.equal(share({ ...own, headers: other.headers }, other), true);
});

test("groups are filled in order and hold no more than they may", () => {
  const file = (name, text) => ({ name, words: room(text) });
  const texts = { a: "int x;", b: "int x;", c: "int y;", d: "int z;" };
  const files = Object.entries(texts).map(([name, text]) => file(name, text));
  assert.deepEqual(groupsOf(files, 2), [["a", "c"], ["b", "d"]]);
});
