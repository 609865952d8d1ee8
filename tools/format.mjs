// ./anlan fmt: formats the C++ sources in place.
import { spawnSync } from "node:child_process";
import { listFiles } from "./tidy.mjs";

const sources = listFiles().filter((path) => /^(src|tests|tools)\/.*\.(cpp|h)$/.test(path));
const run = spawnSync("clang-format-19", ["-i", ...sources], { stdio: "inherit" });
console.log(`formatted ${sources.length} files`);
process.exit(run.status ?? 1);
