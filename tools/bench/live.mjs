// ./anlan bench live [TAGS] [--seconds N]: what a live plant costs, with the real server and a
// Sparkplug edge node that tells TAGS (100,000) each second.
//   live_100k_core  cores that the server uses while it decodes, alarms, logs and stores all of it
//   restart_ms      from kill -9 until an alarm of a sample that came after it is on the list
//   desk_fps        frames a second of the desk's wall of values while 2,000 tags in sight change
//                   five times a second
import { launch } from "../../tests/e2e/browser.mjs";
import { Client, until } from "../../tests/e2e/client.mjs";
import { readSeed } from "../../tests/e2e/seed.mjs";
import { pause, startServer } from "../../tests/e2e/server.mjs";
import {
  cpuOf, loadNow, plantOf, startBroker, startEdge, tagOf, tagsAsked, wish,
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

// In the page: how often the browser draws, and how many values the page took meanwhile.
function watchFrames(length) {
  const begin = performance.now();
  const before = window.valuesTaken ?? 0;
  let drawn = 0, longest = 0, last = begin;
  return new Promise((done) => {
    const frame = (now) => {
      drawn += 1;
      longest = Math.max(longest, now - last);
      last = now;
      if (now - begin < length) return requestAnimationFrame(frame);
      const took = (now - begin) / 1000;
      done({ fps: drawn / took, updates: ((window.valuesTaken ?? 0) - before) / took, longest });
    };
    requestAnimationFrame(frame);
  });
}

// Counts the rows of the frames of values that the page's own socket brings.
function countValues() {
  const Socket = window.WebSocket;
  window.valuesTaken = 0;
  window.WebSocket = class extends Socket {
    constructor(...words) {
      super(...words);
      this.addEventListener("message", ({ data }) => {
        if (typeof data === "string") return;
        window.valuesTaken += new DataView(data).getUint32(4, true);
      });
    }
  };
}

// The desk's wall of values with as many tags in sight as one socket may watch.
async function frames(browser, server, client, edge) {
  const places = Array.from({ length: seen_tags }, (_, at) => at);
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  const [name, value] = client.cookie.split(/=(.*)/s);
  await context.addCookies([{ name, value, url: server.url }]);
  const page = await context.newPage();
  await page.addInitScript(countValues);
  await page.goto(`${server.url}/desk/#/tags?search=${tagOf(0).slice(0, 3)}`);
  await page.waitForSelector(".wall canvas");
  let isSending = true;
  const fast = (async () => {
    for (let turn = 0; isSending; turn += 1) {
      const begin = Date.now();
      for (const at of places) edge.values[at] = 40 + ((at + turn * 3) % 200) / 10;
      edge.send(places);
      await pause(Math.max(1, frame_ms - (Date.now() - begin)));
    }
  })();
  await page.waitForFunction(() => window.valuesTaken > 0);
  const found = await page.evaluate(watchFrames, 10000);
  const seen = Number(await page.getAttribute(".wall", "data-seen"));
  isSending = false;
  await fast;
  await context.close();
  tell("desk_fps", found.fps, "1/s", { better: "higher", target: 30, tags_in_sight: seen,
    updates_per_s: Math.round(found.updates), longest_frame_ms: Math.round(found.longest) });
}

// A tag crosses its limit while the server is dead: until the alarm is on the list of a reader who
// is still logged in.
async function restart(server, edge, options, client) {
  await server.kill();
  const began = Date.now();
  const place = 4711 % count;
  edge.values[place] = 95;
  const again = await startServer({ ...options, again: server.folder, port: server.port });
  const ready = Date.now() - began;
  await until("an alarm after the start", async () => {
    const { rows } = await client.get("/api/alarms");
    return rows.some(({ code }) => code === `${tagOf(place)}.H`) ? true : null;
  }, 120000);
  tell("restart_ms", Date.now() - began, "ms", { better: "lower", target: 2000, ready_ms: ready });
  return again;
}

const broker = await startBroker();
const options = await plantOf(count, broker.port);
const browser = await launch();
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
  server = await restart(server, edge, options, client);
  isRunning = false;
  await beat;
} finally {
  edge?.stop();
  await browser.close();
  await server?.stop();
  await broker.stop();
}
