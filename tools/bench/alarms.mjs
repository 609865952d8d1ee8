// ./anlan bench alarms [TAGS] [--toggles N]: from the wire to the pixel, with the real server, a
// Sparkplug edge node that tells TAGS (100,000) each second, and the desk's alarm list in Chromium.
//   alarm_p99_ms         single tags that cross their limit, until their row stands in the list
//   socket_p99_ms        the same, until a page's live stream has the event
//   desk_flood_frame_ms  the longest frame of the desk while 200 alarms come each second
//   desk_flood_p99_ms    urgent alarms amid them, until their row stands in the list
//   alarm_flood_p99_ms   a tenth of all tags within 5 s, until a page's live stream has the event
// What does not arrive within the patience counts as having taken that long. All clocks are the
// machine's: the page's Date.now() against the sender's.
import { launch } from "../../tests/e2e/browser.mjs";
import { Client, until } from "../../tests/e2e/client.mjs";
import { readSeed } from "../../tests/e2e/seed.mjs";
import { pause, startServer } from "../../tests/e2e/server.mjs";
import {
  cpuOf, isUrgent, loadNow, percentile, plantOf, startBroker, startEdge, tagOf, tagsAsked, wish,
} from "./many_tags.mjs";

const count = tagsAsked();
const toggles = wish("--toggles", 120);
const patience_ms = 5000;
const flood_ms = 5000;
const desk_flood_ms = 8000;
const alarms_per_s = 200;
const high = 95;
const usual = 50;

const tell = (metric, values, target, more = {}) => {
  const one = (part) => Math.round(percentile(values, part) * 10) / 10;
  console.log(JSON.stringify({
    bench: "alarms", metric, variant: String(count), value: one(0.99), unit: "ms",
    better: "lower", ...(target ? { target } : {}), p50: one(0.5), samples: values.length,
    late: values.filter((value) => value >= patience_ms).length, load: loadNow(), ...more,
  }));
};

// In the page: when each code first came over a live stream of its own.
function listen() {
  Object.assign(window, { heard: {}, resets: 0 });
  const socket = new WebSocket(`ws://${location.host}/api/live`);
  return new Promise((done) => {
    socket.onopen = () => socket.send(JSON.stringify({
      type: "hello", topics: ["alarm"], credit: 16777216,
    }));
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === "reset") window.resets += 1;  // too far behind: events are left out
      if (message.type === "welcome") done();
      else if (message.seq) socket.send(JSON.stringify({ type: "ack", seq: message.seq }));
      const code = message.payload?.code;
      if (code) window.heard[code] ??= Date.now();
    };
  });
}
// In the page: when the row of each code was first drawn, and how long frames took.
function look() {
  Object.assign(window, { drawn: {}, frames: [] });
  new MutationObserver(() => requestAnimationFrame(() => {
    for (const cell of document.querySelectorAll("table.alarms td:nth-child(2)")) {
      window.drawn[cell.textContent] ??= Date.now();
    }
  })).observe(document.body, { subtree: true, childList: true, characterData: true });
  let last = performance.now();
  const frame = (now) => {
    window.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

async function openPage(browser, url, client, path) {
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  const [name, value] = client.cookie.split(/=(.*)/s);
  await context.addCookies([{ name, value, url }]);
  const page = await context.newPage();
  await page.goto(`${url}${path}`);
  return page;
}

// Waits until all codes are known to `name` of the page, and answers how long each took.
async function latencies(page, name, sent, wait_ms = patience_ms) {
  const codes = [...sent.keys()];
  await page.waitForFunction(
    ([of, all]) => all.every((code) => window[of][code]), [name, codes],
    { timeout: wait_ms, polling: 100 },
  ).catch(() => {});
  const known = await page.evaluate(([of, all]) => all.map((code) => window[of][code] ?? 0),
    [name, codes]);
  return codes.map((code, i) => known[i] ? known[i] - sent.get(code) : patience_ms);
}

const trip = (edge, places, sent) => {
  for (const place of places) {
    edge.values[place] = high;
    sent?.set(`${tagOf(place)}.H`, Date.now());
  }
  edge.send(places);
};

// Urgent tags, none twice: `next()`.
function urgentOnes() {
  const all = Array.from({ length: count }, (_, at) => at).filter(isUrgent);
  return () => all.shift() ?? 0;
}

async function singles({ edge, desk, ear, next }) {
  const drawn = [], heard = [];
  for (let i = 0; i < toggles; i += 1) {
    const sent = new Map();
    const place = next();
    trip(edge, [place], sent);
    drawn.push(...await latencies(desk, "drawn", sent));
    heard.push(...await latencies(ear, "heard", sent));
    edge.values[place] = usual;
    edge.send([place]);
    await pause((i * 37) % 200);
  }
  return { drawn, heard };
}

// 200 alarms a second, of which some are urgent.
async function deskFlood({ edge, desk, next }) {
  await desk.evaluate(() => { window.frames.length = 0; });
  const sent = new Map();
  const step_ms = 50;
  const begin = Date.now();
  let place = 3;
  for (let step = 0; step * step_ms < desk_flood_ms; step += 1) {
    const places = Array.from({ length: alarms_per_s * step_ms / 1000 }, () => (place += 10));
    trip(edge, places.map((at) => at % count));
    if (step % 5 === 0) trip(edge, [next()], sent);
    await pause(begin + (step + 1) * step_ms - Date.now());
  }
  const drawn = await latencies(desk, "drawn", sent);
  return { drawn, frames: await desk.evaluate(() => window.frames) };
}

async function flood({ edge, ear }) {
  const sent = new Map();
  const trips = Math.floor(count / 10);
  const steps = 50;
  const begin = Date.now();
  for (let step = 0; step < steps; step += 1) {
    const places = [];
    for (let i = step; i < trips; i += steps) places.push(i * 10 + 5);
    trip(edge, places, sent);
    await pause(begin + ((step + 1) * flood_ms) / steps - Date.now());
  }
  return latencies(ear, "heard", sent, 60000);
}

const broker = await startBroker();
const plant = await plantOf(count, broker.port);
const browser = await launch();
let server, edge;
try {
  server = await startServer(plant);
  const { password } = readSeed();
  const client = await new Client(server.url).logIn("control1", password);
  edge = await startEdge(broker.port, count);
  let isRunning = true;
  const beat = (async () => { while (isRunning) await edge.second(); })();
  await until("samples of all tags", async () => {
    const { rows } = await client.get("/api/sources");
    const one = rows.find(({ code }) => code === "S-MANY");
    return one && one.stored > count ? true : null;
  }, 120000);
  const desk = await openPage(browser, server.url, client, "/desk/#/alarms");
  await desk.waitForSelector(".alarm-page .alarm-filters");
  await desk.evaluate(look);
  const ear = await openPage(browser, server.url, client, "/api/health");
  await ear.evaluate(listen);
  const at = { edge, desk, ear, next: urgentOnes() };
  const one = await singles(at);
  tell("alarm_p99_ms", one.drawn, 50);
  tell("socket_p99_ms", one.heard, 50);
  const cpu = cpuOf(server.pid);
  const began = Date.now();
  const { drawn, frames } = await deskFlood(at);
  const cores = (cpuOf(server.pid) - cpu) / ((Date.now() - began) / 1000);
  tell("desk_flood_p99_ms", drawn, 300, { cores: Math.round(cores * 100) / 100 });
  tell("desk_flood_frame_ms", [Math.max(...frames)], 250, { samples: frames.length });
  const flooded = await flood(at);
  tell("alarm_flood_p99_ms", flooded, 500, { resets: await ear.evaluate(() => window.resets) });
  isRunning = false;
  await beat;
} finally {
  edge?.stop();
  await browser.close();
  await server?.stop();
  await broker.stop();
}
