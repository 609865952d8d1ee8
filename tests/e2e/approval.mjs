// Approval on the screens from start to end: a request with rows and chosen reviewers, a draft that
// outlives a reload, countersigning with an added signature, a return that is done again, a
// transfer, a signature by hand with attachments, and the copy of somebody whom no role shows it.
// A pack of the tests has the form (tests/data/approvals).
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answerTo, photo, Seat } from "./acts.mjs";
import { root, startServer } from "./server.mjs";

// The words of one language in a text file: both stand in one, or each in its own.
function wordsOf(name, lang) {
  const text = readFileSync(join(root, `web/src/text/${name}.ts`), "utf8");
  const [zh, en = zh] = text.split(/^const en\b/m);
  const rows = [...(lang === "en" ? en : zh).matchAll(/^ {2}(\w+): ("[^"\n]*"),$/gm)];
  return Object.fromEntries(rows.map(([, key, value]) => [key, JSON.parse(value)]));
}

const source = (id) => JSON.parse(readFileSync(
  join(root, `tests/data/approvals/approval/forms/${id}.json`), "utf8"));
const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const startsWith = (text) => new RegExp(`^${escape(text)}`);

export async function startApprovals() {
  const folder = mkdtempSync(join(tmpdir(), "anlan-approvals-"));
  cpSync(join(root, "packs"), folder, { recursive: true });
  cpSync(join(root, "tests/data/approvals"), folder, { recursive: true });
  const server = await startServer({ words: ["--packs", folder] });
  return {
    ...server,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// One person's way through the pages of an approval.
class Approver {
  constructor(seat) {
    this.seat = seat;
    this.page = seat.page;
    this.w = { ...wordsOf(`${seat.lang}_acts`, seat.lang), ...wordsOf("proof", seat.lang) };
    this.d = wordsOf("delegation", seat.lang);
    this.rows = wordsOf("rows", seat.lang);
    this.t = seat.t;
    this.form = source("order");
  }

  title(field, item) {
    const all = this.form.data.properties;
    return (item ? all[field].items.properties[item] : all[field]).title[this.seat.lang];
  }

  async open(id, form = "order") {
    await this.seat.go(`case/${form}/${id}`);
    await this.page.waitForSelector(this.seat.size === "phone" ? ".case" : ".case-page");
  }

  panel() {
    return this.page.locator(".panel.task").first();
  }

  button(name, within = this.page) {
    return within.getByRole("button", { name, exact: true });
  }

  async pick(box, name) {
    await box.getByLabel(this.t.searchPerson).last().fill(name);
    await box.getByRole("radio", { name: startsWith(name) }).first().click();
  }

  async begin(reviewers) {
    const { page, d, t, seat } = this;
    await seat.go("tasks");
    await page.getByRole("link", { name: d.begin }).click();
    await page.getByRole("link", { name: this.form.title[seat.lang] }).click();
    await this.button(d.submit).click();
    await page.locator(".new-record .fault").first().waitFor();
    await page.getByLabel(startsWith(this.title("subject"))).fill("P-101");
    await this.addRow({ what: "mechanical seal", count: "2" });
    await this.addRow({ what: "to be removed", count: "1" });
    await this.button(this.rows.remove.replace("{n}", "2")).click();
    assert.equal(await page.locator(".rows-input .panel").count(), 1);
    const group = page.locator(".pick", { has: page.getByLabel(t.searchPerson) }).last();
    for (const name of reviewers) await this.pick(group, name);
    const chosen = page.getByRole("status").filter({ hasText: reviewers[0] });
    await chosen.filter({ hasText: reviewers[1] }).waitFor();
    await seat.look("approval-new");
    await this.button(d.submit).click();
    await page.waitForURL(/case\/order\//);
    await this.panel().waitFor();
    return page.url().split("/").pop();
  }

  async addRow({ what, count }) {
    await this.button(this.rows.add).click();
    const row = this.page.locator(".rows-input .panel").last();
    await row.getByLabel(startsWith(this.title("goods", "what"))).fill(what);
    await row.getByLabel(startsWith(this.title("goods", "count"))).fill(count);
  }

  async decide(outcome) {
    const panel = this.panel();
    await this.take();
    await answerTo(this.page, this.button(outcome[this.seat.lang], panel));
    const refused = this.page.locator(".panel.task .refused, .panel.task .fault");
    if (await refused.count()) throw new Error(`refused: ${await refused.first().textContent()}`);
  }

  async take() {
    const claim = this.button(this.t.taskClaim, this.panel());
    const comment = this.seat.commentIn(this.panel());
    await claim.or(comment).first().waitFor();
    if (await claim.isVisible()) await claim.click();
    await comment.waitFor();
  }

  // An act beside the usual buttons: people by name, and why.
  async act(name, { people = [], reason = "", choices = [] }) {
    const { page, w } = this;
    await this.take();
    await this.button(w.more, this.panel()).click();
    await page.getByRole("dialog").getByRole("button", { name: w[name], exact: true }).click();
    const dialog = page.getByRole("dialog", { name: w[name] });
    await dialog.waitFor();
    for (const choice of choices) {
      await dialog.getByRole("radio", { name: w[choice], exact: true }).click();
    }
    for (const person of people) await this.pick(dialog, person);
    await dialog.getByLabel(startsWith(w.reason)).fill(reason);
    await this.seat.look(`approval-${name}`);
    await dialog.locator("footer .button.main").click();
    await dialog.waitFor({ state: "detached" });
  }

  async giveBack(why) {
    const { page, t } = this;
    await this.take();
    await this.button(t.taskReturn, this.panel()).click();
    const dialog = page.getByRole("dialog", { name: t.taskReturn });
    await dialog.getByLabel(startsWith(t.taskReturnWhy)).fill(why);
    await this.seat.look("approval-return");
    await dialog.locator("footer .button.main").click();
    await dialog.waitFor({ state: "detached" });
  }

  // What was filled in is there after the page was left in the middle of it.
  async keepDraft(id) {
    const { page, w } = this;
    await this.take();
    const subject = this.panel().getByLabel(startsWith(this.title("subject")));
    await subject.fill("P-101 / P-102");
    const saved = startsWith(w.draftSaved.split("{")[0]);
    await page.locator(".draft-line").getByText(saved).waitFor();
    await page.reload();
    await this.open(id);
    await page.locator(".draft-line").getByText(startsWith(w.draftTakenUp.split("{")[0]))
      .waitFor();
    assert.equal(await subject.inputValue(), "P-101 / P-102");
    await this.seat.look("approval-draft");
  }

  async draw() {
    const { page, w } = this;
    await this.button(w.sign, this.panel()).click();
    const dialog = page.getByRole("dialog", { name: w.signature });
    assert.ok(await this.button(w.signDone, dialog).isDisabled(), "nothing is no signature");
    const pad = await dialog.locator("canvas").boundingBox();
    const go = (x, y) => page.mouse.move(pad.x + pad.width * x, pad.y + pad.height * y);
    for (const [from, to] of [[[0.1, 0.3], [0.5, 0.7]], [[0.5, 0.3], [0.2, 0.8]],
      [[0.6, 0.5], [0.9, 0.4]]]) {
      await go(...from);
      await page.mouse.down();
      await go((from[0] + to[0]) / 2, from[1]);
      await go(...to);
      await page.mouse.up();
    }
    await this.button(w.signUndo, dialog).click();
    await this.button(w.signRedo, dialog).click();
    for (const name of [w.signUndo, w.signClear, w.signDone]) {
      const box = await this.button(name, dialog).boundingBox();
      assert.ok(box.height >= 44, `${name} is ${box.height} px high`);
    }
    await this.seat.look("approval-pad");
    await this.button(w.signDone, dialog).click();
    await this.panel().getByRole("img", { name: w.signed }).waitFor();
  }

  async attach(files) {
    const group = this.panel().getByRole("group", { name: this.w.attachments });
    for (const [at, file] of files.entries()) {
      await group.locator("input[type=file]").last().setInputFiles(file);
      await group.locator(".sent.whole").nth(at).waitFor();
    }
  }
}

const outcomes = {
  send: { zh: "提交", en: "Send" }, yes: { zh: "同意", en: "Yes" },
  filed: { zh: "归档", en: "File it" },
};

function seats({ server, browser, watch, lang, size, seed }) {
  const known = new Map();
  const at = async (login) => {
    if (!known.has(login)) {
      const seat = new Seat({ server, browser, watch, lang, size, password: seed.password });
      known.set(login, new Approver(await seat.sitDown(login)));
    }
    return known.get(login);
  };
  const leave = async () => {
    for (const one of known.values()) await one.seat.leave();
  };
  return { at, leave };
}

async function sendAndReview({ at, name, id }) {
  const worker = await at("worker111");
  await worker.keepDraft(id);
  await worker.decide(outcomes.send);
  const first = await at("leader11");
  await first.open(id);
  await first.giveBack("三份报价 / three offers");
  await worker.open(id);
  await worker.decide(outcomes.send);
  await first.open(id);
  await first.act("add_sign", {
    people: [name("leader21")], reason: "请复核 / please check", choices: ["parallel", "all"],
  });
  await first.open(id);
  await first.decide(outcomes.yes);
  const second = await at("leader12");
  await second.open(id);
  await second.act("transfer", { people: [name("leader22")], reason: "休假 / on leave" });
  for (const login of ["leader21", "leader22"]) {
    const one = await at(login);
    await one.open(id);
    await one.decide(outcomes.yes);
  }
}

async function signAndFile({ at, name, id, folder, lang }) {
  const worker = await at("worker111");
  const { page, w } = worker;
  await worker.open(id);
  await worker.take();
  await worker.button(outcomes.filed[lang], worker.panel()).click();
  await page.getByText(w.lacks_signature).waitFor();
  await page.getByText(w.lacks_attachments).waitFor();
  const paper = join(folder, "offer.pdf");
  writeFileSync(paper, "%PDF-1.4 an offer %%EOF");
  await worker.attach([photo, paper]);
  await worker.draw();
  await worker.seat.look("approval-sign");
  await worker.decide(outcomes.filed);
  await page.locator(".timeline .signature").waitFor();
  await page.locator(".timeline .tile img").waitFor();
  const drawn = page.locator(".timeline .signature");
  assert.ok(await drawn.evaluate((image) => image.decode().then(() => image.naturalWidth > 0)));
  const coming = page.waitForEvent("download");
  await page.locator(".timeline a[download]").click();
  assert.match((await coming).suggestedFilename(), /\.pdf$/);
  const told = await page.locator(".timeline").innerText();
  for (const who of [name("leader21"), name("leader22")]) assert.ok(told.includes(who), who);
  await drawn.scrollIntoViewIfNeeded();
  await worker.seat.look("approval-timeline");
}

export async function approvalWalk({ browser, newWatch, atEnd, seed, lang, size }) {
  const server = await startApprovals();
  atEnd(() => server.stop());
  const watch = newWatch(server.url);
  const { at, leave } = seats({ server, browser, watch, lang, size, seed });
  atEnd(leave);
  const name = (login) => seed.nameOf(login);
  const worker = await at("worker111");
  const id = await worker.begin([name("leader11"), name("leader12")]);
  const all = { at, name, id, folder: server.folder, lang };
  await sendAndReview(all);
  await signAndFile(all);
  // Told by the flow; no role of hers shows a purchase.
  const told = await at("safety1");
  await told.open(id);
  await told.page.getByText(told.w.copyBrief).waitFor();
  const shown = await told.page.locator("main").innerText();
  assert.ok(!shown.includes("P-101"), "the copy of whom no role shows it is brief");
  await told.seat.look("approval-copy");
}

// Two people: one goes on leave, the other has the new tasks until it is ended early.
export async function delegationWalk({ browser, newWatch, atEnd, seed, lang, size }) {
  const server = await startApprovals();
  atEnd(() => server.stop());
  const watch = newWatch(server.url);
  const { at, leave } = seats({ server, browser, watch, lang, size, seed });
  atEnd(leave);
  const giver = await at("leader11");
  const { page, d, seat } = giver;
  await seat.go(size === "phone" ? "me" : "tasks");
  await page.getByRole("link", { name: d.title }).click();
  await page.getByRole("heading", { name: d.mine }).waitFor();
  await seat.look("delegations-none");
  await giver.button(d.add).click();
  const dialog = page.getByRole("dialog");
  await giver.pick(dialog, seed.nameOf("leader12"));
  await dialog.getByRole("button", { name: giver.form.title[lang] }).click();
  await seat.look("delegation-new");
  await giver.button(d.save, dialog).click();
  await page.getByRole("listitem").filter({ hasText: seed.nameOf("leader12") })
    .filter({ hasText: d.running }).waitFor();
  await seat.look("delegations");
  const worker = await at("worker111");
  const id = await worker.begin([seed.nameOf("leader11"), seed.nameOf("leader22")]);
  await worker.decide(outcomes.send);
  const deputy = await at("leader12");
  await deputy.open(id);
  await deputy.decide(outcomes.yes);
  await seat.go("delegations");
  await giver.button(d.end).click();
  await page.getByRole("dialog").locator("footer .button.danger").click();
  await page.getByText(d.none).first().waitFor();
  await seat.look("delegations-ended");
}

// The head of a unit is named where the units stand.
export async function headWalk({ browser, newWatch, atEnd, seed, lang }) {
  const server = await startApprovals();
  atEnd(() => server.stop());
  const watch = newWatch(server.url);
  const { at, leave } = seats({ server, browser, watch, lang, size: "desk", seed });
  atEnd(leave);
  const admin = await at("admin");
  const { page, d, seat } = admin;
  await seat.go("people");
  await admin.button(seat.t.setupOrg).click();
  const row = page.getByRole("row").filter({ hasText: "T11" });
  await row.getByRole("button").click();
  const dialog = page.getByRole("dialog");
  await admin.pick(dialog, seed.nameOf("leader11"));
  await seat.look("unit-head");
  await admin.button(d.headSave, dialog).click();
  await row.filter({ hasText: seed.nameOf("leader11") }).waitFor();
  await seat.look("units");
}
