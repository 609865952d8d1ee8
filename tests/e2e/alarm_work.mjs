// One alarm from the list to a work order: card, why it sounds, acknowledged by key; a socket that
// was cut shows afterwards what happened meanwhile, each alarm once; the phone of whom it concerns.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sit } from "./hazard_desk.mjs";
import { publish, startMachines } from "./machines.mjs";
import { root, startServer } from "./server.mjs";
import { Client, until } from "./client.mjs";

function block(lang) {
  const text = readFileSync(join(root, "web/src/text/alarm_words.ts"), "utf8");
  const part = lang === "zh"
    ? text.slice(0, text.indexOf("const en")) : text.slice(text.indexOf("const en"));
  const rows = [...part.matchAll(/^ {2}(\w+): ("[^"\n]*"),$/gm)];
  return Object.fromEntries(rows.map(([, key, value]) => [key, JSON.parse(value)]));
}

export const alarmsOf = (page) =>
  page.evaluate(() => fetch("/api/alarms").then((one) => one.json()));
export const tell = (machines, tag, value) => publish(machines.mqtt, "plant/values",
  { at: new Date().toISOString(), rows: [{ tag, value }] });
export const rowOf = (page, code) =>
  page.locator("table.alarms tbody tr").filter({ hasText: code });

// A tag that only this walk writes, and its limit.
export async function addTag(server, seed, code, limit = {}) {
  const admin = await new Client(server.url).logIn("admin", seed.password);
  const find = async (form, one) => {
    const filter = encodeURIComponent(JSON.stringify(["eq", "code", one]));
    const { rows } = await admin.get(`/api/records/${form}?filter=${filter}`);
    return rows[0].id;
  };
  const area = await find("area", "A1");
  const { record } = await admin.post("/api/records/tag", { fields: {
    code, name_zh: `液位 ${code}`, name_en: `Level ${code}`, source: await find("source", "S-RTLS"),
    area, device: await find("device", "T-201"), unit: "%", range_low: 0, range_high: 100,
    purpose: "level",
  } });
  await admin.post("/api/records/alarm_limit", { fields: {
    code: `${code}.HH`, name_zh: `液位 ${code} 高高`, name_en: `Level ${code} high high`,
    tag: record.id, area, kind: "hh", limit_value: 90, deadband: 1, on_delay_s: 0, off_delay_s: 0,
    priority: 2, is_latching: false, is_safety: false, gas_level: 0, ...limit,
  } });
}

export async function raise(machines, page, code, value) {
  await until(`an alarm of ${code}`, async () => {
    await tell(machines, code, value);
    const { rows } = await alarmsOf(page);
    return rows.some((row) => row.code === `${code}.HH` && row.active) ? true : null;
  }, 60000);
}

async function deskPart(seat, w, machines) {
  const { page } = seat;
  await raise(machines, page, "LI-1", 95);
  await seat.go("alarms");
  await page.locator("[data-act='tree']").click();
  await page.locator("details[data-area] > summary").first().click();
  await page.locator("details[data-device] > summary").first().waitFor();
  await page.locator("[data-act='tree']").click();
  await rowOf(page, "LI-1.HH").first().click();
  await page.keyboard.press("F4");
  await page.waitForSelector("[data-card='LEVEL-HH']");
  await page.waitForSelector(".why-steps [data-step='sound'][data-ok='true']");
  await seat.look("alarm-card");
  await page.getByRole("button", { name: w.orderWork, exact: true }).click();
  await page.waitForSelector(".alarm-orders a");
  const { rows } = await alarmsOf(page);
  const alarm = rows.find(({ code }) => code === "LI-1.HH");
  assert.match(alarm.order.number, /^BJ-/);
  await page.keyboard.press("Escape");
  await page.keyboard.press("F2");
  await page.waitForFunction(() =>
    fetch("/api/alarms").then((one) => one.json()).then(({ rows: all }) =>
      all.some(({ code, acked }) => code === "LI-1.HH" && acked)));
  return alarm;
}

// Cut while alarms come and go: what is on the list afterwards is what the server has, once each.
async function cutPart(seat, machines, server, seed) {
  const { page, context } = seat;
  const other = await new Client(server.url).logIn("control1", seed.password);
  await seat.go("alarms");
  await context.setOffline(true);
  const listed = async () => (await other.get("/api/alarms")).rows;
  await until("an alarm while the page is cut off", async () => {
    await tell(machines, "LI-2", 97);
    return (await listed()).some(({ code }) => code === "LI-2.HH") ? true : null;
  }, 60000);
  await until("one that is over meanwhile", async () => {
    await tell(machines, "LI-1", 20);
    return (await listed()).some(({ code }) => code === "LI-1.HH") ? null : true;
  }, 60000);
  await context.setOffline(false);
  await rowOf(page, "LI-2.HH").first().waitFor({ timeout: 60000 });
  await until("the same list as the server's", async () => {
    const wanted = (await listed()).filter(({ letter }) => !["G", "H", "I"].includes(letter))
      .map(({ code }) => code).sort();
    const seen = await page.locator("table.alarms tbody tr td:nth-child(2)").allTextContents();
    return JSON.stringify(seen.sort()) === JSON.stringify(wanted) ? true : null;
  }, 60000);
  assert.equal(await rowOf(page, "LI-2.HH").count(), 1, "no alarm twice");
  assert.equal(await rowOf(page, "LI-1.HH").count(), 0, "none that is over");
  // The walk itself cut the link.
  const { watch } = seat;
  watch.breaches = watch.breaches.filter((text) => !text.includes("ERR_INTERNET_DISCONNECTED"));
}

async function phonePart(about, w) {
  const seat = await sit(about, "leader11", "phone");
  const { page } = seat;
  await seat.go("alarms");
  const card = page.locator(".card.alarm").filter({ hasText: "LI-2.HH" });
  await card.getByRole("button", { name: w.cardOpen, exact: true }).click();
  await card.locator("[data-card='LEVEL-HH']").waitFor();
  await seat.look("alarms-mine");
  await card.getByRole("button", { name: w.ackIt, exact: true }).click();
  await until("an acknowledgement from the phone", async () => {
    const { rows } = await alarmsOf(page);
    return rows.some(({ code, acked }) => code === "LI-2.HH" && acked) ? true : null;
  });
  await startPart(seat);
  await seat.leave();
}

// Seen once, an alarm stands below the report button.
async function startPart(seat) {
  const { page } = seat;
  await seat.go("");
  await page.locator(".alarms-here .card").filter({ hasText: "LI-2" }).first().waitFor();
  await page.locator(".report-tile").waitFor();
  const isBelow = await page.evaluate(() => {
    const tile = document.querySelector(".report-tile");
    const below = Node.DOCUMENT_POSITION_FOLLOWING;
    return [...document.querySelectorAll(".alarms-here")].every((one) =>
      (tile.compareDocumentPosition(one) & below) !== 0);
  });
  assert.ok(isBelow, "the report button comes first");
  await seat.look("start-with-alarms");
}

export async function alarmWalk({ browser, newWatch, atEnd, seed, lang }) {
  const machines = await startMachines({ people: 20 });
  atEnd(() => machines.stop());
  const server = await startServer({ words: machines.words });
  atEnd(() => server.stop());
  const about = { server, browser, watch: newWatch(server.url), lang, seed };
  const w = block(lang);
  await addTag(server, seed, "LI-1");
  await addTag(server, seed, "LI-2");
  const seat = await sit(about, "control1");
  await deskPart(seat, w, machines);
  await cutPart(seat, machines, server, seed);
  await seat.leave();
  await phonePart(about, w);
}
