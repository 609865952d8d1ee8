// Starts the real server on a free loopback port with its data in a new folder, and stops it again.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");
const program = resolve(root, process.env.ANLAN_BIN ?? "build/release/anlan");

export function freePort() {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.on("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

// The server's own certificate is not trusted by node, so readiness is asked without that check.
function isReady(url) {
  if (url.startsWith("http:")) {
    return fetch(`${url}/api/health`).then((answer) => answer.ok, () => false);
  }
  return new Promise((done) => {
    const ask = request(`${url}/api/health`, { rejectUnauthorized: false }, (answer) => {
      answer.resume();
      done(answer.statusCode === 200);
    });
    ask.on("error", () => done(false));
    ask.end();
  });
}

const patience_ms = 120000;
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Words are further options of `serve`; `again` is the folder of a server that was killed,
// `port` one that is known to be free, `wait_ms` how long it may take until it is ready.
// {url, pid, port, data, folder, stop(), rest(), kill()}.
export async function startServer({
  isTls = false, words = [], again, port: wished, wait_ms = patience_ms,
} = {}) {
  const port = wished ?? await freePort();
  const folder = again ?? mkdtempSync(join(tmpdir(), "anlan-e2e-"));
  const data = join(folder, "data");
  const options = ["serve", "--port", String(port), "--data", data, ...words];
  if (!isTls) options.push("--http");
  if (process.env.ANLAN_WEB) options.push("--web", process.env.ANLAN_WEB);
  const child = spawn(program, options, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout.on("data", (bytes) => (said += bytes));
  child.stderr.on("data", (bytes) => (said += bytes));
  const over = new Promise((done) => child.once("exit", done).once("error", done));
  let isOver = false;
  over.then(() => (isOver = true));
  const url = `${isTls ? "https" : "http"}://127.0.0.1:${port}`;
  const end = Date.now() + wait_ms;
  while (!(await isReady(url))) {
    if (isOver || Date.now() > end) {
      child.kill("SIGKILL");
      throw new Error(`the server did not get ready:\n${said.slice(-4000)}`);
    }
    await pause(50);
  }
  const stop = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 20000);
    await over;
    clearTimeout(timer);
    rmSync(folder, { recursive: true, force: true });
    return child.exitCode;
  };
  // It ends as it wants, its data stay.
  const rest = async () => {
    child.kill("SIGTERM");
    await over;
  };
  // kill -9: no word to the program, its data stay.
  const kill = async () => {
    child.kill("SIGKILL");
    await over;
  };
  return { url, pid: child.pid, port, data, folder, stop, rest, kill, said: () => said };
}
