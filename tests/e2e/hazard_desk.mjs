// The hazard loop on the desk: the board with its filters and live changes, a case with its proof,
// duty, an old ledger, the state of the server.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Seat } from "./acts.mjs";
import { Crew, liveSomeDays, work } from "./plant_life.mjs";

// One life of a plant for all walks that only look at it.
let lived = null;
export async function livedPlant(server, seed) {
  lived ??= (async () => {
    const crew = new Crew(server, seed);
    return { crew, ...(await liveSomeDays(crew)) };
  })();
  return lived;
}

export async function sit(about, login, size = "desk") {
  const { server, browser, watch, lang, seed } = about;
  const seat = new Seat({ server, browser, watch, lang, size, password: seed.password });
  seat.w = work[lang];
  return seat.sitDown(login);
}
const words = (text, values) =>
  text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
// On a screen as high as the page nothing lies half under the bar at the top.
async function lookWhole(seat, name) {
  const { page } = seat;
  const size = page.viewportSize();
  await page.setViewportSize({ ...size, height: 2600 });
  await page.evaluate(() => scrollTo(0, 0));
  await seat.look(name);
  await page.setViewportSize(size);
}
const quiet = (page) => page.waitForLoadState("networkidle");
export async function saved(page, press, folder, name) {
  const [download] = await Promise.all([page.waitForEvent("download"), press()]);
  const path = join(folder, name);
  await download.saveAs(path);
  return { bytes: readFileSync(path), name: download.suggestedFilename() };
}

// ---- the board ----
async function filterBoard({ page, w, t, lang }) {
  const level = page.getByRole("group", { name: t.filterLevel });
  await level.getByRole("button", { name: t.levelYellow }).click();
  await page.waitForURL(/level=yellow/);
  await page.waitForFunction(() => document.querySelectorAll(".hazard").length > 0 &&
    [...document.querySelectorAll(".case-board .column:not(.ended) .hazard")]
      .every((card) => card.classList.contains("lv-yellow")));
  await page.reload();
  await page.waitForSelector(".hazard");
  assert.equal(await level.getByRole("button", { name: t.levelYellow })
    .getAttribute("aria-pressed"), "true", "the address keeps the filter");
  await page.getByLabel(t.filterArea, { exact: true }).selectOption({ index: 1 });
  await page.waitForURL(/area=/);
  await page.getByRole("button", { name: t.filterClear }).click();
  await page.waitForFunction(() => !location.hash.includes("area="));
  await page.keyboard.press("/");
  await page.keyboard.type(lang === "zh" ? "渗漏" : "flange");
  await page.waitForURL(/q=/);
  await page.waitForFunction(() =>
    document.querySelectorAll(".case-board .column:not(.ended) .hazard").length === 1);
  await page.getByRole("button", { name: t.filterClear }).click();
  await page.waitForFunction(() =>
    document.querySelectorAll(".case-board .column:not(.ended) .hazard").length > 4);
  await page.getByRole("button", { name: w.onlyMine }).click();
  await page.waitForURL(/mine=1/);
  await page.getByRole("button", { name: t.filterClear }).click();
}

// A report comes in while somebody points at a card: the card stays under the pointer.
async function nothingJumps({ page, w }, { crew, areas }) {
  const card = page.locator(".case-board .column:not(.ended) .hazard").first();
  await card.hover();
  const before = await card.boundingBox();
  const number = await card.locator(".hazard-foot .num, .hazard-foot span").first().textContent();
  await crew.report("worker111", "hazard", {
    area: areas.get("A2"), category: "fire", consequence: "light", exposure: "daily",
    description: "新的隐患 / a new one",
  });
  const part = w.takeOver.split("{n}")[1].slice(0, 6);
  const take = page.getByRole("button", { name: new RegExp(part) });
  await take.waitFor();
  const after = await card.boundingBox();
  assert.deepEqual(after, before, "nothing moved under the pointer");
  assert.equal(await card.locator(".hazard-foot span").first().textContent(), number);
  await page.mouse.move(4, 4);
  await take.waitFor({ state: "detached" });
}

async function byKeyboard({ page }) {
  await page.locator(".case-board .columns").focus();
  await page.keyboard.press("ArrowRight");
  const here = () => page.evaluate(() => document.activeElement?.getAttribute("href") ?? "");
  const first = await here();
  assert.match(first, /^#\/case\//);
  await page.keyboard.press("ArrowRight");
  assert.notEqual(await here(), first);
  const wanted = await here();
  await page.keyboard.press("Enter");
  await page.waitForSelector(".case-page");
  assert.ok(page.url().endsWith(wanted.slice(1)));
  await page.goBack();
  await page.waitForSelector(".hazard");
}

export async function boardWalk(about) {
  const life = await livedPlant(about.server, about.seed);
  const seat = await sit(about, "safety1");
  const { page, w } = seat;
  await seat.go("hazards");
  await page.waitForSelector(".hazard");
  await page.waitForSelector(".hazard .evidence-mark");
  await quiet(page);
  await seat.look("board");
  await filterBoard(seat);
  await nothingJumps(seat, life);
  await byKeyboard(seat);
  for (const kind of ["near_miss", "violation"]) {
    await seat.go(`hazards?form=${kind}`);
    await page.waitForSelector(".hazard");
    await quiet(page);
    await seat.look(`board-${kind}`);
  }
  await seat.go("hazards?q=nothing-like-this");
  await page.getByText(w.boardEmpty).waitFor();
  await seat.look("board-empty");
  await exportList(seat, about.server.folder);
  await seat.leave();
  const laptop = await sit(about, "safety1", "laptop");
  for (const path of ["hazards", "list", "hazards?closed=1"]) {
    await laptop.go(path);
    await laptop.page.waitForSelector(".hazard, .rows");
    await quiet(laptop.page);
    await laptop.look(`cases-${path.replace(/\W+/g, "-")}`);
  }
  await laptop.leave();
  // Who may see neither tracing reports nor take records out is offered neither.
  const worker = await sit(about, "worker111");
  await worker.go("hazards");
  await worker.page.waitForSelector(".hazard");
  assert.equal(await worker.page.getByRole("button", { name: w.export, exact: true }).count(), 0);
  await worker.leave();
}

async function exportList(seat, folder) {
  const { page, w, t } = seat;
  await seat.go("list?open=1");
  await page.waitForSelector(".rows tbody tr");
  await quiet(page);
  await seat.look("list");
  await page.getByRole("button", { name: w.export, exact: true }).click();
  const dialog = page.getByRole("dialog");
  await seat.look("export");
  const starts = { xlsx: "PK", csv: "\ufeff", pdf: "%PDF", zip: "PK" };
  for (const [kind, start] of Object.entries(starts)) {
    const press = () => dialog.getByRole("button", { name: w[`export_${kind}`], exact: true })
      .click();
    const { bytes } = await saved(page, press, folder, `export.${kind}`);
    assert.ok(bytes.toString("utf8", 0, 8).startsWith(start), `${kind} is a ${kind} file`);
    assert.ok(bytes.length > 200);
  }
  await dialog.getByRole("button", { name: t.close }).click();
}

// ---- one case ----
async function comparePhotos(seat) {
  const { page, w } = seat;
  const how = page.getByRole("group", { name: w.compareHow });
  await page.waitForSelector(".pair-verdict .scores");
  await page.waitForSelector(".laid-top img.fitted");
  const slider = page.locator(".compare-share input");
  await slider.focus();
  for (let n = 0; n < 5; n += 1) await page.keyboard.press("ArrowLeft");
  assert.equal(await slider.inputValue(), "45");
  await seat.look("case-slider");
  await how.getByRole("button", { name: w.compare_beside }).click();
  await seat.look("case-beside");
  await how.getByRole("button", { name: w.compare_over }).click();
  await seat.look("case-over");
}

async function seeFlow(seat) {
  const { page, w } = seat;
  const flow = page.locator(".flow");
  await flow.scrollIntoViewIfNeeded();
  await flow.locator(".flow-node.waiting").first().waitFor();
  const isSeen = () => page.evaluate(() => {
    const frame = document.querySelector(".flow-frame").getBoundingClientRect();
    const node = document.querySelector(".flow-node.waiting .shape").getBoundingClientRect();
    return node.left >= frame.left && node.right <= frame.right;
  });
  assert.equal(await isSeen(), true, "the step now is in sight");
  await lookWhole(seat, "case-flow");
  await flow.getByRole("button", { name: w.zoomFit }).click();
  await lookWhole(seat, "case-flow-whole");
  await flow.locator(".flow-frame").focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("+");
  await flow.getByRole("button", { name: w.flowList }).click();
  assert.match(await flow.locator(".flow-list li").first().textContent(),
    new RegExp(w.flow_waiting));
  await lookWhole(seat, "case-flow-list");
}

async function markBox(seat, { crew, wallCase }) {
  const { page } = seat;
  await page.locator(".pair-verdict").getByRole("button").click();
  const dialog = page.getByRole("dialog");
  await dialog.locator(".mark-steps button").last().click();
  await seat.look("case-box");
  await dialog.locator("footer .button.main").click();
  await dialog.waitFor({ state: "detached" });
  const client = await crew.as("safety1");
  const { pairs } = await client.get(`/api/records/hazard/${wallCase}/evidence`);
  assert.equal(pairs[0].box.by, "person");
  await page.waitForSelector(".hazard-box");
}

async function talk(seat, { crew, wallCase }) {
  const { page, lang } = seat;
  const panel = page.locator("section", { has: page.locator("#thread") });
  const text = `已安排验收 / verification is arranged (${lang})`;
  await panel.locator("textarea").fill(text);
  await panel.locator(".comment .button").first().click();
  await panel.getByText(text).waitFor();
  const worker = await crew.as("worker111");
  const { rows } = await worker.get(`/api/records/hazard/${wallCase}/thread`);
  assert.equal(rows.at(-1).text, text);
}

// A flow that could not go on: seen at once, and who keeps flows lets it try again. No flow of the
// demo plant gets stuck, so the answers say that one did.
async function stuckFlow(seat, { wallCase }) {
  const { page, w } = seat;
  const path = `**/api/records/hazard/${wallCase}`;
  const change = (how) => async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: how(await answer.json()) });
  };
  await page.route(`${path}/flow`, change((flow) => ({
    ...flow, nodes: flow.nodes.map((node) =>
      node.state === "waiting" ? { ...node, state: "incident" } : node),
  })));
  await page.route(path, change((view) => ({ ...view, buttons: [...view.buttons, "retry"] })));
  let retries = 0;
  await page.route(`${path}/retry`, (route) => {
    retries += 1;
    return route.fulfill({ json: {} });
  });
  await page.reload();
  const banner = page.locator(".case-stuck");
  await banner.waitFor();
  await quiet(page);
  await seat.look("case-stuck");
  await banner.getByRole("button", { name: w.retryCase }).click();
  await page.locator(".toast.good").waitFor();
  assert.equal(retries, 1);
  await page.unrouteAll({ behavior: "ignoreErrors" });
}

export async function caseWalk(about) {
  const life = await livedPlant(about.server, about.seed);
  const seat = await sit(about, "safety1");
  const { page, w } = seat;
  await seat.go(`case/hazard/${life.wallCase}`);
  await page.waitForSelector(".case-page");
  await comparePhotos(seat);
  await markBox(seat, life);
  await talk(seat, life);
  await seeFlow(seat);
  const press = () => page.getByRole("button", { name: w.notice, exact: true }).click();
  const { bytes, name } = await saved(page, press, about.server.folder, "notice.pdf");
  assert.ok(bytes.toString("latin1", 0, 5) === "%PDF-" && name.endsWith(".pdf"));
  await page.locator(".photo-list .tile").first().click();
  await page.waitForSelector(".photo-whole");
  await seat.look("case-photo");
  await page.keyboard.press("Escape");
  await stuckFlow(seat, life);
  await seat.leave();
  const laptop = await sit(about, "safety1", "laptop");
  await laptop.open(life.wallCase);
  await quiet(laptop.page);
  await laptop.look("case");
  await laptop.open(life.closed);
  await quiet(laptop.page);
  await laptop.look("case-closed");
  // The grade was decided by a table: which rule, and what it looked at.
  const why = laptop.page.locator(".decision-why").last();
  await why.locator("summary").click();
  await why.locator(".decision-rule").first().waitFor();
  await laptop.look("case-why");
  await laptop.leave();
}

// ---- duty ----
export async function dutyWalk(about) {
  await livedPlant(about.server, about.seed);
  const seat = await sit(about, "head1");
  const { page, w, t, lang } = seat;
  await seat.go("duty");
  await page.waitForSelector(".duty-now li");
  await page.waitForSelector(".roster td");
  await seat.look("duty");
  await page.getByRole("button", { name: w.dutyAdd }).click();
  const dialog = page.getByRole("dialog");
  const unit = lang === "zh" ? "罐区班" : "Tank farm team";
  await dialog.getByLabel(w.unit, { exact: true }).selectOption({ label: unit });
  await dialog.getByLabel(w.role, { exact: true }).selectOption("team_leader");
  const leader = about.seed.nameOf("leader12");
  await dialog.getByLabel(t.searchPerson).fill(leader);
  await dialog.getByRole("radio", { name: new RegExp(leader) }).first().click();
  await seat.look("duty-add");
  await dialog.getByRole("button", { name: w.save }).click();
  await dialog.waitFor({ state: "detached" });
  await page.locator(".on-day", { hasText: leader }).first().waitFor();
  await page.getByRole("button", { name: w.absenceAdd }).click();
  const [, deputy] = [leader, about.seed.nameOf("leader11")];
  const fields = dialog.locator(".pick");
  await fields.nth(0).getByLabel(t.searchPerson).fill(leader);
  await fields.nth(0).getByRole("radio", { name: new RegExp(leader) }).first().click();
  await fields.nth(1).getByLabel(t.searchPerson).fill(deputy);
  await fields.nth(1).getByRole("radio", { name: new RegExp(deputy) }).first().click();
  await dialog.getByRole("radiogroup", { name: new RegExp(w.awayWhy) }).getByRole("radio").first()
    .click();
  await seat.look("absence-add");
  await dialog.getByRole("button", { name: w.save }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText(words(w.awayDeputy, { name: deputy })).first().waitFor();
  await seat.look("duty-away");
  await seat.leave();
}

// ---- an old ledger ----
const ledgers = {
  good: (tag) => `2024年隐患排查台账,,,,,,,
序号,检查日期,隐患位置,隐患内容,隐患类别,隐患级别,整改状态,完成日期
${tag}-1,2024-03-05,A1,储罐呼吸阀堵塞,设备,一般隐患,已整改,2024-03-20
${tag}-2,2024/4/1,A2,电缆桥架盖板缺失,电气,较大隐患,已完成,2024/4/9
${tag}-3,2024-05-20,A3,消防通道堆放杂物,消防,一般隐患,未整改,
`,
  bad: (tag) => `序号,检查日期,隐患位置,隐患内容,隐患类别,隐患级别,整改状态,完成日期
${tag}-9,2024-03-05,A9X,没有这个区域,设备,一般隐患,已整改,2024-03-20
${tag}-8,2024-03-06,A1,日期正确,设备,一般隐患,已整改,2024-03-20
`,
};

export async function ledgerWalk(about) {
  const { server, seed, lang } = about;
  const { crew } = await livedPlant(server, seed);
  const seat = await sit(about, "admin");
  const { page, w, t } = seat;
  const tag = `OLD-${lang}`;
  const open = async (kind) => {
    const path = join(server.folder, `${kind}-${lang}.csv`);
    writeFileSync(path, `\ufeff${ledgers[kind](tag)}`);
    await page.locator("input[type=file]").setInputFiles(path);
    await page.waitForSelector(".mapping");
  };
  await seat.go("ledger/hazard");
  await page.getByText(t.importFile).waitFor();
  await seat.look("ledger");
  await open("bad");
  await page.getByRole("radio", { name: w.ledger_history }).click();
  await page.getByRole("button", { name: w.ledgerTry }).click();
  await page.waitForSelector(".trial .refused-row");
  await lookWhole(seat, "ledger-refused");
  const go = (n) => page.getByRole("button", { name: words(w.ledgerGo, { n }) });
  assert.equal(await go(2).isEnabled(), false, "with one wrong row nothing is brought in");
  await open("good");
  await page.getByRole("radio", { name: w.ledger_mixed }).click();
  const same = async (field, value) => {
    await page.getByLabel(field, { exact: true }).selectOption("fixed");
    await page.getByLabel(`${field} · ${w.mappingFixed}`).selectOption(value);
  };
  await same(seat.title("consequence"), "light");
  await same(seat.title("exposure"), "seldom");
  await page.getByRole("button", { name: w.ledgerTry }).click();
  await page.waitForSelector(".verdict.good");
  await lookWhole(seat, "ledger-tried");
  await go(3).click();
  await page.getByText(words(w.ledgerDone, { n: 3 })).first().waitFor();
  const client = await crew.as("safety1");
  const numbers = [1, 2, 3].map((n) => `${tag}-${n}`);
  const q = encodeURIComponent(JSON.stringify(["in", "old_number", numbers]));
  const { rows } = await client.get(`/api/records/hazard?filter=${q}&limit=10`);
  const states = Object.fromEntries(rows.map((row) => [row.old_number, row.state]));
  assert.equal(states[`${tag}-1`], "closed");
  assert.equal(states[`${tag}-2`], "closed");
  assert.notEqual(states[`${tag}-3`], "closed");
  assert.equal(rows.find((row) => row.old_number === `${tag}-1`).created_at.slice(0, 7), "2024-03");
  await seat.leave();
}

// ---- the server itself ----
export async function systemWalk(about) {
  const { server } = about;
  const seat = await sit(about, "admin");
  const { page, w, t } = seat;
  await seat.go("system");
  await page.waitForSelector(".status-card");
  await seat.look("system");
  const press = () => page.getByRole("button", { name: w.diagnostics }).click();
  const { bytes } = await saved(page, press, server.folder, "diagnostics.zip");
  assert.equal(bytes.toString("latin1", 0, 2), "PK");
  // Every answer says what is wrong with the server; the page says it until an answer does not.
  let trouble = "disk_full";
  await page.route("**/api/**", async (route) => {
    const answer = await route.fetch().catch(() => null);
    if (!answer) return route.abort();
    await route.fulfill({ response: answer,
      headers: { ...answer.headers(), ...(trouble ? { "X-Anlan-Trouble": trouble } : {}) } });
  });
  await page.locator(".banner.trouble").waitFor();
  await seat.look("system-trouble");
  trouble = "";
  await page.locator(".banner.trouble").waitFor({ state: "detached" });
  await page.unrouteAll({ behavior: "ignoreErrors" });
  assert.ok(t);
  await seat.leave();
}

// An alarm must not push the page down under the pointer: its place is kept free.
export async function stripWalk(about) {
  const seat = await sit(about, "auditor1");
  const { page } = seat;
  await seat.go("alarms");
  await page.waitForSelector(".watch-strip");
  const height = await page.locator(".watch-strip").evaluate((strip) => strip.offsetHeight);
  assert.ok(height >= 46, `the strip is ${height} px high`);
  // Who may press nothing is offered nothing.
  await quiet(page);
  const ack = seat.lang === "zh" ? "确认" : "Ack";
  const acks = page.getByRole("button", { name: new RegExp(`^${ack}`) });
  assert.equal(await acks.count(), 0);
  await seat.look("alarms-read-only");
  await seat.leave();
}
