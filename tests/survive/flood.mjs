// A flood of live streams with slow and dead readers among them: memory stays bounded, who does not
// read is cut off, and another person's requests go on as fast as before.
//   node tests/survive/flood.mjs [--clients 2000] [--slow 200] [--seconds 60]
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { readSeed } from "../e2e/seed.mjs";
import { pause } from "../e2e/server.mjs";
import { Cut, Person } from "./load.mjs";
import { Plant } from "./plant.mjs";
import { Socket } from "./socket.mjs";

const openAtOnce = 100;
// Each report is some messages for each of thousands, all read by this program.
const pace_ms = 400;
const cutWithin_ms = 100000;  // 30 s without credit, 90 s without a sign of life

// 0 where the process is over: who asked it something says so better.
function residentMb(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}

const round = (value) => Math.round(value * 10) / 10;

// One person who reports and reads, and how long each pair of requests takes him.
async function work({ url, cookie, area, seconds }) {
  const person = Object.assign(new Person("", ""), { cookie });
  const times = [];
  for (let end = Date.now() + seconds * 1000; Date.now() < end; await pause(pace_ms)) {
    const body = JSON.stringify({ fields: { area, mark: `f${Date.now()}-${times.length}` } });
    const begun = performance.now();
    try {
      await person.ask(url, { path: "/api/records/note", body });
      await person.get(url, "/api/records/note?limit=25");
    } catch (problem) {
      if (!(problem instanceof Cut)) throw problem;
      continue;
    }
    times.push(performance.now() - begun);
  }
  return { p50_ms: round(quantile(times, 0.5)), p99_ms: round(quantile(times, 0.99)),
    requests: times.length * 2 };
}

// On a thread of its own: what the thousands of sockets cost this program is not the server's.
function another(plant, { cookie }, area, seconds) {
  const order = { url: plant.url, cookie, area, seconds };
  return new Promise((done, fail) => {
    const worker = new Worker(import.meta.filename, { workerData: order });
    worker.once("message", done).once("error", fail);
  });
}

async function logInAll(plant, logins) {
  const { password } = readSeed();
  const people = [];
  for (const login of logins) people.push(await new Person(login, password).logIn(plant.url));
  return people;
}

async function openAll(plant, people, count) {
  const sockets = [];
  for (let i = 0; i < count; i += openAtOnce) {
    const some = Array.from({ length: Math.min(openAtOnce, count - i) }, (_, j) =>
      new Socket(plant.port, people[(i + j) % people.length].cookie));
    await Promise.all(some.map((socket) => socket.opened));
    sockets.push(...some);
  }
  return sockets;
}

// A slow one asks for little and never says that it has read; a dead one does not even read.
async function greetAll(sockets, slow) {
  for (const [i, socket] of sockets.entries()) {
    const isSlow = i < slow;
    socket.isAcking = !isSlow;
    await socket.hello({ credit: isSlow ? 4096 : 262144, topics: ["note"] });
    if (i < slow / 2) socket.stall();
  }
}

// Numbers grow, and skipped spans say so: nobody misses an event unseen.
function isGapFree(socket) {
  let last = null;
  for (const { type, seq } of socket.texts) {
    if (seq === undefined) continue;
    if (last !== null && type === "event" && seq !== last + 1) return false;
    last = seq;
  }
  return true;
}

export async function flood({ clients, slow, seconds, tell }) {
  const plant = new Plant();
  let watch;
  try {
    await plant.start();
    const people = await logInAll(plant,
      ["worker111", "worker112", "worker121", "worker211", "worker212", "worker122", "admin"]);
    const admin = people.pop();
    const writer = people.pop();
    const areas = await writer.get(plant.url, "/api/records/area?limit=1");
    const area = areas.rows[0].id;
    const quiet = await another(plant, writer, area, Math.min(10, seconds));
    const before_mb = residentMb(plant.child.pid);
    const sockets = await openAll(plant, people, clients);
    assert.ok(sockets.every((socket) => socket.status === 101), "every one is let in");
    await greetAll(sockets, slow);
    let most_mb = 0;
    const look = () => {
      if (!plant.isOver) most_mb = Math.max(most_mb, residentMb(plant.child.pid));
    };
    watch = setInterval(look, 500);
    const flooded = await another(plant, writer, area, seconds);
    const fast = sockets.slice(slow);
    assert.ok(fast.every(isGapFree), "a gap in a stream");
    const codes = new Set(fast.map((socket) => socket.closeCode));
    assert.deepEqual([...codes], [0], "a good reader was cut off");
    const told = fast.map((socket) => socket.texts.length);
    assert.ok(Math.min(...told) > 0, "somebody heard nothing");
    // The events go on until everybody who does not read is gone.
    const end = Date.now() + cutWithin_ms;
    const isCut = (socket) => socket.closeCode !== 0 || socket.socket.destroyed;
    while (!sockets.slice(slow / 2, slow).every(isCut) && Date.now() < end) {
      await another(plant, writer, area, 1);
    }
    const cut = sockets.slice(0, slow).filter(isCut).length;
    clearInterval(watch);
    let status = await admin.get(plant.url, "/api/status");
    while (status.live.sockets > clients - slow && Date.now() < end) {
      await pause(500);
      status = await admin.get(plant.url, "/api/status");
    }
    const result = {
      clients, slow, quiet, flooded, before_mb, most_mb,
      kb_per_client: Math.round(((most_mb - before_mb) * 1024) / clients),
      cut_seen: cut, sockets_left: status.live.sockets, live_bytes: status.live.bytes,
      events: Math.max(...told),
    };
    tell?.(result);
    assert.ok(status.live.sockets <= clients - slow, "slow and dead readers are cut off");
    for (const socket of sockets) socket.close();
    return result;
  } catch (problem) {
    problem.message += `\n${plant.said.slice(-3000)}`;
    throw problem;
  } finally {
    clearInterval(watch);
    await plant.remove();
  }
}

function option(name, otherwise) {
  const at = process.argv.indexOf(name);
  return Number(at < 0 ? otherwise : process.argv[at + 1]);
}

if (!isMainThread) {
  parentPort.postMessage(await work(workerData));
} else if (process.argv[1] === import.meta.filename) {
  await flood({
    clients: option("--clients", 2000), slow: option("--slow", 200),
    seconds: option("--seconds", 60),
    tell: (line) => console.log(JSON.stringify(line)),
  });
}
