// Work that the end of a shift has stopped, taken over by the next one: the desk names the next
// leader, who takes over on the phone, names the next guardian and takes the work up again.
import assert from "node:assert/strict";
import { until } from "./client.mjs";
import { texts } from "./permit_hands.mjs";
import { Permits, saidOnSpot } from "./permit_life.mjs";
import { PermitSeat } from "./permit_seat.mjs";

// Who came before and who comes after, for each language its own: the walks share one plant.
const crews = {
  zh: { before: { leader: "repair1", guardian: "worker113" },
    after: { leader: "repair5", guardian: "worker114" } },
  en: { before: { leader: "repair2", guardian: "worker413" },
    after: { leader: "repair6", guardian: "worker414" } },
};
const words = {
  why: { zh: "班次结束", en: "Shift ended" },
  resume: { zh: "恢复作业", en: "Resume" }, here: { zh: "已到位", en: "Here" },
};
const hour_ms = 3600000;
const iso = (at) => new Date(at).toISOString();
const seatOf = ({ server, browser, watch, lang, seed }, login, size) =>
  new PermitSeat({ server, browser, watch, lang, size, password: seed.password }).sitDown(login);

// A row of the shift table, as the administrator enters it.
async function shift(permits, login, from, to) {
  const { idOf } = await permits.people();
  const { record } = await (await permits.as("admin")).post("/api/records/duty", { fields: {
    unit: "T51", role: "maintainer", person: idOf[login], shift: "day",
    from: iso(from), until: iso(to),
  } });
  return record;
}

// The shift table is changed so that the shift ends in a moment; the clock is the real one.
async function endShifts(permits, rows) {
  const admin = await permits.as("admin");
  const end = iso(Date.now() + 3000);
  for (const { id, version } of rows) {
    const change = JSON.stringify({ version, fields: { until: end } });
    await admin.ask("PATCH", `/api/records/duty/${id}`, change);
  }
}

// Both sit at phones of their own, on the spot.
async function onSpot(where, permits, id, login) {
  const seat = await seatOf(where, login, "phone");
  await seat.context.setGeolocation(await permits.spotOf(id));
  return seat;
}

// At the desk, by whoever of the safety department sees that it stands still.
async function nameNext(where, id, name) {
  const { lang } = where;
  const desk = await seatOf(where, "safety3", "desk");
  await desk.card(id);
  const stopped = desk.page.locator(".permit-stopped");
  await stopped.getByText(words.why[lang]).first().waitFor();
  await stopped.getByText(desk.p.todo_shift_end).waitFor();
  await desk.look("permit-desk-shift-end");
  const panel = desk.page.locator(".panel.task").first();
  const claim = panel.getByRole("button", { name: desk.p.taskClaim, exact: true });
  const act = texts.handoverLeader[lang];
  const change = panel.getByRole("button", { name: `${act} …`, exact: true });
  await claim.or(change).first().waitFor();
  if (await claim.isVisible()) await claim.click();
  await change.click();
  const dialog = desk.page.getByRole("dialog", { name: act, exact: true });
  await desk.person("next_leader", name);
  await desk.look("permit-desk-shift-next");
  await dialog.getByRole("button", { name: act, exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await desk.leave();
}

export async function permitRelieveWalk(where) {
  const { lang, seed } = where;
  const permits = new Permits(where.server, seed.password);
  const { before, after } = crews[lang];
  const now = Date.now();
  const rows = [];
  for (const login of Object.values(before)) {
    rows.push(await shift(permits, login, now - hour_ms, now + 8 * hour_ms));
  }
  const id = await permits.apply("power", { ...before, worker: "repair4" });
  await permits.until(id, { state: "active" });
  await endShifts(permits, rows);
  await until("the end of the shift to stop it", async () =>
    (await permits.record(id)).state === "suspended");
  assert.equal((await permits.record(id)).suspend_reason, "shift_end");
  for (const login of Object.values(after)) {
    await shift(permits, login, Date.now() - 1000, now + 8 * hour_ms);
  }
  const old = await onSpot(where, permits, id, before.guardian);
  await old.card(id);
  await old.page.locator(".stopped-card", { hasText: old.p.todo_shift_end }).waitFor();
  await old.leave();
  await nameNext(where, id, seed.nameOf(after.leader));
  await goOn({ where, permits, id, after });
}

async function goOn({ where, permits, id, after }) {
  const { lang, seed } = where;
  const leader = await onSpot(where, permits, id, after.leader);
  await leader.card(id);
  const card = leader.page.locator(".stopped-card");
  await card.getByText(words.why[lang]).first().waitFor();
  await card.getByText(leader.p.todo_shift_end).waitFor();
  await leader.look("permit-shift-next-leader");
  await leader.press(texts.take[lang],
    { comment: saidOnSpot, isOnSpot: true, name: "permit-shift-take" });
  // The guardian who went home can't come back: somebody of the next shift stands there.
  await leader.press(texts.handover[lang],
    { people: { next_guardian: seed.nameOf(after.guardian) } });
  const guardian = await onSpot(where, permits, id, after.guardian);
  await guardian.card(id);
  await guardian.press(texts.take[lang], { comment: saidOnSpot, isOnSpot: true });
  await leader.card(id);
  await leader.press(words.resume[lang], { name: "permit-shift-resume" });
  await guardian.card(id);
  await guardian.press(words.here[lang], { comment: saidOnSpot, isOnSpot: true });
  await guardian.waitCard("active");
  const { idOf } = await permits.people();
  const record = await permits.record(id);
  assert.deepEqual([record.leader, record.guardian, record.revalidated_by, record.hand_count],
    [idOf[after.leader], idOf[after.guardian], idOf[after.leader], 2]);
  await guardian.look("permit-shift-active");
  await leader.card(id);
  await leader.press(texts.work[lang]);
  await permits.until(id, { state: "closed" });
  for (const seat of [leader, guardian]) await seat.leave();
}
