// Permits on the screens: each kind from application to close, two jobs that must not go on
// together, a gas reading that stops the work on the phone, and the card without a link.
import assert from "node:assert/strict";
import { until } from "./client.mjs";
import { startMachines } from "./machines.mjs";
import { PermitHands, texts } from "./permit_hands.mjs";
import { kinds, Permits, saidOnSpot } from "./permit_life.mjs";
import { goodsForm, isolationForm, PermitSeat } from "./permit_seat.mjs";
import { startServer } from "./server.mjs";

const seatOf = ({ server, browser, watch, lang, seed }, login, size) =>
  new PermitSeat({ server, browser, watch, lang, size, password: seed.password }).sitDown(login);

const deskPages = ["permits", "permits?h=72", "permits/figures", "permits/certificates",
  "permits/rules"];

// Every page of the desk as it stands with the permits of the seed.
export async function permitPagesWalk(where) {
  const seat = await seatOf(where, "safety1", "desk");
  for (const path of deskPages) {
    await seat.go(path);
    await seat.page.waitForLoadState("networkidle");
    await seat.look(`permit-desk-${path.replace(/\W+/g, "-")}`);
  }
  await seat.go("permits");
  await seat.page.locator(".gantt-row").first().click();
  await seat.page.waitForSelector(".permit-chosen");
  await seat.look("permit-desk-chosen");
  await seat.button(seat.p.stopArea).click();
  await seat.look("permit-desk-stop-area");
  await seat.page.keyboard.press("Escape");
  await openStates(where, seat);
  await openRefused(where, seat);
  await seat.leave();
}

// An application that a rule refuses leaves no permit: the figure opens what it was.
async function openRefused(where, seat) {
  const permits = new Permits(where.server, where.seed.password);
  const content = `无证监护 / no certificate ${where.lang}`;
  await assert.rejects(permits.apply("power", { guardian: "worker122", content }), /certificate/);
  await seat.go("permits/figures");
  const card = seat.page.locator(".figure", { hasText: seat.p.guard_permit_people });
  await card.locator("button.link").click();
  await seat.page.getByRole("cell", { name: content, exact: true }).waitFor();
  await seat.look("permit-desk-refused-application");
}

async function openStates(where, seat) {
  const permits = new Permits(where.server, where.seed.password);
  const { rows } = await (await permits.as("safety1")).get("/api/records/permit?limit=50");
  // Without machines the detectors are silent, and what must be monitored all the time has stopped.
  const underWay = ["active", "suspended"];
  for (const kind of ["hot", "confined"]) {
    const row = rows.find((one) => one.kind === kind && underWay.includes(one.state));
    await seat.card(row.id);
    await seat.page.waitForLoadState("networkidle");
    await seat.look(`permit-desk-case-${kind}`);
    const phone = await seatOf(where, kind === "hot" ? "worker112" : "worker221", "phone");
    await phone.go("permits");
    await phone.page.waitForSelector(".card.permit");
    await phone.look(`permit-phone-list-${kind}`);
    await phone.card(row.id);
    await phone.page.waitForLoadState("networkidle");
    await phone.look(`permit-phone-card-${kind}`);
    for (const page of kind === "hot" ? ["gas", "measures"] : ["entry", "isolation"]) {
      await phone.go(`permits/${page}/${row.id}`);
      await phone.page.waitForLoadState("networkidle");
      await phone.look(`permit-phone-${page}`);
    }
    await phone.leave();
  }
}

const wishes = {
  hot: { choices: { hot_method: "grind", hot_place: "elsewhere" } },
  confined: { fields: { space: "污水井 / pit" } },
  height: { fields: { height_m: "4" } },
};
// One guardian, one job.
const guardians = { hot: "worker321", confined: "worker322", height: "worker323" };
const confirms = { zh: "品名数量相符", en: "Substance and quantity agree" };

// The leader applies on the phone, everybody signs on the phone, the guardian starts on the spot.
export async function permitPhoneLifeWalk({ kind, ...where }) {
  const { lang, seed } = where;
  const permits = new Permits(where.server, seed.password);
  const leader = await seatOf(where, "eqleader", "phone");
  const worker = await seatOf(where, "repair3", "phone");
  const guardian = await seatOf(where, guardians[kind], "phone");
  const id = await leader.apply({
    kind, area: seed.areaName("A4", lang), content: kinds[kind].content, ...wishes[kind],
    people: {
      leader: seed.nameOf("eqleader"), guardian: seed.nameOf(guardians[kind]),
      workers: seed.nameOf("repair3"),
    },
  });
  await leader.waitCard("approving");
  await leader.look(`card-approving-${kind}`);
  await permits.until(id, { node: "disclose" });
  await leader.press(texts.disclose[lang]);
  await worker.card(id);
  await worker.look(`card-receive-${kind}`);
  await worker.press(texts.receive[lang]);
  await leader.confirm(id, kind, await permits.spotOf(id));
  if (await permits.asksGas(id)) {
    const analyst = await seatOf(where, "safety4", "phone");
    const levels = kind === "confined" ? ["upper", "middle", "lower"] : ["outside"];
    const clean = kind === "confined" ? { lel: 0, o2: 20.9, toxic: 0 } : { lel: 0, o2: 20.9 };
    for (const level of levels) await analyst.test(id, level, clean);
    await analyst.leave();
  }
  await permits.isolate(id);
  await guardian.context.setGeolocation(await permits.spotOf(id));
  await guardian.card(id);
  await guardian.press(texts.sign[lang],
    { comment: saidOnSpot, name: `card-sign-${kind}`, isOnSpot: true,
      fields: { tools_in: "扳手2把" } });
  await guardian.waitCard("active");
  await guardian.look(`card-active-${kind}`);
  if (kind === "confined") await countIn(guardian, id, seed);
  await guardian.card(id);
  await guardian.press(texts.work[lang]);
  await endIt({ permits, guardian, id, kind });
  for (const seat of [leader, worker, guardian]) await seat.leave();
}

// A residual-fire watch lasts as long as the rule says; its countdown is what can be seen here.
async function endIt({ permits, guardian, id, kind }) {
  if (kind === "hot") {
    await guardian.waitCard("watching");
    await guardian.page.locator(".clock-line", { hasText: guardian.p.clock_watch }).waitFor();
    return guardian.look(`card-watching-${kind}`);
  }
  await guardian.waitCard("accepting");
  await guardian.press(texts.hand_back[guardian.lang], {
    fields: { tools_back: "扳手2把" }, ticks: ["crew_tools", "crew_isolations", "crew_clean"],
  });
  await permits.until(id, { state: "closed" });
  await guardian.waitCard("closed");
  return guardian.look(`card-closed-${kind}`);
}

async function countIn(seat, id, seed) {
  const { page, p } = seat;
  await seat.go(`permits/entry/${id}`);
  await page.locator(".pick").first().getByLabel(p.searchPerson).fill(seed.nameOf("repair3"));
  await page.locator(".pick").first()
    .getByRole("radio", { name: new RegExp(seed.nameOf("repair3")) }).first().click();
  await page.getByRole("button", { name: p.goIn, exact: true }).click();
  await page.waitForSelector(".inside-list li");
  await seat.look("entry-inside");
  await page.getByRole("button", { name: p.goOut, exact: true }).click();
  await page.locator(".inside-list li").waitFor({ state: "detached" });
}

// Each act of whoever leads is one button, which asks for what that act needs and nothing else.
export async function permitActsWalk(where) {
  const { lang, seed } = where;
  const permits = new Permits(where.server, seed.password);
  const [guardian, next] = lang === "zh" ? ["worker311", "worker312"] : ["worker313", "worker314"];
  const id = await permits.apply("power", { guardian, worker: "repair4" });
  await permits.until(id, { state: "active" });
  const leader = await seatOf(where, "eqleader", "phone");
  await leader.context.setGeolocation(await permits.spotOf(id));
  await leader.card(id);
  const buttons = leader.page.locator(".panel.task").getByRole("button");
  await buttons.first().waitFor();
  const offered = [texts.work, texts.handover, texts.handoverLeader].map((text) => text[lang]);
  assert.deepEqual((await buttons.allTextContents()).slice(0, 3), offered);
  const sheet = leader.page.getByRole("dialog");
  await buttons.nth(0).click();
  await sheet.locator(".act-about").waitFor();
  assert.equal(await sheet.locator(".field").count(), 0);
  await leader.look("permit-act-finish");
  await sheet.getByRole("button", { name: leader.p.cancel, exact: true }).click();
  await leader.press(texts.handover[lang], {
    people: { next_guardian: seed.nameOf(next) }, name: "permit-act-handover",
  });
  const taker = await seatOf(where, next, "phone");
  await taker.context.setGeolocation(await permits.spotOf(id));
  await taker.card(id);
  await taker.page.locator(".panel.task").first().waitFor();
  await taker.press(texts.take[lang], { comment: saidOnSpot, name: "permit-act-take" });
  const { idOf } = await permits.people();
  const record = await permits.record(id);
  assert.equal(record.guardian, idOf[next]);
  assert.equal(record.leader, idOf.eqleader);
  await leader.card(id);
  await leader.press(texts.work[lang]);
  await permits.until(id, { state: "closed" });
  await taker.leave();
  await leader.leave();
}

// A lock is put on by one, looked at by another, with a tag and in their names.
export async function isolationWalk(where) {
  const { lang, seed } = where;
  const permits = new Permits(where.server, seed.password);
  const id = await permits.apply("excavation", { guardian: "worker411", worker: "repair5" });
  await permits.until(id, { node: "sign" });
  const [one, two] = [await seatOf(where, "worker122", "phone"),
    await seatOf(where, "leader12", "phone")];
  await one.go(`permits/isolation/${id}`);
  await one.button(one.p.isolationAdd).click();
  await one.radio(one.title("type", isolationForm), one.choice("type", "lock", isolationForm))
    .click();
  await one.field("tag_no", isolationForm).fill("L-07");
  await one.field("place", isolationForm).fill("MCC-605");
  await one.look("isolation-new");
  await one.button(one.p.save).click();
  await one.press(texts.applied[lang], { name: "isolation-apply" });
  await one.page.getByText(one.p.appliedBy).waitFor();
  await one.page.locator(".panel.task").waitFor({ state: "detached" });
  await two.go(`permits/isolation/${id}`);
  await two.press(texts.verified[lang]);
  await two.page.getByText(two.p.verifiedBy).waitFor();
  await two.look("isolation-verified");
  const filter = encodeURIComponent(JSON.stringify(["eq", "permit", id]));
  const { rows } = await (await permits.as("auditor1"))
    .get(`/api/records/permit_isolation?filter=${filter}`);
  const { loginOf } = await permits.people();
  assert.deepEqual(rows.map((row) =>
    [row.state, loginOf[row.applied_by], loginOf[row.verified_by]]),
  [["verified", "worker122", "leader12"]]);
  await one.leave();
  await two.leave();
}

// Hazardous goods go in or out of a store only when two different people have counted them.
export async function goodsWalk(where) {
  const { lang, seed, server } = where;
  const permits = new Permits(server, seed.password);
  const substance = lang === "zh" ? "甲醇" : "Methanol";
  const [one, two] = [await seatOf(where, "worker121", "phone"),
    await seatOf(where, "worker122", "phone")];
  await one.go("permits");
  await one.page.getByRole("link", { name: one.p.goodsTitle }).click();
  await one.button(one.p.goodsAdd).click();
  await one.radio(one.title("direction", goodsForm), one.choice("direction", "in", goodsForm))
    .click();
  await one.radio(one.title("area", goodsForm), `${seed.areaName("A4", lang)} A4`).click();
  await one.field("substance", goodsForm).fill(substance);
  await one.field("quantity", goodsForm).fill("160");
  await one.radio(one.title("unit", goodsForm), one.choice("unit", "kg", goodsForm)).click();
  await one.look("goods-new");
  await one.button(one.p.goodsSend).click();
  await one.page.locator(".two-people").waitFor();
  const id = one.page.url().split("/").pop();
  const record = async () =>
    (await (await permits.as("auditor1")).get(`/api/records/goods_move/${id}`)).record;
  await one.press(confirms[lang], { name: "goods-first" });
  await one.page.locator(".two-people li.good").first().waitFor();
  await one.page.locator(".panel.task").waitFor({ state: "detached" });
  assert.equal((await record()).state, "asked");
  await two.go(`case/goods_move/${id}`);
  await two.press(confirms[lang]);
  await two.page.locator(".two-people li.good").nth(1).waitFor();
  await two.look("goods-moved");
  const { state, first_by: first, second_by: second } = await record();
  const { loginOf } = await permits.people();
  assert.deepEqual([state, loginOf[first], loginOf[second]], ["moved", "worker121", "worker122"]);
  await two.go("permits/goods");
  await two.page.locator(".card.permit").first().waitFor();
  await two.look("goods-list");
  const desk = await seatOf(where, "eqleader", "desk");
  await desk.go("permits");
  await desk.page.getByRole("link", { name: desk.p.tabGoods, exact: true }).click();
  await desk.page.getByRole("cell", { name: substance }).first().waitFor();
  await desk.look("goods-desk");
  await desk.button(desk.p.goodsAdd).click();
  await desk.page.locator(".dialog .permit-form").waitFor();
  await desk.look("goods-desk-new");
  for (const seat of [one, two, desk]) await seat.leave();
}

// What each of the other kinds says of itself in the wizard. Three crews go through them side
// by side, each with its people and its area: the rules let nobody tick measures in a hurry.
const crews = [
  {
    area: "A4", people: { leader: "eqleader", guardian: "worker121", workers: "repair3" },
    works: {
      blinding: { choices: { blind_action: "insert" },
        fields: { pipe: "N2-777", blind_no: "MB-7" } },
      road: { fields: { road_name: "厂中路 / middle road" } },
    },
  },
  {
    area: "A2", people: { leader: "leader21", guardian: "worker213", workers: "repair2" },
    works: { excavation: { fields: { dig_depth_m: "1" } } },
  },
  {
    area: "A5", people: { leader: "leader12", guardian: "worker412", workers: "repair6" },
    works: {
      lifting: { fields: { load_t: "10", lift_radius_m: "5", crane: "QY25" },
        helpers: { rigger: "repair4", signaller: "repair5", crane_driver: "repair3" } },
      power: { fields: { power_source: "MCC-605", power_v: "380" } },
    },
  },
];
const path = ["approve", "disclose", "receive", "confirm", "sign", "work", "hand_back", "accept"];

async function goThrough(hands, { area, people, works }) {
  for (const [kind, wish] of Object.entries(works)) {
    const id = await hands.apply(kind, { area, people, ...wish });
    const done = [];
    while (done.at(-1) !== "accept") done.push(await hands.step(id));
    assert.deepEqual(path.filter((node) => !done.includes(node)), [], done.join(" "));
    await hands.at(people.guardian, async (seat) => {
      await seat.card(id);
      await seat.waitCard("closed");
      await seat.look(`card-closed-${kind}`, { isAlways: true });
    });
    assert.equal((await hands.permits.record(id)).state, "closed");
  }
}

// The other kinds, every hand by its own clicks from the application to the close.
export async function permitKindsWalk(where) {
  const hands = new PermitHands(where);
  await Promise.all(crews.map((crew) => goThrough(hands, crew)));
  await hands.leave();
}

// Hot work beside the opening of a pipe: shown before anybody signs, refused when somebody does.
export async function permitConflictWalk(where) {
  const permits = new Permits(where.server, where.seed.password);
  const [x, y, first, second] = where.lang === "zh"
    ? [640, 120, "worker211", "worker212"] : [960, 60, "worker213", "worker214"];
  const pipe = await permits.apply("blinding", {
    x, y, area: "A5", guardian: first, pipe: `P-${where.lang}`,
  });
  await permits.until(pipe, { node: "disclose" });
  const hot = await permits.apply("hot", {
    x: x + 5, y: y + 5, area: "A5", guardian: second, worker: "repair4", hot_place: "explosive",
  });
  const seat = await seatOf(where, "safety1", "desk");
  await seat.card(hot);
  const box = seat.page.locator(".case-conflicts");
  await box.locator(".conflict.hard").first().waitFor();
  const { record: other } = await permits.view(pipe);
  await box.getByText(other.number).first().waitFor();
  await box.locator(".gantt-hit.hard").first().waitFor();
  await box.locator("canvas").first().waitFor();
  await box.scrollIntoViewIfNeeded();
  await seat.look("permit-desk-conflict");
  await seat.go("permits");
  await seat.page.locator(".gantt-hit.hard").first().waitFor();
  await seat.look("permit-desk-board-conflict");
  const { task, login } = await permits.open(hot);
  await assert.rejects(permits.complete(login, task), /permit_conflict/);
  assert.equal((await permits.record(hot)).state, "approving");
  const phone = await seatOf(where, login, "phone");
  await phone.card(hot);
  await phone.page.locator(".conflict.hard").first().waitFor();
  await phone.look("permit-phone-conflict");
  await phone.leave();
  await seat.leave();
}

// From a reading over the limit at the nearest detector to the red card on the guardian's phone.
export async function permitGasWalk({ browser, newWatch, seed, lang, atEnd }) {
  const machines = await startMachines();
  atEnd(() => machines.stop());
  const server = await startServer({ words: machines.words });
  atEnd(() => server.stop());
  const where = { server, browser, watch: newWatch(server.url), lang, seed };
  const permits = new Permits(server, seed.password);
  const control = await permits.as("control1");
  await until("people on the plan", async () =>
    (await control.get("/api/presence")).rows.length > 200);
  const { rows } = await control.get("/api/records/permit?limit=50");
  const hot = rows.find((row) => row.kind === "hot" && row.state === "active");
  const phone = await seatOf(where, "worker112", "phone");
  await phone.card(hot.id);
  await phone.look("permit-phone-live");
  await phone.page.evaluate(() => {
    const note = () => {
      if (window.stoppedAt || !document.querySelector(".stopped-card, .urgent")) return;
      window.stoppedAt = Date.now();
    };
    new MutationObserver(note).observe(document.body, { childList: true, subtree: true });
  });
  await machines.command({ leak: "GAS-2107" });
  await phone.page.waitForSelector(".stopped-card");
  const record = await permits.record(hot.id);
  assert.equal(record.state, "suspended");
  const seen = await phone.page.evaluate(() => window.stoppedAt);
  const reading = Date.parse(record.suspend_detail?.at ?? record.suspended_at);
  const stopped = Date.parse(record.suspended_at);
  console.log(`gas: ${record.suspend_reason}, reading to suspension ${stopped - reading} ms, ` +
    `reading to the phone ${seen - reading} ms`);
  assert.ok(seen - reading < 1000, `${seen - reading} ms from the reading to the card`);
  await phone.card(hot.id);
  await phone.page.waitForSelector(".stopped-causes li");
  await phone.look("permit-phone-suspended");
  await phone.leave();
}

// Without a link the card is what the phone kept, with its age, end and signature; stopping works.
export async function permitOfflineWalk(where) {
  const permits = new Permits(where.server, where.seed.password);
  const id = await permits.apply("road", { guardian: "worker421", leader: "leader12",
    worker: "worker122", x: 700, y: 120, area: "A5" });
  await permits.until(id, { state: "active" });
  const phone = await seatOf(where, "leader12", "phone");
  await phone.card(id);
  await phone.page.waitForLoadState("networkidle");
  await phone.page.waitForFunction(() => navigator.serviceWorker.ready.then(() => true));
  const isSealed = (permit) => fetch(`/api/records/permit/${permit}/proof`)
    .then((answer) => answer.json()).then(({ head, pending }) => head && pending === 0);
  await phone.page.waitForFunction(isSealed, id, { polling: 500 });
  await phone.page.reload();
  await phone.page.waitForSelector(".permit-live");
  await phone.page.waitForLoadState("networkidle");
  await phone.context.setOffline(true);
  await phone.page.locator(".snapshot").waitFor();
  await phone.page.getByText(phone.p.snapshotMay).waitFor();
  await phone.page.locator(".snapshot .soft").filter({ hasText: /\d/ }).waitFor();
  const { valid_to: end } = await permits.record(id);
  const told = new Date(Date.parse(end) + 8 * 3600000).toISOString().slice(0, 16);
  await phone.page.locator(".snapshot").getByText(told.replace("T", " ")).waitFor();
  await phone.look("permit-phone-offline");
  await phone.button(phone.p.stopButton).click();
  await phone.page.getByRole("button", { name: phone.p.stopUnsafe, exact: true }).click();
  await phone.page.getByText(phone.p.stopQueued).waitFor();
  await phone.look("permit-phone-offline-stopped");
  // The phone is put away and taken out again: the stop still waits, and the server knows nothing.
  await phone.page.reload();
  await phone.page.getByText(phone.p.stopQueued).waitFor();
  assert.equal((await permits.record(id)).state, "active");
  await phone.context.setOffline(false);
  await until("the stop at the server", async () =>
    (await permits.record(id)).state === "suspended");
  await phone.waitCard("suspended");
  await phone.leave();
  // The walk itself cut the link: that the stop could not be sent at once is what it is about.
  const { watch } = where;
  watch.breaches = watch.breaches.filter((text) => !text.includes("ERR_INTERNET_DISCONNECTED"));
}
