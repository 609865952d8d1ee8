// What people do on the pages, in the words that they read there.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { look, openContext } from "./browser.mjs";
import { root } from "./server.mjs";

function dictionary(name) {
  const text = readFileSync(join(root, `web/src/text/${name}.ts`), "utf8");
  const rows = [...text.matchAll(/^ {2}(\w+): ("[^"\n]*"),$/gm)];
  return Object.fromEntries(rows.map(([, key, value]) => [key, JSON.parse(value)]));
}
const wordsIn = (lang) => ({
  ...dictionary(`${lang}_desk`), ...dictionary(`${lang}_loop`), ...dictionary(lang),
});
export const texts = { zh: wordsIn("zh"), en: wordsIn("en") };
export const form = JSON.parse(
  readFileSync(join(root, "packs/hazards/forms/hazard.json"), "utf8"),
);
export const photo = join(root, "tests/data/phone.jpg");
export const photoAfter = join(root, "tests/data/after.jpg");

// The answer to this press: a word that still stands there from the one before says nothing.
export async function answerTo(page, button) {
  await page.evaluate(() => {
    for (const one of document.querySelectorAll(".toast")) one.dataset.old = "yes";
  });
  await button.click();
  await page.locator(".toast.good:not([data-old]), .refused, .task .fault").first().waitFor();
}

// One person at one screen. The phone page is /m/, the desk page /desk/.
export class Seat {
  constructor({ browser, server, watch, lang, size, password }) {
    Object.assign(this, { browser, server, watch, lang, size, password });
    this.base = `${server.base ?? server.url}/${size === "phone" ? "m" : "desk"}/`;
    this.t = texts[lang];
  }

  async sitDown(login) {
    const { context, page } = await openContext(this.browser, this);
    this.context = context;
    this.page = page;
    this.login = login;
    await page.goto(this.base);
    await page.waitForSelector(".login-card");
    const button = page.getByRole("button", { name: this.t.languageSwitch });
    const isOther = await page.evaluate(() => document.documentElement.lang.slice(0, 2));
    if (isOther !== this.lang) await button.click();
    await page.getByLabel(this.t.loginName, { exact: true }).fill(login);
    await page.getByLabel(this.t.loginPassword, { exact: true }).fill(this.password);
    await page.locator(".login-card button[type=submit]").click();
    await page.waitForSelector(".frame, .desk");
    await page.waitForSelector(".link-chip.up");
    return this;
  }

  async leave() {
    await this.context.close();
  }

  look(name) {
    const full = `${name}-${this.size}-${this.lang}`;
    return look(this.page, this.watch, full, { isPhone: this.size === "phone" });
  }

  go(path) {
    return this.page.goto(`${this.base}#/${path}`);
  }

  title(field) {
    return form.data.properties[field].title[this.lang];
  }

  choice(field, value) {
    return form.data.properties[field]["x-texts"][value][this.lang];
  }

  chip(label, text) {
    const group = this.page.getByRole("radiogroup", { name: label });
    return group.getByRole("radio", { name: text, exact: true });
  }

  // ---- reporting ----
  async report(what) {
    const { area, category, consequence, exposure, isStopped, words } = what;
    const { page, t } = this;
    await this.go("report");
    await page.waitForSelector(".shutter");
    await this.look("report-empty");
    await page.locator("input[capture]").setInputFiles(photo);
    await page.waitForSelector(".shot");
    await this.chip(t.sectionPlace, area).click();
    await this.chip(t.sectionCategory, this.choice("category", category)).click();
    await this.chip(t.sectionConsequence, this.choice("consequence", consequence)).click();
    await this.chip(t.sectionExposure, this.choice("exposure", exposure)).click();
    if (isStopped) await page.getByRole("switch", { name: t.jobStop }).click();
    if (words) await page.getByLabel(t.sectionWords).fill(words);
    await page.waitForSelector(".sent.whole");
    if (what.isInterrupted) await this.comeBack(area);
    await this.look("report-filled");
    await page.locator(".action-bar .button").click();
    await page.waitForSelector(".done-number");
    const number = (await page.locator(".done-number").textContent()).trim();
    await page.waitForSelector(".done .level:not(.none)");
    await this.look("report-done");
    await page.locator(".action-bar .button").click();
    await page.waitForSelector(".case");
    return { number, id: page.url().split("/").pop() };
  }

  // The phone was put away half-way: nothing that was filled in is lost.
  async comeBack(area) {
    await this.page.reload();
    await this.page.waitForSelector(".sent.whole");
    const chip = this.chip(this.t.sectionPlace, area);
    await chip.waitFor();
    if ((await chip.getAttribute("aria-checked")) !== "true") throw new Error("the draft is gone");
  }

  // ---- tasks ----
  async open(id) {
    await this.go(`case/hazard/${id}`);
    await this.page.waitForSelector(this.size === "phone" ? ".case" : ".case-page");
  }

  commentIn(panel) {
    return panel.getByLabel(new RegExp(`^${this.t.taskComment}`));
  }

  async take() {
    const panel = this.page.locator(".panel.task").first();
    await panel.waitFor();
    const claim = panel.getByRole("button", { name: this.t.taskClaim, exact: true });
    const comment = this.commentIn(panel);
    await claim.or(comment).first().waitFor();
    // An alarm bar that comes up meanwhile moves the button from under the pointer.
    for (let tries = 0; tries < 5 && !(await comment.isVisible()); tries += 1) {
      if (await claim.isVisible()) await claim.click();
      await comment.waitFor({ timeout: 3000 }).catch(() => {});
    }
    await comment.waitFor();
    return panel;
  }

  async pickPerson(panel, field, name) {
    const group = panel.locator(".pick", { hasText: this.title(field) });
    await group.getByLabel(this.t.searchPerson).fill(name);
    await group.getByRole("radio", { name: new RegExp(name) }).first().click();
  }

  // fields: {field: text}; choices: {field: value}; people: {field: name}; hours: {field: count}.
  async decide(name, wish = {}) {
    const { fields = {}, choices = {}, people = {}, hours = {}, comment, outcome, photos } = wish;
    const panel = await this.take();
    for (const [field, value] of Object.entries(choices)) {
      await this.chip(new RegExp(`^${escape(this.title(field))}`), this.choice(field, value))
        .click();
    }
    for (const [field, text] of Object.entries(fields)) {
      await panel.getByLabel(new RegExp(`^${escape(this.title(field))}`)).fill(text);
    }
    for (const [field, person] of Object.entries(people)) {
      await this.pickPerson(panel, field, person);
    }
    for (const [field, count] of Object.entries(hours)) {
      const text = this.t.quickHours.replace("{n}", count);
      await this.chip(new RegExp(`^${escape(this.title(field))}`), text).click();
    }
    if (photos) {
      await panel.locator("input[type=file]").first().setInputFiles(photos);
      await panel.locator(".sent.whole").waitFor();
    }
    if (comment) await this.commentIn(panel).fill(comment);
    await this.look(name);
    const buttons = panel.locator(".actions");
    const button = outcome
      ? buttons.getByRole("button", { name: outcome[this.lang], exact: true })
      : buttons.locator(".button.main");
    const before = await panel.getAttribute("aria-label");
    await answerTo(this.page, button);
    const refused = this.page.locator(".panel.task .refused, .panel.task .fault");
    if (await refused.count()) {
      throw new Error(`${name} (${before}) was refused: ${await refused.first().textContent()}`);
    }
  }

  async state() {
    return (await this.page.locator(".state").first().textContent()).trim();
  }

  async waitState(state) {
    const text = form.states[state][this.lang];
    await this.page.locator(".state", { hasText: text }).first().waitFor();
  }
}

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
