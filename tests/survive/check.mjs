// What must hold after each start: everything acknowledged once, timers once, one growing ledger.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pause, root } from "../e2e/server.mjs";
import { program } from "./plant.mjs";

const verifier = [
  process.env.ANLAN_VERIFY, join(dirname(program), "tools/verify_ledger/verify_ledger"),
].filter(Boolean).map((path) => resolve(root, path)).find((path) => existsSync(path));
const timersPatience_ms = 60000;

async function allNotes(url, person) {
  const notes = new Map();
  for (let cursor = ""; ;) {
    const page = await person.get(url,
      `/api/records/note?limit=200&cursor=${encodeURIComponent(cursor)}`);
    for (const row of page.rows) {
      assert.ok(!notes.has(row.mark), `${row.mark} is there twice`);
      notes.set(row.mark, row);
    }
    cursor = page.next;
    if (!cursor) return notes;
  }
}

// Every report is there once under its own number, and nothing that nobody asked for.
export async function checkNotes(url, memory) {
  const notes = await allNotes(url, memory.people[0]);
  for (const op of memory.notes) {
    const row = notes.get(op.mark);
    assert.ok(row, `${op.mark} is lost`);
    assert.equal(row.id, op.answer.record.id);
    assert.equal(row.number, op.answer.record.number);
  }
  assert.equal(notes.size, memory.notes.length, "a record that nobody asked for");
  const numbers = new Set([...notes.values()].map((row) => row.number));
  assert.equal(numbers.size, notes.size, "a number is there twice");
}

// One note's life: its end once, each comment once, each timer once.
async function checkLife(url, op) {
  const { rows } = await op.person.get(url, `/api/records/note/${op.answer.record.id}/timeline`);
  const count = (act, node) =>
    rows.filter((row) => row.act === act && (!node || row.node === node)).length;
  assert.equal(count("case.start"), 1);
  assert.equal(count("task.open", "check"), 1);
  assert.equal(count("task.complete", "check"), op.ending ? 1 : 0);
  const text = JSON.stringify(rows);
  for (const { text: said } of op.comments ?? []) {
    assert.equal(text.split(said).length, 2, "a comment is there once");
  }
  const firings = rows.filter((row) => row.act === "timer.fire" && row.node === "late")
    .map((row) => row.detail.firing);
  assert.equal(new Set(firings).size, firings.length, "a timer fired twice");
  const late = firings.length;
  const isOver = op.ending
    ? count("timer.fire", "rest") === 1 && count("case.end") === 1
    : late === 3;
  if (op.ending) assert.ok(count("timer.fire", "rest") <= 1, "a timer fired twice");
  return isOver;
}

// Waits until all timers of these notes had their time, then each has fired once.
export async function checkLives(url, notes) {
  const end = Date.now() + timersPatience_ms;
  let waiting = notes;
  while (waiting.length > 0) {
    const next = [];
    for (const op of waiting) if (!(await checkLife(url, op))) next.push(op);
    waiting = next;
    if (waiting.length === 0) return;
    assert.ok(Date.now() < end, `a timer did not fire: ${waiting[0].answer.record.number}`);
    await pause(250);
  }
}

export async function checkFiles(url, files) {
  for (const file of files) {
    const state = await file.person.get(url, `/api/blobs/${file.sha256}`);
    assert.ok(state.whole, `${file.sha256} is lost`);
  }
}

// The newest signed head; the one before is its beginning, says the auditor's program.
export async function checkGrowth(url, person, before) {
  const head = await person.get(url, "/api/ledger/head");
  const { public_key: ignored, ...signed } = head;
  if (before && before.size < signed.size) {
    const path = await person.get(url,
      `/api/ledger/consistency?from=${before.size}&to=${signed.size}`);
    const folder = mkdtempSync(join(tmpdir(), "anlan-heads-"));
    const save = (name, json) => {
      writeFileSync(join(folder, name), JSON.stringify(json));
      return join(folder, name);
    };
    execFileSync(verifier, ["consistency", save("path.json", path), "--from",
      save("from.json", before), "--to", save("to.json", signed)], { stdio: "pipe" });
  }
  assert.ok(!before || signed.size >= before.size, "the ledger has become smaller");
  return signed;
}
