// The papers behind a permit, on the desk: a gas instrument is registered, calibrated anew,
// withdrawn with a reason and put back; a certificate that a department head handed in is verified
// by somebody else.
import assert from "node:assert/strict";
import { Permits } from "./permit_life.mjs";
import { instrumentForm, PermitSeat } from "./permit_seat.mjs";

const day = (days) => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10);
const title = (field, lang) => instrumentForm.data.properties[field].title[lang];

async function register(desk, code, lang) {
  const { page, p } = desk;
  await desk.go("permits/instruments");
  await desk.button(p.instrumentAdd).click();
  const dialog = page.getByRole("dialog", { name: p.instrumentAdd, exact: true });
  await dialog.getByLabel(new RegExp(`^${title("code", lang)}`)).fill(code);
  await dialog.getByLabel(new RegExp(`^${title("model", lang)}`)).fill("MX-4");
  const lel = instrumentForm.data.properties.gases["x-texts"].lel[lang];
  await dialog.getByText(lel, { exact: true }).click();
  await dialog.getByLabel(new RegExp(`^${title("calibrated_on", lang)}`)).fill(day(-90));
  await dialog.getByLabel(new RegExp(`^${title("calibrated_until", lang)}`)).fill(day(-1));
  await desk.look("permit-desk-instrument-new");
  await dialog.getByRole("button", { name: p.save, exact: true }).click();
  await dialog.waitFor({ state: "detached" });
}

// The dialog of one button of a line, its fields in their order.
async function change(desk, line, word, values, lang) {
  await line.getByRole("button", { name: word, exact: true }).click();
  const dialog = desk.page.getByRole("dialog");
  for (const [field, value] of Object.entries(values)) {
    await dialog.getByLabel(new RegExp(`^${title(field, lang)}`)).fill(value);
  }
  await dialog.getByRole("button", { name: desk.p.save, exact: true }).click();
  await dialog.waitFor({ state: "detached" });
}

async function instruments(desk, lang) {
  const { page, p } = desk;
  const code = `MX-${lang.toUpperCase()}-1`;
  await register(desk, code, lang);
  await page.getByLabel(p.instrumentSearch).fill(code);
  const line = page.locator("tbody tr", { hasText: code });
  await line.locator(".cert", { hasText: p.inst_over }).waitFor();
  await change(desk, line, p.calibrate,
    { calibrated_on: day(-1), calibrated_until: day(180) }, lang);
  await line.locator(".cert", { hasText: p.inst_good }).waitFor();
  await change(desk, line, p.withdraw, { withdrawn_why: "泵坏了 / pump fails" }, lang);
  await line.locator(".cert", { hasText: p.inst_withdrawn }).waitFor();
  await line.getByText("pump fails").waitFor();
  await page.getByLabel(p.instrumentSearch).fill("");
  await desk.look("permit-desk-instruments");
  await line.getByRole("button", { name: p.putBack, exact: true }).click();
  await line.locator(".cert", { hasText: p.inst_good }).waitFor();
}

async function certificate(desk, permits, lang) {
  const { page, p } = desk;
  const number = `E2E-${lang.toUpperCase()}-7`;
  const { idOf } = await permits.people();
  await (await permits.as("head1")).post("/api/records/certificate", { fields: {
    person: idOf.worker412, kind: "guardian", certificate_no: number,
    valid_from: day(-10), valid_to: day(400),
  } });
  await desk.go("permits/certificates");
  await page.getByLabel(p.certificateSearch).fill(number);
  const line = page.locator("tbody tr", { hasText: number });
  await line.getByRole("button", { name: p.verifyIt, exact: true }).click();
  await line.getByRole("button", { name: p.verifyIt, exact: true }).waitFor({ state: "detached" });
  const { rows } = await (await permits.as("safety1")).get("/api/records/certificate?limit=200");
  const kept = rows.find((row) => row.certificate_no === number);
  assert.equal(kept.is_verified, true);
  assert.equal(kept.verified_by, idOf.safety1);
}

export async function permitPapersWalk({ server, browser, watch, lang, seed }) {
  const permits = new Permits(server, seed.password);
  const wish = { browser, server, watch, lang, size: "desk", password: seed.password };
  const desk = await new PermitSeat(wish).sitDown("safety1");
  await instruments(desk, lang);
  await certificate(desk, permits, lang);
  await desk.leave();
  // Who may read only is offered no button.
  const reader = await new PermitSeat(wish).sitDown("auditor1");
  await reader.go("permits/instruments");
  await reader.page.locator("tbody tr").first().waitFor();
  assert.equal(await reader.page.locator("tbody .button").count(), 0);
  await reader.leave();
}
