// An area on hold: the control room stops it from the desk, the guardian who was about to sign
// reads on the phone why not, is refused, and signs once a named person has released the area.
import assert from "node:assert/strict";
import { Permits } from "./permit_life.mjs";
import { PermitSeat } from "./permit_seat.mjs";

const code = "A3";
const seatOf = ({ server, browser, watch, lang, seed }, login, size) =>
  new PermitSeat({ server, browser, watch, lang, size, password: seed.password }).sitDown(login);

async function middleOf(permits) {
  const { plan } = await (await permits.as("auditor1")).get("/api/plan");
  const zone = plan.features.find(({ properties }) =>
    properties.kind === "zone" && properties.code === code);
  const ring = zone.geometry.coordinates[0];
  const middle = (at) => (Math.min(...ring.map((point) => point[at])) +
    Math.max(...ring.map((point) => point[at]))) / 2;
  return { x: middle(0), y: middle(1) };
}

async function hold(desk, { lang, seed }) {
  const { page, p } = desk;
  await desk.go("permits");
  await desk.button(p.stopArea).click();
  const dialog = page.getByRole("dialog", { name: p.stopArea, exact: true });
  await dialog.getByRole("radio", { name: new RegExp(`^${seed.areaName(code, lang)}`) })
    .first().click();
  await dialog.getByLabel(new RegExp(`^${p.stopAreaWhy}`)).fill("法兰渗漏 / a weeping flange");
  await dialog.locator(".button.danger").click();
  await dialog.waitFor({ state: "detached" });
  await page.locator(".held", { hasText: "a weeping flange" }).waitFor();
  await desk.look("permit-desk-held");
}

async function release(desk) {
  const { page, p } = desk;
  await desk.go("permits/room");
  await page.locator(".permit-room .held").waitFor();
  await desk.look("permit-desk-room");
  await page.locator(".panel.held").getByRole("button", { name: p.release, exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(new RegExp(`^${p.releaseWhy}`)).fill("已紧固并检测 / tightened, tested");
  await desk.look("permit-desk-release");
  await dialog.getByRole("button", { name: p.releaseNow, exact: true }).click();
  await page.locator(".panel.held").waitFor({ state: "detached" });
}

export async function permitHoldWalk(where) {
  const permits = new Permits(where.server, where.seed.password);
  const id = await permits.apply("road", { guardian: "worker422", leader: "leader22",
    worker: "repair6", area: code, ...await middleOf(permits) });
  await permits.until(id, { node: "sign" });
  const desk = await seatOf(where, "director", "desk");
  await hold(desk, where);
  const phone = await seatOf(where, "worker422", "phone");
  await phone.card(id);
  await phone.page.locator(".banner.bad", { hasText: "a weeping flange" }).waitFor();
  await phone.look("permit-phone-held");
  const { task, login } = await permits.open(id);
  await assert.rejects(permits.complete(login, task), /wrong_state/);
  assert.equal((await permits.record(id)).state, "ready");
  await release(desk);
  await permits.until(id, { state: "active" });
  await phone.waitCard("active");
  await desk.go("permits");
  await phone.leave();
  await desk.leave();
}
