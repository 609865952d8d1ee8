// The browser walks: real server, real Chromium, real JPEG files. Pictures go to build/shots.
//   npm --prefix web run e2e [-- NAME]   only the walks whose name holds NAME
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { form, photoAfter, Seat } from "./acts.mjs";
import { launch, look, openContext, Watch } from "./browser.mjs";
import { alarmWalk } from "./alarm_work.mjs";
import { alarmKeysWalk } from "./alarm_keys.mjs";
import { anonymousWalk } from "./anonymous.mjs";
import { approvalWalk, delegationWalk, headWalk } from "./approval.mjs";
import { figuresWalk } from "./figures.mjs";
import {
  boardWalk, caseWalk, dutyWalk, ledgerWalk, stripWalk, systemWalk,
} from "./hazard_desk.mjs";
import { hazardPhoneWalk, scanWalk } from "./hazard_phone.mjs";
import { filmOf } from "./qr_film.mjs";
import { sensingWalk } from "./sensing_desk.mjs";
import { sourceWalk } from "./source_desk.mjs";
import { setUpWalk } from "./set_up.mjs";
import { killWalk } from "./kill.mjs";
import { modelsWalk } from "./models.mjs";
import { factorWalk, providerWalk } from "./log_in.mjs";
import { responseKillWalk, responseWalk } from "./response.mjs";
import { pause, root, startServer } from "./server.mjs";
import {
  goodsWalk, isolationWalk, permitActsWalk, permitConflictWalk, permitGasWalk,
  permitKindsWalk, permitOfflineWalk, permitPagesWalk, permitPhoneLifeWalk,
} from "./permits.mjs";
import { permitHoldWalk } from "./permit_hold.mjs";
import { permitPapersWalk } from "./permit_papers.mjs";
import { permitRelieveWalk } from "./permit_relieve.mjs";
import { readSeed } from "./seed.mjs";

const seed = readSeed();
const only = process.argv[2] ?? "";
// A walk gets {newWatch, atEnd}: what its watches saw decides too, and on failure the screens are
// kept as they were before anything is closed.
function walk(name, run) {
  if (!name.includes(only)) return;
  test(name, { timeout: 900000 }, async () => {
    const watches = [];
    const ends = [];
    const newWatch = (origin) => watches[watches.push(new Watch(origin)) - 1];
    try {
      await run({ newWatch, atEnd: (end) => ends.unshift(end) });
      for (const { breaches, seen } of watches) {
        assert.deepEqual(breaches, []);
        assert.ok(seen > 0);
      }
    } catch (error) {
      for (const watch of watches) await watch.tell(name);
      throw error;
    } finally {
      for (const end of ends) await end();
    }
  });
}
const verifier = [
  process.env.ANLAN_VERIFY, "build/release/tools/verify_ledger/verify_ledger",
  "build/release/verify_ledger",
].filter(Boolean).map((path) => join(root, path)).find((path) => existsSync(path));

const outcomes = {
  confirm: { zh: "认定为重大", en: "Confirm as major" }, assign: { zh: "分派", en: "Assign" },
  approve: { zh: "同意", en: "Approve" }, pass: { zh: "验收通过", en: "Accept" },
  again: { zh: "未整改到位", en: "Not fixed" },
};
const repairer = seed.nameOf("repair1");

// Everybody sits down once per screen size and language.
class Plant {
  constructor(server, browser, watch, lang) {
    Object.assign(this, { server, browser, watch, lang, seats: new Map() });
  }

  async seat(login, size) {
    const key = `${login}/${size}`;
    if (!this.seats.has(key)) {
      const { server, browser, watch, lang } = this;
      const seat = new Seat({ server, browser, watch, lang, size, password: seed.password });
      this.seats.set(key, await seat.sitDown(login));
      // A major hazard calls whoever answers for it over everything else: they say they have it.
      const call = seat.page.locator(".urgent[role=alertdialog] footer .button").last();
      await seat.page.addLocatorHandler(call, (button) => button.click());
    }
    return this.seats.get(key);
  }

  async leave() {
    for (const seat of this.seats.values()) await seat.leave();
  }
}

// A proof reaches as far as the newest signed head; heads come every few seconds.
async function waitHead(seat, id) {
  const isSealed = (record) => fetch(`/api/records/hazard/${record}/proof`)
    .then((answer) => answer.text()).then((text) => text.includes("closed"));
  for (let tries = 0; tries < 60; tries += 1) {
    if (await seat.page.evaluate(isSealed, id)) return;
    await pause(500);
  }
  throw new Error("no head was signed over the end of the case");
}

async function proofOf(seat, id, folder) {
  await seat.open(id);
  await waitHead(seat, id);
  await seat.look("auditor-case");
  const coming = seat.page.waitForEvent("download");
  await seat.page.getByRole("button", { name: seat.t.proofButton }).click();
  const file = join(folder, `${id}.proof.json`);
  await (await coming).saveAs(file);
  return file;
}

// The auditor's program agrees, and no longer does once one word of the record was altered.
function verify(file) {
  assert.ok(verifier, "verify_ledger is not built");
  const check = (path) => execFileSync(verifier, ["proof", path], { stdio: "pipe" });
  check(file);
  const text = readFileSync(file, "utf8");
  assert.ok(text.includes("closed"), "the proof shows how the case ended");
  const altered = `${file}.altered`;
  writeFileSync(altered, text.replaceAll("closed", "closer"));
  assert.throws(() => check(altered), /./);
}

// A major hazard goes through every hand of the plant.
async function majorLife(plant, size, folder) {
  const { lang } = plant;
  const worker = await plant.seat("worker111", "phone");
  await worker.look("today");
  const { id } = await worker.report({
    area: seed.areaName("A1", lang), category: "leak", consequence: "many", exposure: "now",
    isStopped: true, words: "T-203 法兰滴漏 / dripping flange",
  });
  const act = async (login, name, how, state) => {
    const seat = await plant.seat(login, size);
    await seat.open(id);
    await seat.decide(name, how);
    if (state) await seat.waitState(state);
  };
  await act("director", "confirm", { outcome: outcomes.confirm, comment: "同意 / agreed" },
    "controlling");
  await act("head1", "control",
    { fields: { interim_control: "围堰、警戒 / bund" }, people: { owner: repairer } }, "planning");
  await act("head1", "plan", {
    fields: { measure: "换垫片 / new gasket", fund: "1200.50", contingency: "A-3", plan: "P-1" },
    people: { owner: repairer }, hours: { due_at: "24" },
  }, "approving");
  await act("gm", "sign", { outcome: outcomes.approve });
  await act("director", "sign", { outcome: outcomes.approve }, "repairing");
  await repairAndVerify(plant, { id, size, folder });
}

async function repairAndVerify(plant, { id, size, folder }) {
  const repair = await plant.seat("repair1", "phone");
  await repair.go("tasks");
  await repair.page.waitForSelector(".card");
  await repair.look("tasks");
  await repair.open(id);
  const fields = { repair_note: "已更换 / replaced" };
  await repair.decide("repair", { fields, choices: { cause: "upkeep" }, photos: photoAfter });
  const safety = await plant.seat("safety1", size);
  await safety.open(id);
  await safety.page.locator(".compare input[type=range]").fill("30");
  await safety.decide("verify", { outcome: outcomes.pass, comment: "现场已核对 / seen" });
  await safety.waitState("closed");
  const auditor = await plant.seat("auditor1", "desk");
  verify(await proofOf(auditor, id, folder));
}

// A general hazard, whose first repair is not accepted.
async function generalLife(plant, size, folder) {
  const { lang } = plant;
  const worker = await plant.seat("worker111", "phone");
  const { id } = await worker.report({
    area: seed.areaName("A1", lang), category: "guarding", consequence: "light", exposure: "now",
    isInterrupted: true,
  });
  const leader = await plant.seat("leader11", size);
  await leader.open(id);
  await leader.decide("assign", { outcome: outcomes.assign, people: { owner: repairer } });
  await leader.waitState("repairing");
  const repair = await plant.seat("repair1", "phone");
  await repair.open(id);
  await repair.decide("repair", { choices: { cause: "ageing" }, photos: photoAfter });
  const safety = await plant.seat("safety1", size);
  await safety.open(id);
  await safety.decide("not-fixed", { outcome: outcomes.again, comment: "还在滴 / still drips" });
  await safety.waitState("repairing");
  await repairAndVerify(plant, { id, size, folder });
}

const screens = {
  phone: ["", "tasks", "mine", "notices", "me"],
  desk: ["", "list", "list?open=1&level=red", "tasks", "notices", "labels"],
};

async function seeScreens(plant, login, size, more = []) {
  const seat = await plant.seat(login, size);
  for (const path of [...(screens[size] ?? screens.desk), ...more]) {
    await seat.go(path);
    await seat.page.waitForLoadState("networkidle");
    await seat.look(`screen-${login}-${path.replace(/\W+/g, "-") || "home"}`);
  }
  const other = seat.page.getByRole("button", { name: seat.t.themeSwitch });
  if (size === "phone" || !(await other.count())) return;
  await other.click();
  for (const path of ["", "list"]) {
    await seat.go(path);
    await seat.page.waitForLoadState("networkidle");
    await seat.look(`screen-${login}-${path || "home"}-other-theme`);
  }
}

// One demo plant for all walks that need no other; it starts with the first of them.
let shared = null;
async function demoPlant() {
  shared ??= Promise.all([startServer(), launch()]);
  const [server, browser] = await shared;
  return { server, browser };
}
after(async () => {
  if (!shared) return;
  const { server, browser } = await demoPlant().catch(() => ({}));
  await browser?.close();
  await server?.stop();
});

function life(name, lang, run) {
  walk(name, async ({ newWatch, atEnd }) => {
    const { server, browser } = await demoPlant();
    const plant = new Plant(server, browser, newWatch(server.url), lang);
    atEnd(() => plant.leave());
    await run(plant, server.folder);
  });
}

walk("the log-in page in both languages and sizes", async ({ newWatch }) => {
  const { server, browser } = await demoPlant();
  const watch = newWatch(server.url);
  for (const lang of ["zh", "en"]) {
    for (const size of ["phone", "desk"]) {
      const { context, page } = await openContext(browser, { size, lang, watch });
      await page.goto(`${server.url}/${size === "phone" ? "m" : "desk"}/`);
      await page.waitForSelector(".demo-account");
      await look(page, watch, `login-${size}-${lang}`, { isPhone: size === "phone" });
      await context.close();
    }
  }
});
life("a major hazard, phones in Chinese", "zh", (plant, folder) =>
  majorLife(plant, "phone", folder));
life("a major hazard, desks in English", "en", (plant, folder) =>
  majorLife(plant, "desk", folder));
life("a general hazard repaired twice, phones in English", "en", (plant, folder) =>
  generalLife(plant, "phone", folder));
life("a general hazard repaired twice, desks in Chinese", "zh", (plant, folder) =>
  generalLife(plant, "desk", folder));
for (const lang of ["zh", "en"]) {
  life(`every other screen, ${lang}`, lang, async (plant) => {
    await seeScreens(plant, "worker111", "phone");
    await seeScreens(plant, "director", "desk");
    await seeScreens(plant, "admin", "laptop", ["people", "master", "setup/org"]);
  });
}

for (const lang of ["zh", "en"]) {
  walk(`the hazard loop on the phone, ${lang}`, async ({ newWatch }) => {
    const { server, browser } = await demoPlant();
    await hazardPhoneWalk({ server, browser, watch: newWatch(server.url), lang, seed });
  });
  walk(`a report without a name, ${lang}`, async ({ newWatch }) => {
    const { server, browser } = await demoPlant();
    await anonymousWalk({ server, browser, watch: newWatch(server.url), lang, seed });
  });
}
const deskWalks = {
  "the board of cases": boardWalk, "one case on the desk": caseWalk, "the duty roster": dutyWalk,
  "an old ledger comes in": ledgerWalk, "the state of the server": systemWalk,
  "the strip of alarms": stripWalk, "key figures": figuresWalk,
};
for (const lang of ["zh", "en"]) {
  for (const [name, run] of Object.entries(deskWalks)) {
    walk(`${name}, ${lang}`, async ({ newWatch }) => {
      const { server, browser } = await demoPlant();
      await run({ server, browser, watch: newWatch(server.url), lang, seed });
    });
  }
}
const permitOnThePhone = (kind, lang) =>
  walk(`permits: ${kind} from application to close on the phone, ${lang}`, async (tools) => {
    const { server, browser } = await demoPlant();
    const watch = tools.newWatch(server.url);
    await permitPhoneLifeWalk({ kind, server, browser, watch, lang, seed });
  });
permitOnThePhone("confined", "zh");
permitOnThePhone("height", "zh");
const permitWalks = {
  "permits: every page": [permitPagesWalk, "zh", "en"],
  "permits: each act asks for its own": [permitActsWalk, "zh", "en"],
  "permits: a lock by one, looked at by another": [isolationWalk, "zh"],
  "permits: hazardous goods by two people": [goodsWalk, "zh", "en"],
  "permits: the other kinds to their close": [permitKindsWalk, "zh"],
  "permits: two jobs that must not go on together": [permitConflictWalk, "zh", "en"],
  "permits: the card without a link": [permitOfflineWalk, "zh"],
  "permits: the next shift takes stopped work over": [permitRelieveWalk, "zh", "en"],
  "permits: an area on hold": [permitHoldWalk, "zh"],
  "permits: instruments and certificates": [permitPapersWalk, "zh", "en"],
};
for (const [name, [run, ...langs]] of Object.entries(permitWalks)) {
  for (const lang of langs) {
    walk(`${name}, ${lang}`, async ({ newWatch }) => {
      const { server, browser } = await demoPlant();
      await run({ server, browser, watch: newWatch(server.url), lang, seed });
    });
  }
}
// Its residual-fire watch goes on for half an hour: whoever works beside it has a conflict.
permitOnThePhone("hot", "en");
walk("permits: a gas reading stops the work on the phone, zh", async ({ newWatch, atEnd }) => {
  const browser = await launch();
  atEnd(() => browser.close());
  await permitGasWalk({ browser, newWatch, seed, lang: "zh", atEnd });
});

for (const lang of ["zh", "en"]) {
  walk(`flows, tables and formulas by the page's own rules, ${lang}`, async ({ newWatch }) => {
    const { server, browser } = await demoPlant();
    await modelsWalk({ server, browser, watch: newWatch(server.url), lang, seed });
  });
}

const approvalWalks = {
  "an approval from the first row to the signature": approvalWalk,
  "a deputy for a time": delegationWalk,
};
for (const [name, run] of Object.entries(approvalWalks)) {
  for (const [lang, size] of [["zh", "desk"], ["en", "phone"]]) {
    walk(`${name}, ${size} in ${lang}`, async ({ newWatch, atEnd }) => {
      const browser = await launch();
      atEnd(() => browser.close());
      await run({ browser, newWatch, atEnd, seed, lang, size });
    });
  }
}
for (const [lang, size] of [["zh", "desk"], ["en", "laptop"]]) {
  walk(`trends and the load of alarms, ${size} in ${lang}`, async ({ newWatch, atEnd }) => {
    const browser = await launch();
    atEnd(() => browser.close());
    await sensingWalk({ browser, newWatch, atEnd, seed, lang, size });
  });
}
for (const [lang, size] of [["zh", "desk"], ["en", "laptop"]]) {
  walk(`a source is added, browsed and mapped, ${size} in ${lang}`,
    async ({ newWatch, atEnd }) => {
      const browser = await launch();
      atEnd(() => browser.close());
      await sourceWalk({ browser, newWatch, atEnd, seed, lang, size });
    });
}
for (const lang of ["zh", "en"]) {
  walk(`an alarm's card, work order and cut socket, ${lang}`, async ({ newWatch, atEnd }) => {
    const browser = await launch();
    atEnd(() => browser.close());
    await alarmWalk({ browser, newWatch, atEnd, seed, lang });
  });
}
for (const [lang, size] of [["zh", "desk"], ["en", "laptop"]]) {
  walk(`an operator at the keys, ${size} in ${lang}`, async ({ newWatch, atEnd }) => {
    const browser = await launch();
    atEnd(() => browser.close());
    await alarmKeysWalk({ browser, newWatch, atEnd, seed, lang, size });
  });
}
for (const lang of ["zh", "en"]) {
  walk(`the head of a unit is named, ${lang}`, async ({ newWatch, atEnd }) => {
    const browser = await launch();
    atEnd(() => browser.close());
    await headWalk({ browser, newWatch, atEnd, seed, lang });
  });
}
walk("a label is scanned on the phone", async ({ newWatch, atEnd }) => {
  const { server } = await demoPlant();
  const film = join(server.folder, "label.y4m");
  await filmOf("https://10.1.2.3:8443/q/T-203", film);
  const browser = await launch({ more: [
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
    `--use-file-for-fake-video-capture=${film}`,
  ] });
  atEnd(() => browser.close());
  await scanWalk({ server, browser, watch: newWatch(server.url), lang: "zh", seed });
});

walk("over TLS on a name, through our own authority", async ({ newWatch, atEnd }) => {
  const name = "anlan.test";
  const server = await startServer({ isTls: true, words: ["--host", name] });
  const watch = newWatch(`https://${name}:${server.port}`);
  const trust = join(server.folder, "home/.pki/nssdb");
  mkdirSync(trust, { recursive: true });
  execFileSync("certutil", ["-d", `sql:${trust}`, "-N", "--empty-password"]);
  execFileSync("certutil", ["-d", `sql:${trust}`, "-A", "-n", "anlan", "-t", "C,,", "-i",
    join(server.data, "tls/ca.crt")]);
  const browser = await launch({
    home: join(server.folder, "home"), more: [`--host-resolver-rules=MAP ${name} 127.0.0.1`],
  });
  atEnd(() => server.stop());
  atEnd(() => browser.close());
  const plant = new Plant({ ...server, base: watch.origin }, browser, watch, "zh");
  const worker = await plant.seat("worker111", "phone");
  assert.equal(await worker.page.evaluate(() => isSecureContext && !!crypto.subtle), true);
  const { number } = await worker.report({
    area: seed.areaName("A1", "zh"), category: "fire", consequence: "light", exposure: "seldom",
  });
  assert.match(number, new RegExp(`^${form.serial}-\\d{8}-\\d{4}$`));
});

walk("an empty plant is set up and takes its first hazard", async ({ newWatch, atEnd }) => {
  const server = await startServer({ words: ["--empty"] });
  atEnd(() => server.stop());
  const browser = await launch();
  atEnd(() => browser.close());
  await setUpWalk({ server, browser, watch: newWatch(server.url), lang: "zh" });
});

for (const lang of ["zh", "en"]) {
  walk(`a second factor is set up and asked for, ${lang}`, async ({ newWatch, atEnd }) => {
    const server = await startServer({ words: ["--second-factor", "administrator"] });
    atEnd(() => server.stop());
    const browser = await launch();
    atEnd(() => browser.close());
    await factorWalk({ server, browser, watch: newWatch(server.url), lang, seed });
  });
}

test("log-in by a real provider, and without it when it is down", { timeout: 300000 },
  async (context) => {
    if (!"log-in provider".includes(only)) return context.skip("not asked for");
    await providerWalk({ seed });
  });

test("kill -9 while people report loses nothing", { timeout: 300000 }, async (context) => {
  if (!"kill".includes(only)) return context.skip("not asked for");
  await killWalk({ seed });
});

for (const lang of ["zh", "en"]) {
  walk(`from a gas trip to a counted, audited response, ${lang}`, async ({ newWatch, atEnd }) => {
    const browser = await launch();
    atEnd(() => browser.close());
    await responseWalk({ browser, newWatch, seed, lang, atEnd });
  });
}

test("kill -9 during a response: it goes on at the right step", { timeout: 300000 },
  async (context) => {
    if (!"kill response".includes(only)) return context.skip("not asked for");
    await responseKillWalk({ seed });
  });
