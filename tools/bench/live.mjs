// ./anlan bench live [TAGS] [--seconds N]: what a live plant costs, with the real server and a
// Sparkplug edge node that tells TAGS (100,000) each second.
//   live_100k_core  cores that the server uses while it decodes, alarms, logs and stores all of it
//   restart_ms      from kill -9 until an alarm of a fresh sample is on the list again
//   desk_fps        frames a second of the desk while its socket takes 10,000 updates a second
import { launch } from "../../tests/e2e/browser.mjs";
import { Client, until } from "../../tests/e2e/client.mjs";
import { readSeed } from "../../tests/e2e/seed.mjs";
import { pause, startServer } from "../../tests/e2e/server.mjs";
import {
  cpuOf, loadNow, packOf, startBroker, startEdge, tagOf, tagsAsked, wish,
} from "./many_tags.mjs";

const count = tagsAsked();
const seconds = wish("--seconds", 30);
// One socket watches 2,000 tags and gets five frames a second: 10,000 updates.
const seen_tags = Math.min(count, 2000);
const frame_ms = 200;

const tell = (metric, value, unit, more) => console.log(JSON.stringify({
  bench: "live", metric, variant: String(count), value: Math.round(value * 1000) / 1000, unit,
  load: loadNow(), ...more,
}));

const sourceOf = async (client) => {
  const { rows } = await client.get("/api/sources");
  return rows.find(({ code }) => code === "S-MANY");
};

async function cores(server, client) {
  const before = await sourceOf(client);
  const cpu = cpuOf(server.pid);
  const began = Date.now();
  await pause(seconds * 1000);
  const used = cpuOf(server.pid) - cpu;
  const took = (Date.now() - began) / 1000;
  const after = await sourceOf(client);
  const stored = (after.stored - before.stored) / took;
  tell("live_100k_core", used / took, "cores",
    { better: "lower", target: 0.25, stored_per_s: Math.round(stored), balances: after.balances });
}

// In the page: draws what the frames bring as often as the browser lets it.
async function drawFrames({ codes, length }) {
  const box = document.createElement("div");
  box.style.cssText = "position:fixed;inset:0;overflow:hidden;font-size:8px;z-index:9";
  const cells = new Map();
  document.body.append(box);
  const waiting = new Map();
  let updates = 0;
  const socket = new WebSocket(`ws://${location.host}/api/live`);
  socket.binaryType = "arraybuffer";
  socket.onopen = () =>
    socket.send(JSON.stringify({ type: "hello", topics: ["alarm"], credit: 16777216 }));
  const take = (view) => {
    const rows = view.getUint32(4, true);
    for (let i = 0; i < rows; i += 1) {
      waiting.set(view.getUint32(16 + 4 * i, true),
        view.getFloat64(16 + 4 * rows + 8 * i, true));
    }
    updates += rows;
  };
  await new Promise((done) => {
    socket.onmessage = ({ data }) => {
      if (typeof data !== "string") return take(new DataView(data));
      const message = JSON.parse(data);
      if (message.seq) socket.send(JSON.stringify({ type: "ack", seq: message.seq }));
      if (message.type === "welcome") {
        socket.send(JSON.stringify({ type: "watch", tags: codes }));
      }
      if (message.type !== "watching") return;
      for (const { index } of message.tags) {
        const cell = document.createElement("span");
        box.append(cell, " ");
        cells.set(index, cell);
      }
      done();
    };
  });
  updates = 0;
  let drawn = 0, longest = 0, last = performance.now();
  const begin = last;
  await new Promise((done) => {
    const draw = (now) => {
      drawn += 1;
      longest = Math.max(longest, now - last);
      last = now;
      for (const [index, value] of waiting) {
        const cell = cells.get(index);
        if (cell) cell.textContent = value.toFixed(1);
      }
      waiting.clear();
      if (now - begin < length) requestAnimationFrame(draw);
      else done();
    };
    requestAnimationFrame(draw);
  });
  const took = (performance.now() - begin) / 1000;
  return { fps: drawn / took, updates: updates / took, longest };
}

// A page that takes the frames of all tags that one socket may watch, as the desk does.
async function frames(browser, server, client, edge) {
  const places = Array.from({ length: seen_tags }, (_, at) => at);
  const codes = places.map(tagOf);
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  const [name, value] = client.cookie.split(/=(.*)/s);
  await context.addCookies([{ name, value, url: server.url }]);
  const page = await context.newPage();
  await page.goto(`${server.url}/desk/`);
  await page.waitForSelector(".desk");
  let isSending = true;
  const fast = (async () => {
    for (let turn = 0; isSending; turn += 1) {
      for (const at of places) edge.values[at] = 40 + ((at + turn * 3) % 200) / 10;
      edge.send(places);
      await pause(frame_ms);
    }
  })();
  const found = await page.evaluate(drawFrames, { codes, length: 10000 });
  isSending = false;
  await fast;
  await context.close();
  tell("desk_fps", found.fps, "1/s", { better: "higher", target: 30,
    updates_per_s: Math.round(found.updates), longest_frame_ms: Math.round(found.longest) });
}

async function restart(server, edge, options) {
  await server.kill();
  const began = Date.now();
  const again = await startServer({ ...options, again: server.folder, port: server.port });
  const ready = Date.now() - began;
  const { password } = readSeed();
  const client = await new Client(again.url).logIn("control1", password);
  const place = 4711 % count;
  await until("an alarm after the start", async () => {
    edge.values[place] = edge.values[place] > 90 ? 96.5 : 95;
    edge.send([place]);
    const { rows } = await client.get("/api/alarms");
    return rows.some(({ code }) => code === `${tagOf(place)}.H`) ? true : null;
  }, 120000);
  tell("restart_ms", Date.now() - began, "ms", { better: "lower", target: 2000, ready_ms: ready });
  return again;
}

const broker = await startBroker();
const pack = packOf(count, broker.port);
const browser = await launch();
const options = { words: ["--packs", pack.packs] };
let server, edge;
try {
  server = await startServer(options);
  const { password } = readSeed();
  const client = await new Client(server.url).logIn("control1", password);
  edge = await startEdge(broker.port, count);
  let isRunning = true;
  const beat = (async () => { while (isRunning) await edge.second(); })();
  await until("samples of all tags", async () =>
    (((await sourceOf(client))?.stored ?? 0) > count ? true : null), 120000);
  await pause(3000);
  await cores(server, client);
  await frames(browser, server, client, edge);
  server = await restart(server, edge, options);
  isRunning = false;
  await beat;
} finally {
  edge?.stop();
  await browser.close();
  await server?.stop();
  await broker.stop();
  pack.remove();
}
