// What the control room has beside the alarm list: trends of several tags with a table behind them,
// and how the alarm system does.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { saved, sit } from "./hazard_desk.mjs";
import { startMachines } from "./machines.mjs";
import { root, startServer } from "./server.mjs";
import { until } from "./client.mjs";

export function desk(lang) {
  const text = readFileSync(join(root, `web/src/text/${lang}_desk.ts`), "utf8");
  const rows = [...text.matchAll(/^ {2}(\w+): ("[^"\n]*"),$/gm)];
  return Object.fromEntries(rows.map(([, key, value]) => [key, JSON.parse(value)]));
}

// Dates are written as everywhere else, not as the browser's language has them.
async function datesPart(page) {
  const from = page.locator(".trend-dates input").first();
  const written = await from.inputValue();
  assert.match(written, /^\d{4}-\d\d-\d\d \d\d:\d\d$/);
  await from.fill("2026-02-30 06:00");
  await page.locator(".trend-dates .fault").waitFor();
  await from.fill(written);
  await page.locator(".trend-dates .fault").waitFor({ state: "detached" });
}

// A plant that has just begun: its trends say since when. Vehicles are seen, and are no heads.
async function overviewPart(seat) {
  const { page } = seat;
  await seat.go("");
  const since = page.locator(".trends .trend-since", { hasText: /\d\d-\d\d \d\d:\d\d/ });
  await since.first().waitFor();
  await page.waitForFunction(() => {
    const numbers = [...document.querySelectorAll("#site .soft.num")].map((one) =>
      one.textContent.match(/\d+/)?.[0]);
    const heads = document.querySelector(".counts .num")?.textContent;
    return numbers.length === 2 && numbers[0] === heads;
  });
  await seat.look("overview-young");
}

async function trendsWalk(seat, w, folder) {
  const { page } = seat;
  await overviewPart(seat);
  // The demo plant is younger than half a month: what is there is drawn, and said since when.
  await seat.go("trends?tags=GAS-2101&hours=720");
  await page.locator(".trend-since", { hasText: /\d{4}-\d\d-\d\d \d\d:\d\d/ }).waitFor();
  await seat.go("trends?tags=GAS-2101&hours=1");
  await page.waitForSelector(".trends-box canvas");
  await datesPart(page);
  await page.getByLabel(w.trendSearch).fill("GAS-2102");
  await page.getByRole("button", { name: /^\+ GAS-2102/ }).click();
  await page.waitForURL(/GAS-2102/);
  await page.getByLabel(w.trendSearch).fill("WS-0001");
  await page.locator(".trend-chooser .chip").filter({ hasText: "+" }).first().click();
  await page.waitForFunction(() => document.querySelectorAll(".trends-page tbody tr").length === 3);
  await page.getByRole("button", { name: w.trendCompare }).click();
  await page.waitForFunction(() => document.querySelectorAll(".trends-page tbody tr").length === 6);
  await page.locator(".trend-notes input").fill("标定 calibration");
  await page.locator(".trend-notes button").click();
  await page.locator(".trend-notes li").filter({ hasText: "calibration" }).waitFor();
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => scrollTo(0, 0));
  await seat.look("trends");
  const file = await saved(page, () => page.getByRole("button", { name: w.trendCsv }).click(),
    folder, "trends.csv");
  assert.equal(file.bytes.subarray(0, 3).toString("hex"), "efbbbf", "a table program sees UTF-8");
  const lines = file.bytes.subarray(3).toString("utf8").trim().split("\r\n");
  assert.equal(lines[0], "code,unit,at,minimum,maximum,mean,count,quality");
  assert.ok(lines.slice(1).some((line) => line.startsWith("GAS-2101,")), "samples of the tag");
  await zoomed(page);
  await page.getByRole("button", { name: w.trendRemove.replace("{code}", "GAS-2101") }).click();
  await page.waitForFunction(() => !location.hash.includes("GAS-2101"));
}

// Live values come by the stream; dragging over the chart shows that period, which then stands.
async function zoomed(page) {
  const figures = () => page.locator(".trends-page tbody tr td:nth-child(4)").allTextContents();
  const before = (await figures()).join();
  await page.mouse.move(0, 0);
  let asked = 0;
  page.on("request", (one) => { if (one.url().includes("/trend?")) asked += 1; });
  await until("a value that no request brought", async () =>
    ((await figures()).join() !== before ? true : null), 15000);
  assert.equal(asked, 0, "live values come by the stream");
  await page.evaluate(() =>
    document.querySelector(".trends-box").scrollIntoView({ block: "center" }));
  const box = await page.locator(".trends-box .u-over").boundingBox();
  await page.mouse.move(box.x + box.width * 0.8, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.95, box.y + 120, { steps: 5 });
  await page.mouse.up();
  await page.waitForURL(/from=/);
  await page.waitForSelector(".trends-box canvas");
  const { from, to } = Object.fromEntries(new URLSearchParams(page.url().split("?")[1]));
  const wide_min = (Date.parse(to) - Date.parse(from)) / 60000;
  assert.ok(wide_min > 5 && wide_min < 15, `${wide_min} minutes of 60 were dragged over`);
}

async function performanceWalk(seat, w, machines) {
  const { page } = seat;
  await machines.command({ leak: "GAS-2107" });
  await until("an alarm", () => page.evaluate(() => fetch("/api/alarms").then((one) => one.json())
    .then(({ counts }) => (counts.active > 0 ? true : null))), 60000);
  await seat.go("alarms");
  await page.getByRole("link", { name: w.tab_performance }).click();
  await page.waitForSelector(".performance");
  await page.waitForSelector("[data-part='follows']");
  const answer = await page.evaluate(() =>
    fetch("/api/alarms/performance").then((one) => one.json()));
  assert.equal(await page.locator(".performance").count(), answer.figures.length);
  assert.ok(answer.annunciated > 0);
  await page.locator(".positions tbody tr[data-area]").first().waitFor();
  assert.ok(await page.locator(".positions tbody tr[data-area]").count() > 1, "each position");
  assert.ok(answer.figures.every(({ source }) => source.length > 0));
  await seat.look("alarm-performance");
}

// All gas detectors at once, each cell with a value that came live; a cell leads to its trend.
async function wallWalk(seat, w) {
  const { page } = seat;
  await seat.go("trends");
  await page.getByRole("link", { name: w.wallTitle }).click();
  await page.getByLabel(w.wallSearch).fill("GAS-21");
  const count = await page.evaluate(() => fetch("/api/tags?search=gas-21&limit=1")
    .then((one) => one.json()).then(({ rows, total }) => (rows.length === 1 ? total : 0)));
  await page.locator(`.wall[data-seen="${count}"] canvas`).waitFor();
  await seat.look("wall");
  await page.locator(".wall").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.waitForURL(/trends\?tags=GAS-21/);
}

export async function sensingWalk({ browser, newWatch, atEnd, seed, lang, size }) {
  const machines = await startMachines({ people: 20 });
  atEnd(() => machines.stop());
  const server = await startServer({ words: machines.words });
  atEnd(() => server.stop());
  const w = desk(lang);
  const about = { server, browser, watch: newWatch(server.url), lang, seed };
  const seat = await sit(about, "control1", size);
  await until("samples", () => seat.page.evaluate(() => fetch("/api/tags")
    .then((one) => one.json()).then(({ rows }) =>
      (rows.some(({ code, value }) => code === "GAS-2101" && value !== null) ? true : null))));
  await trendsWalk(seat, w, server.folder);
  await wallWalk(seat, w);
  await performanceWalk(seat, w, machines);
  await seat.leave();
}
