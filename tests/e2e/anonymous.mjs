// A report without a name: what is kept is said, nothing of the person goes out, the code brings
// back each step and the talk, without a log-in.
import assert from "node:assert/strict";
import { photo, Seat } from "./acts.mjs";
import { openContext, look } from "./browser.mjs";
import { loop } from "./hazard_phone.mjs";
import { pause } from "./server.mjs";

const isNameless = (url) => new URL(url).pathname.startsWith("/api/anonymous");

// Every request of the anonymous path as the browser really sent it.
async function listen(context, page) {
  const debug = await context.newCDPSession(page);
  await debug.send("Network.enable");
  const paths = new Map();
  const sent = [];
  debug.on("Network.requestWillBeSent", ({ requestId, request }) => {
    if (isNameless(request.url)) paths.set(requestId, request);
  });
  debug.on("Network.requestWillBeSentExtraInfo", ({ requestId, headers, associatedCookies }) => {
    sent.push({ requestId, headers, cookies: associatedCookies });
  });
  return () => sent.filter(({ requestId }) => paths.has(requestId))
    .map((one) => ({ ...one, request: paths.get(one.requestId) }));
}

async function report(seat, seed) {
  const { page, t, lang } = seat;
  const p = loop[lang];
  await seat.go("report");
  await page.waitForSelector(".shutter");
  // First with a name, then changed: the photo must be made anew.
  await page.locator("input[capture]").first().setInputFiles(photo);
  await page.waitForSelector(".shot .whole");
  const area = seat.chip(t.sectionPlace, seed.areaName("A1", lang));
  if ((await area.getAttribute("aria-checked")) !== "true") await area.click();
  await seat.chip(t.sectionCategory, seat.choice("category", "leak")).click();
  await seat.chip(t.sectionConsequence, seat.choice("consequence", "light")).click();
  await seat.chip(t.sectionExposure, seat.choice("exposure", "daily")).click();
  const named = await page.locator(".shot img").getAttribute("src");
  await page.getByRole("switch", { name: p.anonymous }).click();
  await page.getByText(p.anonymousKeep).waitFor();
  await page.waitForFunction((old) => document.querySelector(".shot img")?.src !== old, named);
  await page.getByText(p.anonymousKeep).scrollIntoViewIfNeeded();
  await seat.look("anonymous-statement");
  await page.locator(".action-bar .button").click();
  await page.waitForSelector(".code-card .code");
  await seat.look("anonymous-code");
  return (await page.locator(".code-card .code").textContent()).trim();
}

function judge(sent, me) {
  assert.ok(sent.length >= 2, "the report and its photo went out");
  for (const { headers, cookies, request } of sent) {
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    assert.ok(!names.includes("cookie"), "no cookie");
    assert.ok(!names.includes("authorization"), "no token");
    assert.ok(!names.includes("referer"), "no address of the page");
    assert.deepEqual((cookies ?? []).filter(({ blockedReasons }) => !blockedReasons.length), []);
    const body = request.postData ?? "";
    if (request.method !== "POST") continue;
    for (const trace of [me, "manifest", "device\":\"", "lat", "taken_at", "original_sha256"]) {
      assert.ok(!body.includes(trace), `${trace} went out: ${body.slice(0, 200)}`);
    }
  }
}

export async function anonymousWalk({ server, browser, watch, lang, seed }) {
  const p = loop[lang];
  const seat = new Seat({ server, browser, watch, lang, size: "phone", password: seed.password });
  await seat.sitDown("worker111");
  const me = await seat.page.evaluate(() =>
    fetch("/api/me").then((answer) => answer.json()).then(({ id }) => id));
  await pause(2500);
  const sentOf = await listen(seat.context, seat.page);
  const code = await report(seat, seed);
  await seat.page.waitForFunction(() =>
    document.querySelectorAll(".photos-coming progress").length === 0);
  judge(sentOf(), me);
  const kept = await seat.page.evaluate(() => localStorage.getItem("anlan.codes"));
  assert.equal(kept, null, "the code is kept only where the person wants it");
  await withoutSession(seat, p);
  await seat.leave();
  await followAlone({ server, browser, watch, lang, code, p });
}

// Somebody who is not logged in at all reports from this phone with what it has kept.
async function withoutSession(seat, p) {
  const { page, t } = seat;
  await seat.go("me");
  await page.getByRole("button", { name: t.logOut, exact: true }).click();
  await page.getByRole("link", { name: p.reportNameless }).waitFor();
  await seat.look("anonymous-login");
  await page.getByRole("link", { name: p.reportNameless }).click();
  await page.waitForSelector(".shutter");
  await page.getByText(p.gpsOff).waitFor();
  await page.getByText(p.anonymousDrop).waitFor();
  await seat.look("anonymous-no-session");
}

// On another phone, with nothing but the code.
async function followAlone({ server, browser, watch, lang, code, p }) {
  const { context, page } = await openContext(browser, { size: "phone", lang, watch });
  await page.goto(`${server.url}/m/`);
  await page.getByRole("link", { name: p.followCode }).click();
  await page.getByLabel(p.followAsk).fill(code.toLowerCase());
  await look(page, watch, `follow-ask-${lang}`, { isPhone: true });
  await page.getByRole("button", { name: p.followOpen, exact: true }).click();
  await page.waitForSelector(".timeline");
  await page.waitForSelector(".tiles .tile img");
  await page.getByLabel(p.threadWrite).fill("补充:在北侧 / north side");
  await page.getByRole("button", { name: p.threadSend, exact: true }).click();
  await page.locator(".messages .mine").waitFor();
  await look(page, watch, `follow-${lang}`, { isPhone: true });
  assert.ok(!page.url().replace(/[-\s]/g, "").includes(code.replace(/[-\s]/g, "")),
    "the code is not in the address");
  await context.close();
}
