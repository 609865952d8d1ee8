import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = import.meta.dirname;

// The address of the rules as WebAssembly, empty where they could not be built (tools/wasm.mjs). A
// test has no server to ask: there the address holds the bytes.
function rulesAddress(): Plugin {
  const name = "virtual:rules_address";
  const file = resolve(here, "../build/wasm/rules.wasm");
  return {
    name: "rules-address",
    resolveId: (id) => (id === name ? `\0${name}` : null),
    load: (id) => {
      if (id !== `\0${name}`) return null;
      if (!existsSync(file)) return `export default "";`;
      return process.env["VITEST"]
        ? `export default "data:application/wasm;base64,${readFileSync(file, "base64")}";`
        : `export { default } from ${JSON.stringify(`${file}?url`)};`;
    },
  };
}

// Two pages from one source tree, the phone (/m/) and the desk (/desk/), and the service worker of
// the phone, which must stand at the root under a name that stays. The old targets are the
// web views of phones that are still carried in plants.
export default defineConfig({
  root: here,
  plugins: [react(), rulesAddress()],
  build: {
    target: ["chrome79", "safari13"],
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        m: resolve(here, "m/index.html"), desk: resolve(here, "desk/index.html"),
        sw: resolve(here, "src/worker/sw.ts"),
      },
      output: {
        entryFileNames: (chunk) => chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js",
      },
    },
  },
  server: { host: "127.0.0.1" },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
