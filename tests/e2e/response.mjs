// The second light: from a gas trip to a counted, audited response, with five people at their
// screens; then the same without screens while the server is killed at random moments.
import assert from "node:assert/strict";
import { Seat } from "./acts.mjs";
import { until } from "./client.mjs";
import { Drill, posts } from "./drill.mjs";
import { startMachines } from "./machines.mjs";
import { pause, startServer } from "./server.mjs";

const silent = ["B-0007", "B-0150"];
const teams = Object.keys(posts);

async function permits(drill, state) {
  const control = await drill.as("control1");
  const { rows } = await control.get("/api/records/permit?limit=50");
  return rows.filter((row) => row.state === state);
}

function stepsOf(console) {
  return Object.fromEntries(console.steps.map((step) => [step.step, step]));
}

// Two badges in the tank farm are seen once more and then never again.
async function fallSilent(machines) {
  await machines.command({ post: { "B-0007": { x: 205, y: 300 }, "B-0150": { x: 120, y: 290 } } });
  await pause(2500);
  await machines.command({ silence: silent });
}

async function leak(drill, machines) {
  await machines.command({ leak: "GAS-2107" });
  const [row] = await until("a response", async () => {
    const rows = await drill.running();
    return rows.length > 0 ? rows : null;
  });
  return row.id;
}

// Steps 1 to 5: nobody does anything, and yet work stops and everybody has a way out.
async function checkWhatRunsByItself(drill, id) {
  await drill.waitStep(id, "pushed");
  const view = await drill.console(id);
  const steps = stepsOf(view);
  assert.equal(view.response.mode, "drill");
  for (const name of ["suspended", "told", "gate_shut", "located", "routed", "pushed"]) {
    assert.equal(steps[name].is_late, false, `${name} took ${steps[name].took_ms} ms`);
  }
  assert.equal(view.permits.length, 2);
  assert.ok(view.permits.every(({ state, told, people }) =>
    state === "suspended" && told === people));
  assert.ok(view.gates.some(({ zone, is_open }) => zone === "A1" && !is_open));
  assert.ok(view.counts.total > 50);
  // Somebody who was counted only now gets a way out within the next second.
  await until("a way out for everybody", async () => {
    const { people } = await drill.console(id);
    return people.every(({ status, x, route }) => status === "safe" || x === null || route);
  }, 10000);
}

// Whom no badge tells of any more is a named list.
async function checkSilent(drill, id) {
  const named = await until("the silent ones", async () => {
    const { people } = await drill.console(id);
    const unknown = people.filter(({ status }) => status === "unknown");
    return unknown.length >= silent.length ? unknown : null;
  }, 60000);
  assert.equal(named.length, silent.length);
  for (const { badge, holder } of named) {
    assert.ok(silent.includes(badge), `${badge} is not silent`);
    assert.ok(holder.length > 0);
  }
}

async function endIt(drill, id) {
  await assert.rejects(drill.close(id), /check_failed/, "nobody is left behind");
  await drill.signOffAll(id);
  await until("everybody counted", async () => {
    const { counts } = await drill.console(id);
    if (counts.unknown + counts.unsafe === 0) return true;
    await drill.signOffAll(id);
    return false;
  });
  await drill.close(id);
  const view = await drill.console(id);
  assert.equal(view.response.state, "closed");
  assert.ok(view.gates.every(({ is_open }) => is_open));
  assert.equal((await permits(drill, "suspended")).length, 2, "permits need a new validation");
}

async function checkReport(drill, id) {
  const auditor = await drill.as("auditor1");
  const report = await until("a signed head over the end", async () => {
    const now = await auditor.get(`/api/responses/${id}/report`);
    return now.ledger ? now : null;
  });
  const steps = stepsOf(report);
  for (const name of ["raised", "suspended", "located", "routed", "pushed", "started"]) {
    assert.ok(Number.isInteger(steps[name].proof?.leaf), `${name} has a leaf in the ledger`);
  }
  for (const row of report.team) {
    if (row.voucher?.kind) assert.equal(row.voucher.given, true, `${row.post} gave its voucher`);
  }
  const { sent, delivered, read, acknowledged } = report.messages;
  assert.ok(sent >= delivered && delivered >= read && read >= acknowledged);
  const pdf = await auditor.send("GET", `/api/responses/${id}/report.pdf?lang=zh`);
  assert.equal(pdf.headers.get("content-type"), "application/pdf");
  assert.equal(Buffer.from(await pdf.arrayBuffer()).subarray(0, 5).toString(), "%PDF-");
}

export async function responseWalk({ browser, newWatch, seed, lang, atEnd }) {
  const machines = await startMachines();
  atEnd(() => machines.stop());
  const server = await startServer({ words: machines.words });
  atEnd(() => server.stop());
  const watch = newWatch(server.url);
  const drill = new Drill(server, seed.password);
  const sit = (login, size) => new Seat({
    server, browser, watch, lang, size, password: seed.password,
  }).sitDown(login);
  const control = await sit("control1", "desk");
  const worker = await sit("worker112", "phone"); // the guardian of the hot work
  const drillMark = (seat) => seat.page.getByText(lang === "zh" ? "演练" : "DRILL")
    .filter({ visible: true }).first().waitFor();
  const leader = await sit(posts.isolate, "phone");
  const commander = await sit(posts.commander, "phone");
  const duty = await sit("safety1", "desk");
  for (const seat of [control, worker, leader, commander, duty]) atEnd(() => seat.leave());
  const ready = async () => {
    const { rows } = await (await drill.as("control1")).get("/api/presence");
    return rows.length > 200;
  };
  await until("people on the plan", ready);
  await control.look("overview-calm");
  await fallSilent(machines);
  const id = await leak(drill, machines);
  await checkWhatRunsByItself(drill, id);
  await control.page.waitForSelector(".alarm-bar, [class*=alarm]");
  await control.look("overview-gas-trip");
  await drillMark(worker);
  await worker.look("urgent");
  await worker.go(`way/${id}`);
  await worker.page.waitForSelector("canvas");
  await control.go(`response/${id}`);
  await drillMark(control);
  for (const post of teams) await drill.signIn(id, post);
  await drill.waitStep(id, "started");
  await leader.go(`response/${id}`);
  for (const post of teams) await drill.work(id, post);
  await checkSilent(drill, id);
  await (await drill.as("worker112")).post(`/api/responses/${id}/safe`);
  await pause(1500);
  await control.look("console");
  await leader.look("post");
  await duty.go("alarms");
  await duty.page.getByText("GAS-2107").first().waitFor();
  await duty.look("alarm-list");
  await endIt(drill, id);
  await checkReport(drill, id);
  await duty.go(`report/${id}`);
  await drillMark(duty);
  await duty.look("compliance-report");
}

// Each round kills at another moment; the response must go on where it stood, once.
export async function responseKillWalk({ seed, rounds = 3 }) {
  const machines = await startMachines({ people: 300, seed: 11 });
  let server = await startServer({ words: machines.words });
  const drill = new Drill(server, seed.password);
  try {
    await until("people on the plan", async () => {
      const { rows } = await (await drill.as("control1")).get("/api/presence");
      return rows.length > 200;
    });
    await fallSilent(machines);
    await machines.command({ leak: "GAS-2107" });
    let id = null;
    for (let round = 0; round < rounds; round += 1) {
      await pause(Math.floor(Math.random() * 1500));
      await server.kill();
      const began = Date.now();
      server = await startServer({ again: server.folder, words: machines.words });
      assert.ok(Date.now() - began < 15000, "the server is back soon");
      drill.moveTo(server);
      const [row] = await until("the response", async () => {
        const rows = await drill.running();
        return rows.length > 0 ? rows : null;
      });
      id ??= row.id;
      assert.equal(row.id, id);
      if (round < teams.length) await drill.signIn(id, teams[round]);
    }
    for (const post of teams.slice(rounds)) await drill.signIn(id, post);
    await drill.waitStep(id, "started");
    for (const post of teams) await drill.work(id, post);
    await checkSilent(drill, id);
    const all = await (await drill.as("control1")).get("/api/responses");
    assert.equal(all.rows.length, 1, "nothing doubled");
    await endIt(drill, id);
    await checkReport(drill, id);
  } finally {
    await server.stop();
    await machines.stop();
  }
}
