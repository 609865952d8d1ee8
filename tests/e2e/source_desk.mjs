// A new source on the desk: brought in, looked into, two of its variables mapped, their values
// seen, and the tags taken out as the list that would bring them in again.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { saved, sit } from "./hazard_desk.mjs";
import { startMachines } from "./machines.mjs";
import { texts } from "./acts.mjs";
import { root, startServer } from "./server.mjs";
import { until } from "./client.mjs";

// The words of the page, out of the block's two dictionaries.
function wordsOf(lang, block = "source") {
  const text = readFileSync(join(root, `web/src/text/${block}_words.ts`), "utf8");
  const part = text.slice(text.indexOf(lang === "zh" ? "const zh" : "const en"));
  const rows = [...part.slice(0, part.indexOf("\n};")).matchAll(/(\w+): ("[^"\n]*")/g)];
  return Object.fromEntries(rows.map(([, key, value]) => [key, JSON.parse(value)]));
}

const button = (page, name) => page.getByRole("button", { name, exact: true });

async function addSource({ page }, { t, w }, port) {
  await button(page, w.addSource).click();
  await page.getByLabel(t.importPasteBox).fill(
    "code,name_zh,name_en,protocol,host,port,is_simulated\n" +
    `S-NEW,新控制系统,New control system,opcua,127.0.0.1,${port},true`);
  await button(page, t.importPasteTake).click();
  await button(page, t.importTry).click();
  await page.locator(".verdict.good").waitFor();
  await page.locator(".import-foot .button.main").click();
  await page.locator(".source-table").getByText("S-NEW").waitFor();
}

async function mapTwo(seat, { t, w }) {
  const { page } = seat;
  await button(page, `${w.browse} S-NEW`).click();
  await button(page, "Furnace ›").click();
  await button(page, "Burner ›").click();
  await page.getByLabel("Gas flow").check();
  await button(page, "Furnace").click();
  await button(page, "Atmosphere ›").click();
  await page.getByLabel("Oxygen").check();
  await seat.look("source-browse");
  await button(page, w.browseMap.replace("{n}", "2")).click();
  await button(page, t.importTry).click();
  await page.locator(".verdict.bad").waitFor();
  for (const [row, code] of [[0, "FI-NEW"], [1, "QI-NEW"]]) {
    const cells = page.locator(".import table tbody tr").nth(row).locator("input");
    await cells.nth(0).fill(code);
    await cells.nth(4).fill("A5");
  }
  await button(page, t.importTry).click();
  await page.locator(".verdict.good").waitFor();
  await seat.look("source-map");
  await page.locator(".import-foot .button.main").click();
  await page.locator(".import").waitFor({ state: "detached" });
}

// A tag and a limit changed through their forms; what was not touched stays as it was.
async function changed(seat, lang) {
  const { page } = seat;
  const of = (form, code) => page.evaluate(async ([id, one]) => {
    const filter = encodeURIComponent(JSON.stringify(["eq", "code", one]));
    const answer = await fetch(`/api/records/${id}?filter=${filter}`);
    return (await answer.json()).rows[0];
  }, [form, code]);
  const title = (form, field) => JSON.parse(
    readFileSync(join(root, `packs/sensing/forms/${form}.json`), "utf8"),
  ).data.properties[field].title[lang];
  const change = async (form, code, field, value) => {
    await seat.go(`lists/${form}`);
    await page.locator(".form-list").waitFor();
    const before = await of(form, code);
    await page.locator(".list-tools input").fill(code);
    await page.locator(".form-list .act").first().click();
    await page.locator(".editor-fields").waitFor();
    await page.locator(".editor-fields").getByLabel(title(form, field), { exact: true })
      .fill(value);
    await seat.look(`edit-${form}`);
    await page.locator("[role=dialog] .button.main, dialog .button.main").last().click();
    await page.locator(".editor-fields").waitFor({ state: "detached" });
    const after = await of(form, code);
    assert.equal(String(after[field]), value);
    assert.deepEqual([after.source, after.tag, after.area], [before.source, before.tag,
      before.area]);
  };
  await change("tag", "FI-NEW", "unit", "m3/h");
  await change("alarm_limit", "GAS-2101.H", "name_en", "North tank, high");
  await page.locator(".list-tools input").fill("");
  await seat.look("limits");
  await seat.go("lists/response_card");
  await page.locator(".form-list tbody tr").first().waitFor();
  await seat.look("cards");
}

const rowsAt = (page, path) => page.evaluate(
  (one) => fetch(one).then((got) => got.json()).then(({ rows }) => rows), path);

// A tag that a formula needs stays; another one goes, is found by its history, and comes back.
async function retired(seat, about, lang) {
  const { page } = seat;
  const w = wordsOf(lang, "retire");
  const said = (key, code) => w[key].replace("{code}", code);
  await page.evaluate(() => fetch("/api/import/alarm_limit", {
    method: "POST",
    headers: {
      "content-type": "application/json", "x-anlan": "1", "idempotency-key": crypto.randomUUID(),
    },
    body: JSON.stringify({ dry_run: false, rows: [{
      code: "SUM-NEW", name_zh: "合计", name_en: "Sum", tag: "GAS-2101", area: "A1",
      kind: "formula", formula: "x > 999 and y > 999", priority: "4", limit_value: "1",
      formula_tags: "x=FI-NEW, y=GAS-2101",
    }] }),
  }).then((got) => got.json()).then((got) => {
    if (got.accepted !== 1) throw new Error(JSON.stringify(got));
  }));
  const say = async (code, key) => {
    await page.locator(".list-tools input").fill(code);
    await button(page, `${w[key]} ${code}`).click();
    await page.locator("[role=dialog] textarea").fill("改造拆除");
    await page.locator("[role=dialog] footer .button").last().click();
  };
  await seat.go("lists/tag");
  await page.locator(".form-list").waitFor();
  await say("FI-NEW", "retire");
  const link = page.locator(".needed-by a");
  await link.waitFor();
  assert.match(await link.innerText(), /SUM-NEW/);
  await seat.look("retire-needed");
  await page.keyboard.press("Escape");
  await page.locator("[role=dialog]").waitFor({ state: "detached" });
  await say("QI-NEW", "retire");
  await page.locator(".retired-mark").waitFor();
  await seat.look("retired");
  await until("the tag is out of use", async () => {
    const inUse = await rowsAt(page, "/api/tags?search=QI-NEW");
    const gone = await rowsAt(page, "/api/tags?retired=1");
    return inUse.length === 0 && gone.length === 1 ? true : null;
  }, 60000);
  const control = await sit(about, "control1");
  await control.go("trends");
  await control.page.locator(".trend-chooser input").fill("QI-NEW");
  await control.page.locator(".trend-chooser .chip", { hasText: w.retired }).click();
  await control.page.locator(".trend-chooser .chip", { hasText: "QI-NEW ×" }).waitFor();
  await control.look("trend-retired");
  await control.leave();
  await say("QI-NEW", "bringBack");
  await page.getByText(said("backDone", "QI-NEW")).first().waitFor();
  await until("the tag is read again", async () => {
    const [tag] = await rowsAt(page, "/api/tags?search=QI-NEW");
    return tag?.value ?? null;
  }, 60000);
  await seat.go("sources");
  await page.locator(".source-retire summary").click();
  await button(page, `${w.retire} S-NEW`).waitFor();
  await seat.look("source-retire");
}

export async function sourceWalk({ browser, newWatch, atEnd, seed, lang, size }) {
  const machines = await startMachines({ people: 0 });
  atEnd(() => machines.stop());
  const server = await startServer({ words: machines.words });
  atEnd(() => server.stop());
  const said = { t: texts[lang], w: wordsOf(lang) };
  const about = { server, browser, watch: newWatch(server.url), lang, seed };
  const seat = await sit(about, "admin", size);
  const { page } = seat;
  await seat.go("sources");
  await page.locator(".source-table").waitFor();
  await addSource(seat, said, machines.opcua);
  await mapTwo(seat, said);
  await until("values of the new tags", () => page.evaluate(() => fetch("/api/tags")
    .then((one) => one.json()).then(({ rows }) => {
      const fresh = rows.filter(({ code, value }) => code.endsWith("-NEW") && value !== null);
      return fresh.length === 2 ? true : null;
    })), 60000);
  await seat.look("sources");
  const file = await saved(page, () => button(page, said.w.tagsCsv).click(), server.folder,
    "tags.csv");
  const lines = file.bytes.subarray(3).toString("utf8").trim().split("\r\n");
  assert.ok(lines[0].startsWith("code,name_zh,"), lines[0]);
  assert.ok(lines.some((line) => line.startsWith("QI-NEW,") && line.includes(",S-NEW,A5,")),
    "references by code");
  assert.ok(lines[0].includes(",molar_mass,") && lines[0].includes(",keep_samples_days,"));
  await changed(seat, lang);
  await retired(seat, about, lang);
  await seat.leave();
}
