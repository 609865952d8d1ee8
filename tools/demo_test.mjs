// The machines of the demo plant end with the server, also with one that was killed. The server and
// the simulator are stand-ins here; the broker is the real one.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync }
  from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

const hasBroker = existsSync("/usr/sbin/mosquitto");

// {pid: command line} of what this process has begun.
function childrenOf(parent) {
  const found = {};
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const of = Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/^PPid:\s+(\d+)/m)[1]);
      if (of === parent) found[pid] = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    } catch { /* it has ended meanwhile */ }
  }
  return found;
}

async function until(what, is) {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = is();
    if (found) return found;
    await pause(50);
  }
  throw new Error(`waited in vain for ${what}`);
}

test("broker and simulator end with a server that was killed", { skip: !hasBroker }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "anlan-demo-test-"));
  const program = join(folder, "program");
  writeFileSync(program, `#!/bin/sh\necho $$ >"${folder}/$1.new"\nmv "${folder}/$1.new" ` +
    `"${folder}/$1"\nexec tail -f /dev/null\n`);
  chmodSync(program, 0o755);
  const demo = spawn("tools/demo.sh", [program, "serve"], { stdio: "ignore" });
  try {
    await until("the server", () => existsSync(join(folder, "serve")));
    const machines = await until("its machines", () => {
      const all = childrenOf(demo.pid);
      const isThere = (word) => Object.values(all).some((line) => line.includes(word));
      return isThere("mosquitto") && isThere("tail") && Object.keys(all);
    });
    assert.ok(machines.length >= 2);
    demo.kill("SIGKILL");
    await once(demo, "exit");
    await until("their end", () => machines.every((pid) => !existsSync(`/proc/${pid}`)));
  } finally {
    demo.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});
