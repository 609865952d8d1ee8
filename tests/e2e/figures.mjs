// Key figures on the desk: each says on what it stands, how it is computed, and opens exactly its
// cases.
import assert from "node:assert/strict";
import { livedPlant, sit } from "./hazard_desk.mjs";

async function casesOf(page, href) {
  return page.evaluate(async (hash) => {
    const query = new URLSearchParams(hash.split("?")[1]);
    const filter = encodeURIComponent(query.get("f"));
    const { counts } = await fetch(`/api/records/hazard/count?by=state&filter=${filter}`)
      .then((answer) => answer.json());
    return counts.reduce((sum, { count }) => sum + count, 0);
  }, href);
}

export async function figuresWalk(about) {
  await livedPlant(about.server, about.seed);
  const seat = await sit(about, "safety1");
  const { page, w } = seat;
  await seat.go("figures");
  await page.waitForSelector(".figure");
  await seat.look("figures");
  const answer = await page.evaluate(() => fetch("/api/figures").then((one) => one.json()));
  assert.equal(await page.locator(".figure").count(), answer.rows.length, "every figure is shown");
  const cards = page.locator(".figure", { has: page.locator(".figure-foot a") });
  const hrefs = await cards.locator(".figure-foot a").evaluateAll((links) =>
    links.map((link) => link.getAttribute("href")));
  for (const href of hrefs) {
    const row = answer.rows.find((one) => href.includes(`figure=${one.id}&`));
    assert.equal(await casesOf(page, href), row.cases, `${row.id} opens its cases`);
  }
  const formula = page.getByRole("button", { name: new RegExp(`^${w.formula}`) }).first();
  await formula.focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector(".formula");
  await page.getByRole("button", { name: w.lastDays.replace("{n}", "90") }).click();
  await page.waitForURL(/from=/);
  await page.getByLabel(w.unit, { exact: true }).selectOption({ index: 2 });
  await page.waitForURL(/org=/);
  await page.waitForSelector(".figure");
  await seat.look("figures-formula");
  await seat.go("figures");
  await page.waitForSelector(".figure");
  const { id, cases } = answer.rows.find((one) => one.id === "reports");
  await page.locator(`a[href*="figure=${id}&"]`).click();
  await page.waitForSelector(".from-figure");
  await page.waitForSelector(".hazard");
  const shown = page.locator(".board-head b");
  assert.equal(await shown.textContent(), w.casesN.replace("{n}", String(cases)));
  await page.waitForLoadState("networkidle");
  await seat.look("figures-cases");
  await seat.leave();
  const laptop = await sit(about, "safety1", "laptop");
  await laptop.go("figures");
  await laptop.page.waitForSelector(".figure");
  await laptop.look("figures");
  await laptop.leave();
}
