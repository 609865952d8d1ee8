// ./anlan bench history: history_bench and the power cuts of history_power_test, then
// VictoriaMetrics and rows of PostgreSQL with the same signals in the same run. JSON lines. With
// the word `peers` these alone.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createReadStream, mkdtempSync, openSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { Postgres } from "../../tests/survive/plant.mjs";

const start = Date.UTC(2026, 0, 1);
const tags = 2000;
const seconds = 3600;
const killedTags = 50_000;
const killedSeconds = 20;
const linesInBody = 10_000;
const questions = 30;
const folder = mkdtempSync(join(tmpdir(), "anlan-peers-"));
const environment = { ...process.env, ANLAN_POWER_SAMPLES: "100000", ANLAN_POWER_ROUNDS: "10" };

function run(program, ...args) {
  const made = spawnSync(program, args,
    { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8", env: environment });
  if (made.status !== 0) console.error(`bench: ${program}: ${made.signal ?? made.status}`);
  return made.stdout.split("\n").filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const sizeOf = (path) => {
  const about = statSync(path);
  return about.isDirectory()
    ? readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0) : about.size;
};

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

// The lines of the signals in a file, so that making them is not measured.
function makeLines(tagCount, length) {
  const path = join(folder, `lines-${tagCount}`);
  execFileSync("build/release/history_bench", ["lines", `${tagCount}`, `${length}`],
    { stdio: ["ignore", openSync(path, "w"), "inherit"] });
  return path;
}

async function* bodies(path) {
  let lines = [];
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (lines.push(line) < linesInBody) continue;
    yield lines.join("\n");
    lines = [];
  }
  if (lines.length) yield lines.join("\n");
}

class Victoria {
  async start(name) {
    this.data = join(folder, name);
    this.url = `http://127.0.0.1:${await freePort()}`;
    const words = [`-storageDataPath=${this.data}`, `-httpListenAddr=${this.url.slice(7)}`,
      "-retentionPeriod=100y", "-search.latencyOffset=0s", "-search.disableCache"];
    this.child = spawn("victoria-metrics", words, { stdio: "ignore" });
    this.over = new Promise((done) => this.child.once("exit", done));
    for (let i = 0; i < 200; i += 1) {
      if (await this.ask("/health").catch(() => "")) break;
      await pause(50);
    }
    return this;
  }
  async ask(path, body) {
    const answer = await fetch(this.url + path, body ? { method: "POST", body } : {});
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.text()) || "yes";
  }
  async stop(signal = "SIGTERM") {
    this.child.kill(signal);
    await this.over;
  }
  async means(ids) {
    const query = encodeURIComponent(`avg_over_time(t_v{id=~"${ids.join("|")}"}[60s])`);
    const at = start / 1000;
    const begun = performance.now();
    const text = await this.ask(
      `/api/v1/query_range?query=${query}&start=${at + 60}&end=${at + seconds}&step=60`);
    const took = performance.now() - begun;
    const count = JSON.parse(text).data.result.length;
    if (count !== ids.length) throw new Error(`${count} series of ${ids.length}`);
    return took;
  }
}

async function victoria(path) {
  const server = await new Victoria().start("victoria");
  let took = 0;
  for await (const body of bodies(path)) {
    const begun = performance.now();
    await server.ask("/write?precision=ms", body);
    took += performance.now() - begun;
  }
  await server.ask("/internal/force_flush");
  const one = [];
  const hundred = [];
  for (let i = 0; i < questions; i += 1) {
    one.push(await server.means([i * 7]));
    const ids = Array.from({ length: 100 }, (_, k) => (i * 13 + k * 4) % tags);
    hundred.push(await server.means(ids));
  }
  await server.ask("/internal/force_merge");
  await pause(5000);
  await server.stop();
  return { backfill_sps: (tags * seconds * 1000) / took, tag_hour_ms: median(one),
    tags100_hour_ms: median(hundred), bytes_per_sample: sizeOf(server.data) / (tags * seconds) };
}

// What was acknowledged second by second and is gone after kill -9.
async function victoriaKilled() {
  const path = makeLines(killedTags, killedSeconds);
  let server = await new Victoria().start("killed");
  let sent = 0;
  const begun = performance.now();
  for await (const body of bodies(path)) {
    await server.ask("/write?precision=ms", body);
    sent += body.split("\n").length;
    const early = (sent / killedTags) * 1000 - (performance.now() - begun);
    if (early > 0) await pause(early);
  }
  await server.stop("SIGKILL");
  server = await new Victoria().start("killed");
  await server.ask("/internal/force_flush");
  const at = start / 1000 + killedSeconds;
  const query = encodeURIComponent(`sum(count_over_time(t_v[${killedSeconds + 60}s]))`);
  const found = JSON.parse(await server.ask(`/api/v1/query?query=${query}&time=${at}`)).data.result;
  await server.stop();
  return sent - Number(found[0]?.value[1] ?? 0);
}

async function postgres(path) {
  const server = await Postgres.start();
  try {
    server.sql("CREATE TABLE sample (tag int4, at timestamptz, value float8)");
    const table = join(folder, "rows.csv");
    execFileSync("sed", ["-E", `s/^t,id=([0-9]+) v=([^ ]+) ([0-9]+)[0-9]{3}$/\\1,\\3,\\2/`, path],
      { stdio: ["ignore", openSync(table, "w"), "inherit"] });
    server.sql("CREATE UNLOGGED TABLE raw (tag int4, s int8, value float8)");
    server.sql(`\\copy raw FROM '${table}' CSV`);
    const begun = performance.now();
    server.sql("INSERT INTO sample SELECT tag, to_timestamp(s), value FROM raw");
    const took = performance.now() - begun;
    server.sql("CREATE INDEX sample_tag ON sample (tag, at)");
    server.sql("VACUUM ANALYZE sample");
    const size = Number(server.sql("SELECT pg_total_relation_size('sample')").trim());
    const ask = (where) => `SELECT count(*) FROM (SELECT tag, date_trunc('minute', at), avg(value)
      FROM sample WHERE ${where} GROUP BY 1, 2) m`;
    const timed = (where) => {
      const plan = server.sql(`EXPLAIN (ANALYZE, TIMING OFF) ${ask(where)}`);
      return Number(plan.match(/Execution Time: ([\d.]+)/)[1]);
    };
    const many = Array.from({ length: questions }, (_, i) => i);
    return { backfill_sps: (tags * seconds * 1000) / took,
      tag_hour_ms: median(many.map((i) => timed(`tag = ${i * 7}`))),
      tags100_hour_ms: median(many.map((i) => timed(`tag % 5 = ${i % 5}`))),
      bytes_per_sample: size / (tags * seconds) };
  } finally {
    await server.halt();
    rmSync(server.folder, { recursive: true, force: true });
  }
}

function tell(line, peer, value) {
  if (line.value === undefined) return console.log(JSON.stringify({ ...line, peer, value }));
  const isMore = line.better === "higher";
  const ratio = isMore ? line.value / value : value / line.value;
  const more = line.value > 0 ? { ratio: Number(ratio.toFixed(2)) } : {};
  console.log(JSON.stringify({ ...line, peer, peer_value: Number(value.toPrecision(4)), ...more }));
}

try {
  execFileSync("ninja", ["-C", "build/release", "history_bench", "history_power_test"],
    { stdio: ["ignore", 2, 2] });
  const words = process.argv.slice(2);
  const own = words.includes("peers") ? [] : [...run("build/release/history_bench", ...words),
    ...run("build/release/tests/history_power_test", "--gtest_filter=*LosesAndDoublesNothing")];
  for (const line of own) console.log(JSON.stringify(line));
  const path = makeLines(tags, seconds);
  const peers = { "VictoriaMetrics, lines over HTTP": await victoria(path),
    "PostgreSQL rows, INSERT ... SELECT": await postgres(path) };
  for (const [name, figures] of Object.entries(peers)) {
    for (const [metric, value] of Object.entries(figures)) {
      const line = own.findLast((one) => one.metric === metric);
      tell(line ?? { bench: "history", metric }, name, value);
    }
  }
  const line = own.find((one) => one.metric === "lost_after_kill") ??
    { bench: "history", metric: "lost_after_kill" };
  tell(line, "VictoriaMetrics, of 1,000,000 acknowledged", await victoriaKilled());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
