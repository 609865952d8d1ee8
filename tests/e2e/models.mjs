// Flows, tables and formulas on the desk: the findings in a flow stand there while it is typed, no
// request leaves the browser for them, and they are those of the server; a table says which rule
// fitted; a formula why it is null.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sit } from "./hazard_desk.mjs";
import { root } from "./server.mjs";

function wordsOf(lang) {
  const text = readFileSync(join(root, "web/src/text/model_words.ts"), "utf8");
  const [zh, en] = text.split(/^const en\b/m);
  const rows = [...(lang === "en" ? en : zh).matchAll(/^ {2}(\w+): ("(?:[^"\\\n]|\\.)*"),$/gm)];
  return Object.fromEntries(rows.map(([, key, value]) => [key, JSON.parse(value)]));
}
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => String(values[key]));
const flow = readFileSync(join(root, "packs/hazards/flows/hazard_loop.bpmn"), "utf8");
const grade = join(root, "packs/hazards/rules/hazard_grade.dmn");
const broken = flow.replace("<userTask", '<complexGateway id="odd"/><userTask');

async function flowPart(seat, t) {
  const { page } = seat;
  await seat.go("models/");
  await page.getByLabel(t.file).setInputFiles(join(root, "packs/hazards/flows/hazard_loop.bpmn"));
  await page.waitForSelector(".model-fine");
  await page.waitForSelector(".model-changes", { state: "attached" });
  assert.equal(await page.locator(".model-changes li").count(), 0, "nothing is changed yet");
  await seat.look("models-fine");
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.locator(".model-text textarea").fill(broken);
  await page.waitForSelector(".model-findings");
  const told = await page.locator(".model-findings li").allInnerTexts();
  const toServer = asked.filter((url) => url.includes("/api/flows"));
  assert.deepEqual(toServer, [], "nobody asked the server");
  assert.equal(await page.locator("[data-by=browser]").count(), 1);
  const server = await page.evaluate((xml) => fetch("/api/flows/lint", {
    method: "POST", body: JSON.stringify({ xml }),
    headers: { "Content-Type": "application/json", "X-Anlan": "1",
      "Idempotency-Key": crypto.randomUUID() },
  }).then((answer) => answer.json()), broken);
  assert.equal(told.length, server.findings.length);
  for (const [at, { text, element }] of server.findings.entries()) {
    assert.ok(told[at].includes(text[seat.lang]), `${told[at]} is what the server says`);
    assert.ok(told[at].includes(element));
  }
  assert.match(await page.locator(".model-changes").innerText(), /complexGateway odd/);
  await seat.look("models-findings");
}

async function tablesPart(seat, t) {
  const { page } = seat;
  await seat.go("models/tables");
  await page.getByLabel(t.file).setInputFiles(grade);
  await page.getByRole("textbox", { name: /^consequence/ }).fill("many");
  await page.getByRole("textbox", { name: /^exposure/ }).fill("now");
  await page.getByText(fill(t.rule, { decision: "grade", number: 1 })).waitFor();
  assert.match(await page.locator(".model-value").innerText(), /red/);
  await seat.look("models-table");
}

async function formulaPart(seat, t) {
  const { page } = seat;
  await seat.go("models/formula");
  await page.getByLabel(t.expression).fill("gas / 0");
  await page.waitForFunction(() => document.querySelector(".model-value")?.textContent === "null");
  await page.getByText(t.warnings, { exact: true }).waitFor();
  await page.getByLabel(t.expression).fill("gas + depth");
  await page.getByText(fill(t.unknown, { names: "depth" })).waitFor();
  await page.getByLabel(t.expression).fill("gas * 0.1 = 1.25");
  await page.waitForFunction(() => document.querySelector(".model-value")?.textContent === "true");
  await seat.look("models-formula");
}

export async function modelsWalk(about) {
  const t = wordsOf(about.lang);
  const seat = await sit(about, "admin");
  await flowPart(seat, t);
  await tablesPart(seat, t);
  await formulaPart(seat, t);
  // At the table on a phone's screen everything stands below each other.
  await seat.page.setViewportSize({ width: 390, height: 844 });
  await seat.go("models/tables");
  await seat.page.getByLabel(t.file).setInputFiles(grade);
  await seat.page.waitForSelector(".model-trial");
  const width = await seat.page.evaluate(() =>
    document.querySelector(".model-columns").scrollWidth);
  assert.ok(width <= 390, `nothing stands beside a phone's screen (${width})`);
  await seat.look("models-narrow");
  await seat.leave();
}
