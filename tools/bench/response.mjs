// ./anlan bench response [300] [2000] [--runs N]: from a gas trip to a started plan, with the real
// server, the simulator, and phones in Chromium that only listen. People answer by script at once,
// so `started` is what the system itself takes. Every run begins with a fresh demo plant.
import { Client, until } from "../../tests/e2e/client.mjs";
import { Drill, posts } from "../../tests/e2e/drill.mjs";
import { publish, startMachines } from "../../tests/e2e/machines.mjs";
import { launch } from "../../tests/e2e/browser.mjs";
import { readSeed } from "../../tests/e2e/seed.mjs";
import { pause, startServer } from "../../tests/e2e/server.mjs";

const seed = readSeed();
const phones_max = 40;
const toggles = 150;
const toggle_ms = 120;

const words = process.argv.slice(2);
const at = words.indexOf("--runs");
const runs = at < 0 ? 5 : Number(words[at + 1]);
const variants = words.filter((word) => /^\d+$/.test(word) && word !== words[at + 1]).map(Number);

// Nearest rank.
function percentile(values, part) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
}

function tell(metric, variant, value, more) {
  console.log(JSON.stringify({
    bench: "response", metric, variant: String(variant), value: Math.round(value * 10) / 10,
    unit: "ms", better: "lower", ...more,
  }));
}

// Badges beyond the seed's, for people without accounts.
async function addBadges(admin, people) {
  const rows = [];
  for (let i = 301; i <= people; i += 1) {
    const code = `B-${String(i).padStart(4, "0")}`;
    rows.push({ code, holder: `承包商 ${i}`, kind: "contractor", company: "bench" });
  }
  for (let from = 0; from < rows.length; from += 500) {
    const part = { rows: rows.slice(from, from + 500), dry_run: false };
    const { refused } = await admin.post("/api/import/badge", part);
    if (refused.length > 0) throw new Error(JSON.stringify(refused[0]));
  }
}

// A page that notes when each event reached it.
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
      type: "hello", topics: ["notice", "alarm"], credit: 262144,
    }));
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === "welcome") return done();
      if (message.seq) socket.send(JSON.stringify({ type: "ack", seq: message.seq }));
      window.heard.push({ ...message, at: Date.now() });
    };
  }));
  return page;
}

// A tag that nothing else writes, with one limit.
async function addToggle(admin) {
  const find = async (form, code) => {
    const filter = encodeURIComponent(JSON.stringify(["eq", "code", code]));
    const { rows } = await admin.get(`/api/records/${form}?filter=${filter}`);
    return rows[0].id;
  };
  const area = await find("area", "A6");
  const source = await find("source", "S-RTLS");
  const { record: tag } = await admin.post("/api/records/tag", { fields: {
    code: "BENCH-1", name_zh: "测试", source, area, unit: "%", range_low: 0, range_high: 100,
    purpose: "other",
  } });
  await admin.post("/api/records/alarm_limit", { fields: {
    code: "BENCH-1.H", name_zh: "测试", tag: tag.id, area, kind: "h", limit_value: 50, deadband: 1,
    on_delay_s: 0, off_delay_s: 0, priority: 3, is_latching: false, is_safety: false, gas_level: 0,
  } });
  await pause(2500);
}

async function wireToBrowser(machines, page) {
  await page.evaluate(() => { window.heard = []; });
  const sent = [];
  for (let i = 0; i < toggles; i += 1) {
    const value = i % 2 === 0 ? 80 : 20;
    sent.push(Date.now());
    await publish(machines.mqtt, "plant/values",
      { at: new Date().toISOString(), rows: [{ tag: "BENCH-1", value }] });
    await pause(toggle_ms);
  }
  await pause(500);
  const heard = await page.evaluate(() =>
    window.heard.filter((one) => one.topic === "alarm").map((one) => one.at));
  if (heard.length !== toggles) throw new Error(`${heard.length} of ${toggles} toggles came`);
  return heard.map((time, i) => time - sent[i]);
}

async function oneRun(browser, people) {
  const machines = await startMachines({ people });
  const server = await startServer({ words: machines.words });
  try {
    const admin = await new Client(server.url).logIn("admin", seed.password);
    if (people > 300) await addBadges(admin, people);
    await addToggle(admin);
    const drill = new Drill(server, seed.password);
    const pages = [];
    for (const login of seed.logins.slice(0, phones_max)) {
      pages.push(await listen(browser, server.url, await drill.as(login)));
    }
    const control = await listen(browser, server.url, await drill.as("control1"));
    await until("people on the plan", async () => {
      const { rows } = await (await drill.as("control1")).get("/api/presence");
      return rows.length >= people * 0.95;
    }, 120000);
    const wire = await wireToBrowser(machines, control);
    await machines.command({ leak: "GAS-2107" });
    const [{ id }] = await until("a response", async () => {
      const rows = await drill.running();
      return rows.length > 0 ? rows : null;
    });
    for (const post of Object.keys(posts)) await drill.signIn(id, post);
    await drill.waitStep(id, "started");
    const { steps, counts } = await drill.console(id);
    const took = Object.fromEntries(steps.map((step) => [step.step, step.took_ms]));
    const raised = Date.parse(steps.find(({ step }) => step === "raised").at);
    const arrivals = [];
    for (const page of pages) {
      const routes = await page.evaluate(() => window.heard
        .filter((one) => one.payload?.kind === "response.notice.route").map((one) => one.at));
      if (routes.length > 0) arrivals.push(routes[0] - raised);
      await page.context().close();
    }
    await control.context().close();
    return { wire, took, arrivals, total: counts.total };
  } finally {
    await server.stop();
    await machines.stop();
  }
}

const metrics = [["suspend_ms", "suspended", 1000], ["told_ms", "told", 1000],
  ["locate_ms", "located", 800], ["routes_ms", "routed", 1000], ["pushed_ms", "pushed", 12000],
  ["started_ms", "started", 112000]];

const browser = await launch();
try {
  for (const people of variants.length > 0 ? variants : [300, 2000]) {
    const all = [];
    for (let run = 0; run < runs; run += 1) all.push(await oneRun(browser, people));
    for (const [metric, step, target] of metrics) {
      const values = all.map(({ took }) => took[step]);
      tell(metric, people, percentile(values, 0.5),
        { target, worst: Math.max(...values), runs, counted: all[0].total });
    }
    const arrivals = all.flatMap((run) => run.arrivals);
    if (arrivals.length > 0) {
      tell("route_on_phone_p99_ms", people, percentile(arrivals, 0.99),
        { target: 12000, phones: arrivals.length });
    }
    const wire = all.flatMap((run) => run.wire);
    tell("wire_to_browser_p50_ms", people, percentile(wire, 0.5), { samples: wire.length });
    tell("wire_to_browser_p99_ms", people, percentile(wire, 0.99),
      { target: 50, samples: wire.length });
  }
} finally {
  await browser.close();
}
