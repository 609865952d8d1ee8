// The real program with the packs of the tests, started as often as it was killed, on SQLite or on
// a PostgreSQL of its own.
import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import { cpSync, chownSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { freePort, pause, root } from "../e2e/server.mjs";

export const program = resolve(root, process.env.ANLAN_BIN ?? "build/release/anlan");
const startPatience_ms = 120000;

// The packs of the demo plant and the tests' own.
function packsFor(folder) {
  const packs = join(folder, "packs");
  cpSync(join(root, "packs"), packs, { recursive: true });
  cpSync(join(root, "tests/survive/packs"), packs, { recursive: true });
  return packs;
}

function ended(child) {
  return new Promise((done) => child.once("exit", done).once("error", done));
}

function postgresUser() {
  const line = readFileSync("/etc/passwd", "utf8").split("\n").find((one) =>
    one.startsWith("postgres:"));
  const [, , uid, gid] = line.split(":");
  return { uid: Number(uid), gid: Number(gid) };
}

// A PostgreSQL cluster in a folder of its own; it ends with stop().
export class Postgres {
  static async start() {
    const server = new Postgres();
    server.folder = mkdtempSync(join(tmpdir(), "anlan-pg-"));
    server.user = process.getuid() === 0 ? postgresUser() : {};
    if (server.user.uid) chownSync(server.folder, server.user.uid, server.user.gid);
    const words = ["-D", join(server.folder, "data"), "-A", "trust", "-U", "postgres", "-E",
      "UTF8", "--no-sync", "--locale=C.UTF-8"];
    execFileSync("/usr/lib/postgresql/17/bin/initdb", words, { ...server.user, stdio: "pipe" });
    await server.launch();
    execFileSync("/usr/lib/postgresql/17/bin/createdb",
      ["-h", server.folder, "-U", "postgres", "plant"], { stdio: "pipe" });
    return server;
  }

  async launch() {
    const words = ["-D", join(this.folder, "data"), "-k", this.folder, "-c", "listen_addresses="];
    this.child = spawn("/usr/lib/postgresql/17/bin/postgres", words,
      { ...this.user, stdio: "ignore" });
    this.over = ended(this.child);
    for (let tries = 0; tries < 600; tries += 1) {
      try {
        execFileSync("/usr/lib/postgresql/17/bin/pg_isready", ["-h", this.folder, "-q"]);
        return;
      } catch { await pause(50); }
    }
    throw new Error("PostgreSQL did not start");
  }

  async halt(signal = "SIGQUIT") {
    this.child.kill(signal);
    await this.over;
  }

  sql(text, database = "plant") {
    return execFileSync("/usr/lib/postgresql/17/bin/psql",
      ["-h", this.folder, "-U", "postgres", "-d", database, "-Atc", text],
      { encoding: "utf8" }).trim();
  }

  connect(database = "plant") {
    return `postgres:host=${this.folder} user=postgres dbname=${database}`;
  }

  async stop() {
    await this.halt("SIGINT");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Plant {
  constructor({ database = "sqlite", data } = {}) {
    this.folder = mkdtempSync(join(tmpdir(), "anlan-survive-"));
    this.data = data ?? join(this.folder, "data");
    this.packs = packsFor(this.folder);
    this.database = database;
    this.said = "";
  }

  words(more = []) {
    return ["--data", this.data, "--packs", this.packs, "--database", this.database, ...more];
  }

  // Returns when the program runs, not yet when it answers.
  async launch(more = []) {
    this.port = await freePort();
    this.url = `http://127.0.0.1:${this.port}`;
    const words = ["serve", "--http", "--port", String(this.port), ...this.words(more)];
    this.child = spawn(program, words, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const keep = (bytes) => (this.said = (this.said + bytes).slice(-20000));
    this.child.stdout.on("data", keep);
    this.child.stderr.on("data", keep);
    this.isOver = false;
    this.over = ended(this.child).then(() => (this.isOver = true));
  }

  async start(more) {
    await this.launch(more);
    const end = Date.now() + startPatience_ms;
    for (;;) {
      const isReady = await fetch(`${this.url}/api/health`).then((one) => one.ok, () => false);
      if (isReady) return this;
      assert.ok(!this.isOver && Date.now() < end, `no start:\n${this.said.slice(-4000)}`);
      await pause(20);
    }
  }

  async kill() {
    this.child.kill("SIGKILL");
    await this.over;
  }

  async stop() {
    if (this.child && !this.isOver) {
      this.child.kill("SIGTERM");
      const timer = setTimeout(() => this.child.kill("SIGKILL"), 20000);
      await this.over;
      clearTimeout(timer);
    }
  }

  async remove() {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  // The same while others go on.
  runLater(words, more = this.words()) {
    const options = { cwd: root, encoding: "utf8", env: { ...process.env, LANG: "C" } };
    return promisify(execFile)(program, [...words, ...more], options);
  }

  // One command of the program on this plant's data; its output.
  run(words, more = this.words()) {
    return execFileSync(program, [...words, ...more],
      { cwd: root, encoding: "utf8", stdio: "pipe", env: { ...process.env, LANG: "C" } });
  }
}
