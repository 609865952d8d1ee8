// Runs one command with its output in a log file and a bound on its time. The command gets a
// process group of its own, so that its children end with it.
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";

const tailBytesMax = 4 << 20;

function end(child) {
  try { process.kill(-child.pid, "SIGKILL"); } catch { /* it has ended already */ }
}

// Gives {isFine, output, reason}; output is the last 4 MB of both streams.
export async function run(words, { log, seconds = 1800, cwd = ".", env = {}, append = false }) {
  const file = createWriteStream(log, { flags: append ? "a" : "w" });
  file.write(`$ ${words.join(" ")}\n`);
  const child = spawn(words[0], words.slice(1), {
    cwd, env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"], detached: true,
  });
  let output = "";
  const take = (bytes) => {
    file.write(bytes);
    output = (output + bytes).slice(-tailBytesMax);
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  let reason = "";
  const timer = setTimeout(() => {
    reason = `no end after ${seconds} s`;
    end(child);
  }, seconds * 1000);
  const code = await new Promise((done) => {
    child.on("error", (problem) => done(problem.message));
    child.on("close", (status, signal) => done(signal ?? status));
    // A server that a test left behind holds the pipes open: it does not hold us up.
    child.on("exit", (status, signal) => setTimeout(() => done(signal ?? status), 1000));
  });
  clearTimeout(timer);
  end(child);
  if (code !== 0 && !reason) reason = `ended with ${code}`;
  if (reason) file.write(`${reason}\n`);
  file.end();
  await finished(file);
  return { isFine: code === 0 && !reason, output, reason };
}
