// The licence rule on made-up answers of ldd.
import assert from "node:assert/strict";
import { test } from "node:test";
import { complaints, isForbidden, libraryNames } from "./licences.mjs";

const ldd = `	linux-vdso.so.1 (0x1)
	libpcre2-8.so.0 => /lib/libpcre2-8.so.0 (0x2)
	libstdc++.so.6 => /lib/libstdc++.so.6 (0x3)
	libyaml-cpp.so.0.8 => /lib/libyaml-cpp.so.0.8 (0x3)
	/lib64/ld-linux-x86-64.so.2 (0x4)
`;

test("library names are read from ldd", () => {
  assert.deepEqual(libraryNames(ldd), ["pcre2-8", "stdc", "yaml-cpp"]);
});

test("a library that nobody looked at and one under the GPL are refused", () => {
  assert.deepEqual(complaints(libraryNames(ldd)), []);
  assert.equal(complaints(["gdal"]).length, 1);
  assert.equal(complaints(["a"], { a: "GPL-2.0-only" }).length, 1);
});

test("the lesser licence and g++'s exception are no copyleft for us", () => {
  assert.ok(isForbidden("AGPL-3.0-only"));
  assert.ok(isForbidden("GPL-2.0-or-later"));
  assert.ok(!isForbidden("LGPL-2.1-or-later"));
  assert.ok(!isForbidden("GPL-3.0-or-later WITH GCC-exception-3.1"));
});
