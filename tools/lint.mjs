// clang-tidy on the sources that differ from origin/main, or with --all on every source. Reads the
// compile commands of the release build, so it comes after it. On two cores a file costs 5 to 20 s,
// so a change of more than `filesMax` sources is looked at in part; ./anlan lint does all.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { listFiles } from "./tidy.mjs";

const database = "build/release/compile_commands.json";
const filesMax = 12;

function git(...words) {
  const run = spawnSync("git", ["-c", "safe.directory=*", ...words], { maxBuffer: 64 << 20 });
  return run.status === 0 ? run.stdout.toString().split("\n").filter(Boolean) : null;
}

// Null when there is nothing to compare with.
function changedFiles() {
  const changed = git("diff", "--name-only", "--diff-filter=d", "origin/main");
  const fresh = git("ls-files", "-o", "--exclude-standard");
  return changed && fresh ? [...changed, ...fresh] : null;
}

function lintOne(path) {
  return new Promise((done) => {
    const words = ["-p", "build/release", "--quiet", "--warnings-as-errors=*", path];
    const child = spawn("clang-tidy-19", words, { stdio: ["ignore", "pipe", "ignore"] });
    let said = "";
    child.stdout.on("data", (bytes) => (said += bytes));
    child.on("close", (code) => {
      if (said.trim()) console.log(said.trim());
      done(code === 0);
    });
    child.on("error", () => done(false));
  });
}

async function main() {
  if (!existsSync(database)) {
    console.log("skipped: there is no release build");
    return 0;
  }
  const all = process.argv.includes("--all");
  const wanted = all ? listFiles() : changedFiles();
  if (!wanted) {
    console.log("skipped: there is no origin/main to compare with");
    return 0;
  }
  const sources = [...new Set(wanted)].filter((path) => /^src\/.*\.cpp$/.test(path)).sort();
  const chosen = all ? sources : sources.slice(0, filesMax);
  const queue = [...chosen];
  let failed = 0;
  const worker = async () => {
    while (queue.length) failed += (await lintOne(queue.shift())) ? 0 : 1;
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  const left = sources.length - chosen.length;
  console.log(`clang-tidy: ${chosen.length} files, ${failed} with findings, ${left} left out`);
  return failed ? 1 : 0;
}

process.exit(await main());
