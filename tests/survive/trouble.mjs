// A full disk, a lost and a read-only PostgreSQL under the real program: it says so, refuses
// readably, and goes on by itself. (Linux makes no disk read-only while somebody writes on it,
// other than by breaking; what a breaking disk does to SQLite is in tests/plant/health_test.cpp.)
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, rmdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSeed } from "../e2e/seed.mjs";
import { pause } from "../e2e/server.mjs";
import { checkNotes } from "./check.mjs";
import { Memory, Person } from "./load.mjs";
import { Plant, Postgres } from "./plant.mjs";
import { Socket } from "./socket.mjs";

const patience_ms = 20000;

// A disk of its own that can be full; null where this machine lets nobody mount one.
export function smallDisk(bytes) {
  const folder = mkdtempSync(join(tmpdir(), "anlan-disk-"));
  const mount = (...words) => execFileSync("mount", [...words, folder], { stdio: "pipe" });
  try {
    mount("-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs");
  } catch {
    rmdirSync(folder);
    return null;
  }
  return {
    folder,
    fill() {
      const file = join(folder, "filler");
      try { writeFileSync(file, Buffer.alloc(bytes)); } catch { /* that is the point */ }
    },
    empty: () => rmSync(join(folder, "filler"), { force: true }),
    remove() {
      execFileSync("umount", ["-l", folder]);
      rmdirSync(folder);
    },
  };
}

async function begin(plant) {
  await plant.start();
  const memory = new Memory(Math.random);
  const person = await new Person("worker111", readSeed().password).logIn(plant.url);
  memory.people = [person];
  const areas = await person.get(plant.url, "/api/records/area?limit=1");
  memory.area = areas.rows[0].id;
  return memory;
}

// Tries once; what is acknowledged is remembered.
async function report(plant, memory) {
  const mark = `m${memory.notes.length}-${memory.ops.length}`;
  const body = JSON.stringify({ fields: { area: memory.area, mark } });
  const answer = await memory.people[0].send(plant.url, { path: "/api/records/note", body });
  memory.ops.push(mark);
  if (answer.status === 201) memory.notes.push({ mark, answer: answer.json });
  return answer;
}

async function until(what, ask) {
  const end = Date.now() + patience_ms;
  for (;;) {
    if (await ask()) return;
    assert.ok(Date.now() < end, `${what} did not come`);
    await pause(100);
  }
}

async function health(plant) {
  return fetch(`${plant.url}/api/health`).then((answer) => answer.json());
}

// One kind of trouble from its first refusal to its end, without a restart.
async function live(plant, memory, { begins, ends, status, code, codes, trouble, canRead }) {
  const socket = new Socket(plant.port, memory.people[0].cookie);
  await socket.hello();
  assert.equal((await report(plant, memory)).status, 201);
  await begins();
  await until(`${trouble}`, async () => (await report(plant, memory)).status === status);
  const refused = await report(plant, memory);
  assert.equal(refused.status, status);
  assert.ok((codes ?? [code]).includes(refused.json.error.code), JSON.stringify(refused.json));
  assert.equal(refused.headers.get("x-anlan-trouble"), trouble);
  const said = await health(plant);
  assert.deepEqual([said.status, said.trouble], ["degraded", trouble]);
  const list = { method: "GET", path: "/api/records/note?limit=1" };
  const read = await memory.people[0].send(plant.url, list);
  assert.equal(read.status, canRead ? 200 : 503);
  await until("the message", () => socket.texts.some((one) =>
    one.type === "trouble" && one.code === trouble));
  await ends();
  await until("the end", async () => (await health(plant)).trouble === "");
  assert.equal((await report(plant, memory)).status, 201);
  await until("the message", () => socket.texts.some((one) =>
    one.type === "trouble" && one.code === ""));
  socket.close();
  await checkNotes(plant.url, memory);
}

export async function diskTrouble(disk) {
  const plant = new Plant({ data: join(disk.folder, "data") });
  try {
    const memory = await begin(plant);
    await live(plant, memory, {
      begins: disk.fill, ends: disk.empty, status: 507, code: "disk_full",
      trouble: "disk_full", canRead: true,
    });
    await plant.stop();
    plant.run(["verify"]);
  } catch (problem) {
    problem.message += `\n${plant.said.slice(-3000)}`;
    throw problem;
  } finally {
    await plant.remove();
  }
}

export async function lostPostgres() {
  const server = await Postgres.start();
  const plant = new Plant({ database: server.connect() });
  try {
    const memory = await begin(plant);
    await live(plant, memory, {
      begins: () => server.halt(), ends: () => server.launch(), status: 503, code: "read_only",
      trouble: "store_lost", canRead: false,
    });
    const text = "ALTER DATABASE plant SET default_transaction_read_only = ";
    const end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'plant'";
    const turn = (word) => {
      server.sql(text + word, "postgres");
      server.sql(end, "postgres");
    };
    await live(plant, memory, {
      begins: () => turn("on"), ends: () => turn("off"), status: 503, code: "read_only",
      trouble: "read_only", canRead: true,
    });
  } catch (problem) {
    problem.message += `\n${plant.said.slice(-3000)}`;
    throw problem;
  } finally {
    await plant.remove();
    await server.stop();
  }
}
