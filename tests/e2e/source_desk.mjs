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
function wordsOf(lang) {
  const text = readFileSync(join(root, "web/src/text/source_words.ts"), "utf8");
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
  await seat.leave();
}
