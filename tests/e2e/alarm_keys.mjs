// An operator at the keys: locate, silence, acknowledge; shelved and back, out of service and back,
// a latched alarm reset; all of it in the journal and its file; the page of the device.
import assert from "node:assert/strict";
import { addTag, alarmsOf, raise, rowOf, tell } from "./alarm_work.mjs";
import { saved, sit } from "./hazard_desk.mjs";
import { startMachines } from "./machines.mjs";
import { desk } from "./sensing_desk.mjs";
import { startServer } from "./server.mjs";
import { until } from "./client.mjs";

const code = "LI-9.HH";
const stateOf = async (page) =>
  (await alarmsOf(page)).rows.find((row) => row.code === code) ?? null;
const wait = (page, what, fits) => until(what, async () =>
  (fits(await stateOf(page)) ? true : null), 30000);
const act = (page, text) => page.getByRole("button", { name: `${text} ${code}`, exact: true });

async function keysPart(seat) {
  const { page } = seat;
  await seat.go("alarms");
  await rowOf(page, code).first().click();
  await page.keyboard.press("F3");
  await page.waitForURL(/locate=/);
  const loud = page.locator(".urgent .button").filter({ hasText: "F8" });
  await loud.waitFor();
  await page.locator(".plan-box canvas").first().waitFor();
  await seat.look("overview-sensors");
  assert.ok(await loud.isEnabled(), "it sounds");
  await page.keyboard.press("F8");
  await page.waitForFunction(() => [...document.querySelectorAll(".urgent .button")]
    .some((one) => one.textContent.includes("F8") && one.disabled));
  assert.equal((await stateOf(page)).acked, false, "silence is no acknowledgement");
  await seat.go("alarms");
  await rowOf(page, code).first().click();
  await page.keyboard.press("F2");
  await wait(page, "the acknowledgement", (row) => row.acked);
}

async function dialog(page, reason) {
  await page.locator("dialog textarea, .dialog textarea").first().fill(reason);
  await page.locator("dialog .button.main, .dialog .button.main").last().click();
}

async function awayPart(seat, w) {
  const { page } = seat;
  await act(page, w.shelve).first().click();
  await dialog(page, "loop check");
  await wait(page, "it to be shelved", (row) => row.shelf !== null);
  await page.locator(".watch-away.some").waitFor();
  await seat.go("alarms/shelved");
  await seat.look("alarms-shelved");
  await act(page, w.unshelve).first().click();
  await wait(page, "it to be back", (row) => row.shelf === null);
  await seat.go("alarms");
  await act(page, w.takeOutShort).first().click();
  await dialog(page, "sensor changed");
  await wait(page, "it to be out of service", (row) => row.out_of_service);
  await seat.go("alarms/shelved");
  await act(page, w.putBack).first().click();
  await dialog(page, "sensor works");
  await wait(page, "it to be in service", (row) => !row.out_of_service);
}

async function resetPart(seat, w, machines) {
  const { page } = seat;
  await seat.go("alarms");
  await until("a latched alarm", async () => {
    await tell(machines, "LI-9", 20);
    const row = await stateOf(page);
    return row?.latched && !row.active ? true : null;
  }, 60000);
  const row = await stateOf(page);
  if (!row.acked) await act(page, w.ackShort).first().click();
  await act(page, w.reset).first().click();
  await wait(page, "the end of it", (one) => one === null);
}

async function journalPart(seat, w, folder) {
  const { page } = seat;
  await seat.go("alarms/journal");
  await page.locator("table.rows tbody tr").filter({ hasText: code }).first().waitFor();
  await page.locator(".journal-fields select").selectOption("LI-9");
  await page.waitForURL(/tag=LI-9/);
  await page.locator("table.rows tbody tr").filter({ hasText: code }).first().waitFor();
  await page.locator(".journal-foot").waitFor();
  const acts = await page.locator("table.rows tbody td:nth-child(4)").allTextContents();
  assert.ok(acts.length >= 8 && acts.every((one) => !/_/.test(one)), `in words: ${acts}`);
  await seat.look("alarm-journal");
  const file = await saved(page, () =>
    page.getByRole("button", { name: w.trendCsv }).click(), folder, "journal.csv");
  const lines = file.bytes.subarray(3).toString("utf8").trim().split("\r\n");
  assert.ok(lines[0].startsWith("at,code,"), lines[0]);
  const mine = lines.filter((line) => line.includes(`,${code},`));
  assert.ok(mine.length >= 7, `${mine.length} acts of ${code} in the file`);
  assert.ok(mine.some((line) => line.includes("loop check")), "the reason is in the file");
}

// From the list to the page of the device in one press.
async function devicePart(seat, machines) {
  const { page } = seat;
  await raise(machines, page, "LI-9", 96);
  await seat.go("alarms");
  await rowOf(page, code).first().locator("a.device-link").click();
  await page.waitForURL(/device\/LI-9/);
  await page.locator("[data-tag='LI-9'] .figure").filter({ hasText: "96" }).waitFor();
  await page.locator("table.alarms tbody tr").filter({ hasText: code }).waitFor();
  await page.locator("[data-form='permit']").waitFor();
  await page.locator(".device-trend canvas").waitFor();
  await seat.look("device");
  await seat.go("device/NO-SUCH");
  await page.locator(".state-page").waitFor();
}

export async function alarmKeysWalk({ browser, newWatch, atEnd, seed, lang, size }) {
  const machines = await startMachines({ people: 20 });
  atEnd(() => machines.stop());
  const server = await startServer({ words: machines.words });
  atEnd(() => server.stop());
  const about = { server, browser, watch: newWatch(server.url), lang, seed };
  await addTag(server, seed, "LI-9", { is_latching: true });
  const w = desk(lang);
  const seat = await sit(about, "control1", size);
  await raise(machines, seat.page, "LI-9", 95);
  await keysPart(seat);
  await awayPart(seat, w);
  await resetPart(seat, w, machines);
  await journalPart(seat, w, server.folder);
  await devicePart(seat, machines);
  await seat.leave();
}
