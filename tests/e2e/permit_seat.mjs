// What people do on the pages about permits, in the words that they read there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { photoAfter, Seat } from "./acts.mjs";
import { root } from "./server.mjs";

function dictionary(name) {
  const text = readFileSync(join(root, `web/src/text/${name}.ts`), "utf8");
  const rows = [...text.matchAll(/^ {2}(\w+):\s*((?:"(?:[^"\\]|\\.)*"(?:\s*\+\s*)?)+),$/gm)];
  return Object.fromEntries(rows.map(([, key, value]) => [
    key, [...value.matchAll(/"(?:[^"\\]|\\.)*"/g)].map(([part]) => JSON.parse(part)).join(""),
  ]));
}
const permitWords = Object.fromEntries(["zh", "en"].map((lang) => [lang, {
  ...dictionary(lang), ...dictionary(`${lang}_permit_desk`), ...dictionary(`${lang}_permit`),
  ...dictionary(`${lang}_permit_phone`),
}]));

const film = {
  name: "film.mp4", mimeType: "video/mp4",
  buffer: readFileSync(join(root, "tests/corpus/video_fuzz/mp4")),
};

const formOf = (id) =>
  JSON.parse(readFileSync(join(root, `packs/permits/forms/${id}.json`), "utf8"));
export const permitForm = formOf("permit");
const gasForm = formOf("permit_gas");
export const goodsForm = formOf("goods_move");
export const isolationForm = formOf("permit_isolation");
export const instrumentForm = formOf("gas_instrument");

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const begins = (text) => new RegExp(`^${escape(text)}`);

export class PermitSeat extends Seat {
  constructor(wish) {
    super(wish);
    this.p = permitWords[this.lang];
    this.isShort = wish.isShort ?? false;
  }

  // A short seat looks only where it is asked to always: another walk has seen the page.
  async look(name, { isAlways = false } = {}) {
    if (!this.isShort || isAlways) await super.look(name);
  }

  title(field, form = permitForm) {
    return form.data.properties[field].title[this.lang];
  }

  choice(field, value, form = permitForm) {
    return form.data.properties[field]["x-texts"][value][this.lang];
  }

  stateText(state) {
    return permitForm.states[state][this.lang];
  }

  // Urgent notices lie over everything until somebody says they have them; not over a dialog that
  // is open, which comes first.
  async sitDown(login) {
    await super.sitDown(login);
    const call = this.page.locator(".urgent[role=alertdialog] footer .button").last();
    const take = (button) => button.click({ timeout: 3000 }).catch(() => {});
    await this.page.addLocatorHandler(call, take, { noWaitAfter: true });
    return this;
  }

  async card(id) {
    await this.go(`case/permit/${id}`);
    await this.page.waitForSelector(this.size === "phone" ? ".permit-live" : ".permit-case");
  }

  async waitCard(state) {
    await this.page.locator(".state", { hasText: this.stateText(state) }).first().waitFor();
  }

  button(text) {
    return this.page.getByRole("button", { name: text, exact: true });
  }

  radio(label, text) {
    return this.page.getByRole("radiogroup", { name: begins(label) })
      .getByRole("radio", { name: text, exact: true });
  }

  field(name, form = permitForm) {
    const whole = new RegExp(`${begins(this.title(name, form)).source}(?!\\p{L})`, "u");
    return this.page.getByLabel(whole)
      .and(this.page.locator("input, textarea"));
  }

  async person(field, name) {
    const group = this.page.locator(".pick", {
      has: this.page.getByText(this.title(field), { exact: false }),
    }).first();
    await group.getByLabel(this.p.searchPerson).fill(name);
    await group.getByRole("radio", { name: new RegExp(name) }).first().click();
  }

  next() {
    return this.button(this.p.wizardNext).click();
  }

  async waitStep(step) {
    await this.page.getByText(this.p[`wish_${step}`]).waitFor();
  }

  // Six pages, from the kind to what the rules make of it.
  async apply({ kind, area, people, fields = {}, choices = {}, helpers = {}, content }) {
    const { page, p } = this;
    await this.go("permits/apply");
    await page.waitForSelector(".kind-tile");
    await this.look(`wizard-kind-${kind}`);
    await page.getByRole("radio", { name: this.choice("kind", kind), exact: true }).click();
    await this.field("content").fill(content);
    await this.next();
    await this.waitStep("place");
    await this.radio(this.title("area"), area).click();
    await page.waitForSelector(".plan-pick canvas");
    await page.locator(".plan-pick .plan-box").click({ position: { x: 250, y: 130 } });
    await this.radio(this.title("area"), area).click();
    await this.radio(this.title("valid_from"), p.startNow).click();
    await this.radio(p.howLong, p.hoursN.replace("{n}", "4")).click();
    await this.look(`wizard-place-${kind}`);
    await this.next();
    await this.waitStep("people");
    await this.field("work_unit").fill("维修班");
    for (const field of ["leader", "guardian", "workers"]) await this.person(field, people[field]);
    await this.look(`wizard-people-${kind}`);
    await this.next();
    await this.waitStep("details");
    for (const [field, value] of Object.entries(choices)) {
      await this.radio(this.title(field), this.choice(field, value)).click();
    }
    for (const [field, value] of Object.entries(fields)) await this.field(field).fill(value);
    for (const [field, name] of Object.entries(helpers)) await this.person(field, name);
    await this.look(`wizard-details-${kind}`);
    await this.next();
    await this.waitStep("hazards");
    await this.button(p.jsaAdd).click();
    await page.getByRole("textbox", { name: begins(p.jsaHazard) }).fill("坠落 / a fall");
    await page.getByRole("radiogroup", { name: p.jsaLikelihood })
      .getByRole("radio", { name: "2", exact: true }).click();
    await page.getByRole("radiogroup", { name: p.jsaSeverity })
      .getByRole("radio", { name: "4", exact: true }).click();
    await page.getByRole("textbox", { name: begins(p.jsaConsequence) }).fill("摔伤 / injury");
    await page.getByRole("textbox", { name: begins(p.jsaControl) }).fill("安全带 / harness");
    await page.getByRole("textbox", { name: begins(p.jsaWho) }).fill("班长 / leader");
    await this.look(`wizard-hazards-${kind}`);
    await this.next();
    await this.waitStep("check");
    await page.getByText(p.byRule).first().waitFor();
    await page.getByText(p.conflictsNone).or(page.locator(".conflict")).first().waitFor();
    await this.look(`wizard-check-${kind}`);
    await this.button(p.applySend).click();
    await page.waitForSelector(".permit-live");
    return page.url().split("/").pop();
  }

  // The photo or film that a measure asks for, taken in its dialog and shown in the list.
  async prove(next, isFilm) {
    const { page, p } = this;
    await next.getByRole("button", { name: p.evidenceTake, exact: true }).click();
    const dialog = page.locator(".dialog");
    const camera = isFilm ? "input[capture][accept='video/*']" : "input[type=file]";
    await dialog.locator(camera).first().setInputFiles(isFilm ? film : photoAfter);
    await dialog.locator(".sent.whole").waitFor();
    if (isFilm) await this.look("evidence-film");
    await dialog.getByRole("button", { name: p.evidenceSend }).click();
    await dialog.waitFor({ state: "detached" });
    await next.locator(".tiles .tile").first().waitFor();
  }

  // The guide in order: no step before the one above it, each with its time, also after a reload.
  async guide(next) {
    const { page } = this;
    const steps = next.locator(".measure-steps .button");
    const count = await steps.count();
    for (let at = 0; at < count; at += 1) {
      if (at + 1 < count) assert.equal(await steps.nth(at + 1).isDisabled(), true);
      await steps.nth(at).click();
      await steps.nth(at).getByText(/^\d\d:\d\d$/).waitFor();
      if (at > 0) continue;
      await page.reload();
      await next.locator(".measure-steps [aria-pressed=true]").first().waitFor();
      assert.equal(await next.locator(".measure-steps [aria-pressed=true]").count(), 1);
    }
  }

  // One after the other, each with its photo, at the pace of the rule. The last that needs no
  // photo does not apply, and says why. With a `spot` the list is handed in from afar first, which
  // is refused.
  async confirm(id, name, spot) {
    const { page, p } = this;
    await this.card(id);
    await page.getByRole("link", { name: p.confirmGo }).click();
    await page.waitForSelector(".measure.next");
    await this.look(`measures-${name}`);
    for (let count = 0; count < 40 && await page.locator(".measure.next").count(); count += 1) {
      const next = page.locator(".measure.next");
      const head = await next.locator(".measure-head").textContent();
      const photo = next.getByRole("button", { name: p.evidenceTake, exact: true });
      const isProven = await photo.count() > 0;
      if (isProven) await this.prove(next, count === 0);
      await this.guide(next);
      if (count < 3) await this.look(`measure-ready-${count}-${name}`);
      const isLast = await page.locator(".measure.later").count() === 0;
      if (isLast && !isProven) await this.leaveOut(next);
      else await next.getByRole("button", { name: p.measureDone, exact: true }).click();
      await page.waitForFunction((old) =>
        document.querySelector(".measure.next .measure-head")?.textContent !== old, head);
    }
    await this.look(`measures-done-${name}`);
    if (spot) {
      this.watch.expectRefusal(/\/api\/tasks\/[^/]+\/complete$/);
      await this.button(p.measuresSend).click();
      await page.getByText(p.spotFar.split("{m}")[0]).waitFor();
      await this.look(`measures-afar-${name}`);
      await this.context.setGeolocation(spot);
      const known = p.spotKnown.replace("{m}", String(spot.accuracy));
      await page.getByText(known, { exact: true }).waitFor();
    }
    await this.button(p.measuresSend).click();
    await page.waitForSelector(".permit-live");
  }

  async leaveOut(next) {
    const { page, p } = this;
    await next.getByRole("button", { name: p.notInvolvedPress, exact: true }).click();
    const dialog = page.locator(".dialog");
    await dialog.getByLabel(p.notInvolvedWhy).fill("现场没有 / nothing of it here");
    await this.look("measure-left-out");
    await dialog.getByRole("button", { name: p.notInvolvedPress, exact: true }).click();
    await dialog.waitFor({ state: "detached" });
  }

  async test(id, level, { lel, o2, toxic }) {
    const { page, p } = this;
    // From the verdict on the point before it goes straight on to the next.
    if (await page.locator(".gas-verdict").count()) await this.button(p.gasMore).click();
    else await this.go(`permits/gas/${id}`);
    await page.waitForSelector(".permit-form");
    await this.radio(this.title("level", gasForm), this.choice("level", level, gasForm)).click();
    await this.field("lel", gasForm).fill(String(lel));
    await this.field("o2", gasForm).fill(String(o2));
    if (toxic !== undefined) await this.field("toxic", gasForm).first().fill(String(toxic));
    await page.getByRole("radio", { name: /^GX-1 · / }).click();
    await page.getByText(p.gasCalibrated.split("{")[0]).waitFor();
    // A target cut by the bar above it would be found too small wherever the page happens to stand.
    await page.evaluate(() => scrollTo(0, 0));
    await this.look(`gas-${level}-${lel}`);
    await this.button(p.gasSend).click();
    await page.waitForSelector(".gas-verdict");
    await this.look(`gas-verdict-${level}-${lel}`);
  }

  // The task in front: its act with this text opens, asks for what it needs, and is signed.
  async press(text, { comment, fields = {}, people = {}, ticks = [], name, isOnSpot } = {}) {
    const panel = this.page.locator(".panel.task").first();
    await panel.getByRole("button", { name: text, exact: true }).click();
    const sheet = this.page.getByRole("dialog", { name: text, exact: true });
    await sheet.locator(".act-about").waitFor();
    if (isOnSpot) await sheet.locator(".spot-line.good").waitFor();
    if (name) await this.look(name);
    for (const [field, value] of Object.entries(fields)) await this.field(field).fill(value);
    for (const [field, value] of Object.entries(people)) await this.person(field, value);
    for (const field of ticks) {
      await sheet.getByRole("switch", { name: this.title(field), exact: true }).click();
    }
    if (ticks.length > 0) await this.look(`ticks-${ticks[0]}`);
    if (comment) {
      const words = sheet.getByLabel(begins(this.p.taskComment));
      const add = sheet.getByRole("button", { name: this.p.addWords, exact: true });
      await words.or(add).first().waitFor();
      if (await add.count()) await add.click();
      await words.fill(comment);
    }
    await sheet.getByRole("button", { name: text, exact: true }).click();
    // It closes when the server has taken it; a refusal stands in it.
    await this.page.waitForFunction(() => !document.querySelector(".dialog .act-about") ||
      document.querySelector(".dialog .refused"));
    const refused = sheet.locator(".refused");
    if (await refused.count()) throw new Error(`${text}: ${await refused.first().textContent()}`);
  }
}
