import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const here = import.meta.dirname;

// Two pages from one source tree, the phone (/m/) and the desk (/desk/), and the service worker of
// the phone, which must stand at the root under a name that stays. The old targets are the
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
