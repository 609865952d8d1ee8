import { expect, test } from "vitest";
import { readPush, safeUrl, shellFiles, wayOf } from "./shell.ts";

const origin = "https://plant.example";

test("the phone keeps its page and every part of it, nothing of the desk", () => {
  const files = shellFiles({
    "m/index.html": {
      file: "assets/m.js", css: ["assets/m.css"], imports: ["_shared.js"],
      dynamicImports: ["src/m/way.tsx"],
    },
    "_shared.js": { file: "assets/shared.js" },
    "src/m/way.tsx": { file: "assets/way.js", css: ["assets/now.css"], imports: ["m/index.html"] },
    "reader.wasm?url": { file: "assets/reader.wasm" },
    "desk/index.html": { file: "assets/desk.js", imports: ["_shared.js"] },
  });
  expect(files.sort()).toEqual([
    "/assets/m.css", "/assets/m.js", "/assets/now.css", "/assets/shared.js", "/assets/way.js",
  ]);
  expect(shellFiles({})).toEqual([]);
});

test("a push opens pages of the phone only", () => {
  expect(safeUrl("/m/#/way/r1", origin)).toBe("/m/#/way/r1");
  expect(safeUrl("#/sos", origin)).toBe("/m/#/sos");
  const evil = "//evil.example/m/";
  for (const bad of [`https:${evil}`, evil, "/desk/", "javascript:1", ""]) {
    expect(safeUrl(bad, origin)).toBe("/m/");
  }
});

test("a push that cannot be read still wakes the person", () => {
  expect(readPush("{", origin)).toMatchObject({ url: "/m/", text: "" });
  expect(readPush("null", origin).title).not.toBe("");
  const push = readPush('{"title":"t","text":"x","url":"/m/#/sos","id":"1","tag":"g"}', origin);
  expect(push).toEqual({ title: "t", text: "x", url: "/m/#/sos", id: "1", tag: "g" });
});

test("the worker touches the phone's page and hashed files, never the interface", () => {
  expect(wayOf("GET", "navigate", `${origin}/m/`, origin)).toBe("page");
  expect(wayOf("GET", "navigate", `${origin}/desk/`, origin)).toBe("none");
  expect(wayOf("GET", "cors", `${origin}/assets/a.js`, origin)).toBe("asset");
  expect(wayOf("GET", "cors", `${origin}/api/notices`, origin)).toBe("none");
  expect(wayOf("POST", "cors", `${origin}/api/records/sos`, origin)).toBe("none");
  expect(wayOf("GET", "cors", "https://evil.example/assets/a.js", origin)).toBe("none");
});
