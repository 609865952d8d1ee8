import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const here = import.meta.dirname;

// Two pages from one source tree: the phone (/m/) and the desk (/desk/). The old targets are the
// web views of phones that are still carried in plants.
export default defineConfig({
  root: here,
  plugins: [react()],
  build: {
    target: ["chrome79", "safari13"],
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { m: resolve(here, "m/index.html"), desk: resolve(here, "desk/index.html") },
    },
  },
  server: { host: "127.0.0.1" },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
