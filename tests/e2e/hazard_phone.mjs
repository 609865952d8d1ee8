// The hazard loop on the phone: reporting by taps and by the clock, without a network, over a
// killed page and a lost answer; what waits is seen; each photo is signed by the phone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { photo, Seat } from "./acts.mjs";
import { pause, root } from "./server.mjs";

function dictionary(lang) {
  const text = readFileSync(join(root, `web/src/text/${lang}_loop.ts`), "utf8");
  const rows = [...text.matchAll(/(?:^ {2}|, )(\w+):\s*("(?:[^"\\]|\\.)*")/gm)];
  return Object.fromEntries(rows.map(([, key, value]) => [key, JSON.parse(value)]));
}
export const loop = { zh: dictionary("zh"), en: dictionary("en") };

// Counts what a thumb does, and how long it all takes with a person's pauses left out.
class Thumb {
  constructor(page) {
    Object.assign(this, { page, taps: 0, start: Date.now() });
  }

  async tap(locator) {
    await locator.click();
    this.taps += 1;
  }

  // Opening the camera is one tap; pressing its shutter happens in the phone's own camera.
  async shoot(file) {
    await this.page.locator("input[capture]").first().setInputFiles(file);
    this.taps += 1;
    await this.page.waitForSelector(".shot .whole");
  }

  seconds() {
    return (Date.now() - this.start) / 1000;
  }
}

export async function sixTaps(seat, seed) {
  const { page, t, lang } = seat;
  await seat.go("report");
  await page.waitForSelector(".shutter");
  const thumb = new Thumb(page);
  await thumb.shoot(photo);
  const area = seat.chip(t.sectionPlace, seed.areaName("A1", lang));
  if ((await area.getAttribute("aria-checked")) !== "true") await thumb.tap(area);
  await thumb.tap(seat.chip(t.sectionCategory, seat.choice("category", "leak")));
  await thumb.tap(seat.chip(t.sectionConsequence, seat.choice("consequence", "light")));
  await thumb.tap(seat.chip(t.sectionExposure, seat.choice("exposure", "daily")));
  await seat.look("loop-report-filled");
  const before = Date.now();
  await thumb.tap(page.locator(".action-bar .button"));
  await page.waitForSelector(".done");
  const queued_ms = Date.now() - before;
  await page.waitForSelector(".done-number");
  await page.waitForSelector(".photos-there");
  await page.waitForFunction(() => !document.querySelector(".photos-coming progress"));
  const took = `${thumb.taps} taps, ${thumb.seconds().toFixed(1)} s, queued in ${queued_ms} ms`;
  console.log(`report in ${seat.lang}: ${took}`);
  assert.ok(thumb.taps <= 6, `${thumb.taps} taps`);
  assert.ok(thumb.seconds() <= 30, `${thumb.seconds()} s`);
  await seat.look("loop-report-done");
}

// How many records hold these words; the list does not show them, so each one is opened.
const countOf = (page, words) => page.evaluate(async (text) => {
  const list = await fetch("/api/records/hazard?sort=-created_at&limit=20");
  const { rows } = await list.json();
  const open = rows.map((row) => fetch(`/api/records/hazard/${row.id}`)
    .then((answer) => answer.json()).then(({ record }) => record?.description));
  return (await Promise.all(open)).filter((description) => description === text).length;
}, words);

async function fillIn(seat, seed, words) {
  const { page, t, lang } = seat;
  const another = page.getByRole("button", { name: t.doneAnother });
  if (await another.count()) await another.click();
  await page.waitForSelector(".shutter");
  await page.locator("input[capture]").first().setInputFiles(photo);
  await page.waitForSelector(".shot .whole");
  const area = seat.chip(t.sectionPlace, seed.areaName("A1", lang));
  if ((await area.getAttribute("aria-checked")) !== "true") await area.click();
  await seat.chip(t.sectionCategory, seat.choice("category", "fire")).click();
  await seat.chip(t.sectionConsequence, seat.choice("consequence", "light")).click();
  await seat.chip(t.sectionExposure, seat.choice("exposure", "seldom")).click();
  if (words) await page.getByLabel(t.sectionWords).fill(words);
}

// In a tank without a network: the report waits in the phone, survives the page being killed, and
// arrives once when the network is back.
export async function offlineReport(seat, seed) {
  const { page, context, lang } = seat;
  const p = loop[lang];
  const words = `offline ${Date.now()}`;
  await seat.go("report");
  await page.waitForSelector(".shutter");
  await pause(5000);
  await context.setOffline(true);
  await fillIn(seat, seed, words);
  await page.locator(".action-bar .button").click();
  await page.waitForSelector(".done-mark.wait");
  await page.waitForSelector(".waiting-chip");
  await seat.look("loop-offline-done");
  await seat.go("sync");
  await page.waitForSelector(".card.sync");
  await page.getByText(words).waitFor();
  await seat.look("loop-offline-sync");
  await seat.go("mine");
  await page.getByText(p.mineWaiting.replace("{n}", "1")).waitFor();
  await page.close();
  const again = await context.newPage();
  seat.page = again;
  seat.watch.follow(again);
  await context.setOffline(false);
  await again.goto(`${seat.base}#/`);
  await again.waitForSelector(".frame");
  for (let tries = 0; tries < 60 && !(await countOf(again, words)); tries += 1) await pause(500);
  await again.waitForFunction(() => !document.querySelector(".waiting-chip"));
  await pause(3000);
  assert.equal(await countOf(again, words), 1, "arrived exactly once");
}

// The server took it, the answer was lost: the same report again, and still one record.
export async function lostAnswer(seat, seed) {
  const { page } = seat;
  const words = `lost ${Date.now()}`;
  let lost = 0;
  await page.route("**/api/records/hazard", async (route) => {
    if (route.request().method() !== "POST" || lost > 0) return route.continue();
    lost += 1;
    await route.fetch();
    return route.abort("connectionreset");
  });
  await seat.go("report");
  await fillIn(seat, seed, words);
  await page.locator(".action-bar .button").click();
  await page.waitForSelector(".done-number");
  assert.equal(lost, 1);
  assert.equal(await countOf(page, words), 1, "one record after a lost answer");
  await page.unroute("**/api/records/hazard");
}

// What a person sees of their own key, of what waits, and of the talk about their report.
export async function seeLoop(seat) {
  const { page } = seat;
  const p = loop[seat.lang];
  await seat.go("me");
  await page.getByText(p.deviceHere).waitFor();
  await seat.look("loop-me");
  await seat.go("sync");
  await page.getByText(p.syncEmpty).waitFor();
  await seat.look("loop-sync-empty");
  await seat.go("mine");
  await page.waitForSelector(".card");
  await page.locator(".card").first().click();
  await page.waitForSelector(".evidence-tiles .badge:not(.pending)");
  const talk = page.getByRole("region", { name: p.threadTitleMine });
  await talk.getByLabel(p.threadWrite).fill("还在滴 / still drips");
  await talk.getByRole("button", { name: p.threadSend, exact: true }).click();
  await page.locator(".messages .mine:not(.waits)").waitFor();
  await seat.look("loop-case");
  await page.locator(".evidence-tiles .tile").first().click();
  await page.waitForSelector(".photo-view .badge");
  await seat.look("loop-photo");
  await page.keyboard.press("Escape");
}

// The server says that it is in trouble: every page says so until it is over.
async function seeTrouble(seat) {
  const { page, t } = seat;
  await page.route("**/api/**", async (route) => {
    const answer = await route.fetch().catch(() => null);
    // A page that is left meanwhile has no use for the answer.
    if (!answer) return route.abort().catch(() => {});
    return route.fulfill({
      response: answer, headers: { ...answer.headers(), "x-anlan-trouble": "disk_full" },
    }).catch(() => {});
  });
  await seat.go("");
  await page.locator(".banner.trouble", { hasText: t.troubleDisk }).waitFor();
  await seat.look("loop-trouble");
  await seat.go("tasks");
  await page.locator(".banner.trouble").waitFor();
  await page.unroute("**/api/**");
  await seat.go("notices");
  await page.locator(".banner.trouble").waitFor({ state: "detached" });
}

export async function otherKinds(seat) {
  const { page } = seat;
  const p = loop[seat.lang];
  for (const kind of ["near_miss", "violation"]) {
    await seat.go("");
    // Two steps within one turn of the page would be none.
    await page.waitForSelector(".done, .shutter", { state: "detached" });
    await seat.go("report");
    await page.waitForSelector(".shutter");
    const chip = page.getByRole("radio", { name: p[`kind_${kind}`], exact: true });
    if (!(await chip.count())) continue;
    await chip.click();
    await page.getByRole("heading", { name: p[`title_${kind}`] }).waitFor();
    await seat.look(`loop-report-${kind}`);
  }
  await page.getByRole("radio", { name: p.kind_hazard, exact: true }).click().catch(() => {});
}

// A link that is cut on purpose shows in the console; nothing else may.
export function forgive(watch) {
  watch.breaches = watch.breaches.filter((text) =>
    !/net::ERR_(CONNECTION_RESET|INTERNET_DISCONNECTED)/.test(text));
}

export async function hazardPhoneWalk({ server, browser, watch, lang, seed }) {
  const seat = new Seat({ server, browser, watch, lang, size: "phone", password: seed.password });
  await seat.sitDown("worker111");
  await sixTaps(seat, seed);
  await lostAnswer(seat, seed);
  await otherKinds(seat);
  await seeLoop(seat);
  await seeTrouble(seat);
  await offlineReport(seat, seed);
  forgive(watch);
  await seat.leave();
}
// Chromium on Linux has no reader of its own, so this is the one that comes with the page.
export async function scanWalk({ server, browser, watch, lang, seed }) {
  const p = loop[lang];
  const seat = new Seat({ server, browser, watch, lang, size: "phone", password: seed.password });
  await seat.sitDown("worker111");
  const { page } = seat;
  await seat.go("report");
  await page.waitForSelector(".shutter");
  await page.getByRole("button", { name: p.scan, exact: true }).click();
  await page.getByText(p.placeByCode).waitFor();
  await page.getByText(p.placeByCode).scrollIntoViewIfNeeded();
  await seat.look("loop-scanned");
  await seat.leave();
}
