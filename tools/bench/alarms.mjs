// ./anlan bench alarms [TAGS] [--toggles N]: from the wire to the browser, with the real server, a
// Sparkplug edge node that tells TAGS (100,000) each second, and a page in Chromium that listens.
//   alarm_p99_ms        single tags that cross their limit
//   alarm_flood_p99_ms  a tenth of all tags within 5 s
// Both clocks are the machine's: the page's Date.now() against the sender's.
import { launch } from "../../tests/e2e/browser.mjs";
import { Client, until } from "../../tests/e2e/client.mjs";
import { readSeed } from "../../tests/e2e/seed.mjs";
import { pause, startServer } from "../../tests/e2e/server.mjs";
import {
  cpuOf, loadNow, packOf, percentile, startBroker, startEdge, tagOf, tagsAsked, wish,
} from "./many_tags.mjs";

const count = tagsAsked();
const toggles = wish("--toggles", 120);
const flood_ms = 5000;

const tell = (metric, value, more) => console.log(JSON.stringify({
  bench: "alarms", metric, variant: String(count), value: Math.round(value * 10) / 10, unit: "ms",
  better: "lower", load: loadNow(), ...more,
}));

async function listen(browser, url, client) {
  const context = await browser.newContext();
  const [name, value] = client.cookie.split(/=(.*)/s);
  await context.addCookies([{ name, value, url }]);
  const page = await context.newPage();
  await page.goto(`${url}/api/health`);
  await page.evaluate(() => new Promise((done) => {
    window.heard = [];
    const socket = new WebSocket(`ws://${location.host}/api/live`);
    socket.onopen = () => socket.send(JSON.stringify({
      type: "hello", topics: ["alarm"], credit: 16777216,
    }));
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === "welcome") return done();
      if (message.seq) socket.send(JSON.stringify({ type: "ack", seq: message.seq }));
      if (message.payload?.code) window.heard.push([message.payload.code, Date.now()]);
    };
  }));
  return page;
}
const heard = (page) => page.evaluate(() => window.heard.splice(0));

// When each tag's first event arrived after it was sent.
function latencies(sent, events) {
  const first = new Map();
  for (const [code, at] of events) {
    const tag = code.replace(/\.H$/, "");
    if (sent.has(tag) && !first.has(tag)) first.set(tag, at - sent.get(tag));
  }
  return [...first.values()];
}

async function singles(edge, page) {
  const all = [];
  for (let i = 0; i < toggles; i += 1) {
    const place = (i * 7919) % count;
    edge.values[place] = 95;
    const sent = new Map([[tagOf(place), Date.now()]]);
    edge.send([place]);
    await pause(90 + ((i * 37) % 60));
    all.push(...latencies(sent, await heard(page)));
    edge.values[place] = 50;
    edge.send([place]);
    await pause(60);
    await heard(page);
  }
  return all;
}

async function flood(edge, page) {
  const sent = new Map();
  const trips = Math.floor(count / 10);
  const steps = 50;
  for (let step = 0; step < steps; step += 1) {
    const places = [];
    for (let i = step; i < trips; i += steps) places.push(i * 10);
    for (const place of places) {
      edge.values[place] = 95;
      sent.set(tagOf(place), Date.now());
    }
    edge.send(places);
    await pause(flood_ms / steps);
  }
  const events = [];
  for (let quiet = 0; quiet < 10;) {
    await pause(500);
    const more = await heard(page);
    events.push(...more);
    quiet = more.length === 0 ? quiet + 1 : 0;
  }
  return { took: latencies(sent, events), trips, events: events.length };
}

const broker = await startBroker();
const pack = packOf(count, broker.port);
const browser = await launch();
let server, edge;
try {
  server = await startServer({ words: ["--packs", pack.packs] });
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
  const page = await listen(browser, server.url, client);
  const cpu = cpuOf(server.pid);
  const began = Date.now();
  const one = await singles(edge, page);
  const cores = (cpuOf(server.pid) - cpu) / ((Date.now() - began) / 1000);
  if (one.length < toggles) {
    console.error(`bench: ${toggles - one.length} of ${toggles} toggles did not arrive in time`);
  }
  tell("alarm_p50_ms", percentile(one, 0.5), { samples: one.length, cores });
  tell("alarm_p99_ms", percentile(one, 0.99), { target: 50, samples: one.length });
  const all = await flood(edge, page);
  if (all.took.length < all.trips) {
    console.error(`bench: ${all.trips - all.took.length} alarms of the flood did not arrive`);
  }
  tell("alarm_flood_p50_ms", percentile(all.took, 0.5), { samples: all.took.length });
  tell("alarm_flood_p99_ms", percentile(all.took, 0.99),
    { target: 500, samples: all.took.length, trips: all.trips });
  isRunning = false;
  await beat;
} finally {
  edge?.stop();
  await browser.close();
  await server?.stop();
  await broker.stop();
  pack.remove();
}
