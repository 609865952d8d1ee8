// A newcomer's way: first account, organisation, areas, devices, people, labels, first own hazard.
import assert from "node:assert/strict";
import { look, openContext } from "./browser.mjs";
import { Seat, texts } from "./acts.mjs";

const password = "Own-Plant-2026";
const first = "First-Pass-2026";

const lists = {
  org: "编码\t类型\t名称\t英文名称\t上级编码\nW1\tworkshop\t一车间\tWorkshop 1\tOWN\n" +
    "T1\tteam\t一班\tTeam 1\tW1",
  area: "编码,名称,英文名称,所属组织编码,风险等级\nA1,反应区,Reactors,T1,orange\n" +
    "A2,罐区,Tanks,T1,red",
  device: "位号;名称;英文名称;区域编码;类型\nR-101;反应釜;Reactor;A1;reactor",
  people: "账号\t姓名\t所属组织编码\t角色\t初始密码\n" +
    `wang\t王工\tT1\tworker@T1\t${first}\nli\t李班长\tT1\tteam_leader@T1\t${first}`,
};

async function bringIn(page, t, kind) {
  await page.goto(page.url().replace(/#.*/, `#/setup/${kind}`));
  const box = page.getByLabel(t.importPasteBox);
  await box.waitFor();
  await box.fill(lists[kind]);
  await page.getByRole("button", { name: t.importPasteTake, exact: true }).click();
  await page.getByRole("button", { name: t.importTry, exact: true }).click();
  await page.locator(".verdict").waitFor();
  const verdict = page.locator(".verdict.good");
  assert.ok(await verdict.count(), `${kind}: ${await page.locator(".import").innerText()}`);
}

async function finish(page, t) {
  await page.locator(".import-foot .button.main").click();
  await page.locator(".toast.good").waitFor();
}

// A row that cannot be is shown where it stands, and nothing is written.
async function seeRefusal(page, t, watch) {
  await page.getByLabel(t.importPasteBox).fill("编码\t类型\t名称\t英文名称\t上级编码\nX1\tworkshop\tX\tX\tNOT");
  await page.getByRole("button", { name: t.importPasteTake, exact: true }).click();
  await page.getByRole("button", { name: t.importTry, exact: true }).click();
  await page.locator(".verdict.bad").waitFor();
  assert.ok(await page.locator(".refused-row").count());
  await look(page, watch, "setup-refused");
}

async function firstAccount(page, t) {
  const fill = (label, text) => page.getByLabel(new RegExp(`^${label}`)).first().fill(text);
  await fill(t.setupPlantZh.replace(/[()]/g, "\\$&"), "自家工厂");
  await fill(t.setupPlantEn.replace(/[()]/g, "\\$&"), "Own plant");
  await fill(t.setupPlantCode, "OWN");
  await fill(t.setupAdminName, "周主任");
  await fill(t.setupAdminLogin, "boss");
  await fill(t.loginPassword, password);
  await page.locator("button[type=submit]").click();
  await page.waitForSelector(".steps");
}

async function changeFirst(page, t) {
  await page.getByLabel(t.oldPassword).fill(first);
  await page.getByLabel(t.newPassword, { exact: true }).fill(password);
  await page.getByLabel(t.newPasswordAgain).fill(password);
  await page.locator("button[type=submit]").click();
  await page.waitForSelector(".frame");
}

export async function setUpWalk({ server, browser, watch, lang }) {
  const t = texts[lang];
  const { context, page } = await openContext(browser, { size: "laptop", lang, watch });
  await page.goto(`${server.url}/desk/`);
  await page.waitForSelector("form");
  await look(page, watch, "setup-first");
  await firstAccount(page, t);
  await seeRefusal(page, t, watch);
  for (const kind of ["org", "area", "device", "people"]) {
    await bringIn(page, t, kind);
    await look(page, watch, `setup-${kind}`);
    await finish(page, t);
  }
  await page.goto(`${server.url}/desk/#/labels`);
  await page.waitForSelector(".label-card img");
  await page.waitForFunction(() => [...document.images].every((image) => image.naturalWidth > 0));
  await look(page, watch, "setup-labels");
  await context.close();
  await firstHazard({ server, browser, watch, lang });
}

async function firstHazard({ server, browser, watch, lang }) {
  const t = texts[lang];
  const seat = new Seat({ server, browser, watch, lang, size: "phone", password: first });
  const { context, page } = await openContext(browser, seat);
  Object.assign(seat, { context, page });
  await page.goto(`${server.url}/q/R-101`);
  await page.getByLabel(t.loginName, { exact: true }).fill("wang");
  await page.getByLabel(t.loginPassword, { exact: true }).fill(first);
  await page.locator("button[type=submit]").click();
  await page.getByLabel(t.oldPassword).waitFor();
  await look(page, watch, "setup-must-change", { isPhone: true });
  await changeFirst(page, t);
  await page.getByText(t.placeByCode).waitFor();
  const { number } = await seat.report({
    area: "反应区", category: "equipment", consequence: "light", exposure: "daily",
  });
  assert.ok(number.length > 0);
  await context.close();
}
