// People who report, upload, comment and finish tasks, each request with a key, and remember what
// was acknowledged. What was cut off is asked again with the same key.
import assert from "node:assert/strict";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pause, root } from "../e2e/server.mjs";

const photo = readFileSync(join(root, "tests/data/phone.jpg"));
const chunkBytes = 48 << 10;
const commentBytes = 30000;
// Refused before anything was done: asked again later.
const tryLater = new Set([429, 503, 507]);

// The same picture with a comment of its own (JPEG, ITU T.81, B.2.4.5): another file.
export function freshPhoto() {
  const comment = randomBytes(commentBytes);
  const head = Buffer.from([0xff, 0xfe, (comment.length + 2) >> 8, (comment.length + 2) & 255]);
  return Buffer.concat([photo.subarray(0, 2), head, comment, photo.subarray(2)]);
}

export class Cut extends Error {}

export class Person {
  constructor(login, password) {
    Object.assign(this, { login, password, cookie: "" });
  }

  async send(url, { method = "POST", path, body, key = randomUUID(), type = "application/json" }) {
    const headers = { "X-Anlan": "1", "Idempotency-Key": key, Cookie: this.cookie };
    if (body !== undefined) headers["Content-Type"] = type;
    let answer, text;
    try {
      answer = await fetch(url + path, { method, headers, body });
      text = await answer.text();
    } catch (problem) {
      throw new Cut(`${method} ${path}: ${problem.message}`);
    }
    const cookie = answer.headers.get("set-cookie");
    if (cookie) this.cookie = cookie.split(";")[0];
    return { status: answer.status, json: text ? JSON.parse(text) : {}, headers: answer.headers };
  }

  async ask(url, what) {
    const { status, json } = await this.send(url, what);
    if (tryLater.has(status)) throw new Cut(`${status}`);
    assert.ok(status < 300, `${what.method ?? "POST"} ${what.path}: ${JSON.stringify(json)}`);
    return json;
  }

  async get(url, path) {
    return this.ask(url, { method: "GET", path });
  }

  async logIn(url) {
    const { login, password } = this;
    const body = JSON.stringify({ login, password, client: "m" });
    this.me = await this.ask(url, { path: "/api/login", body });
    return this;
  }
}

// Everything that was ever asked for: {kind, key, person, path, body, isDone, answer, ...}.
export class Memory {
  constructor(random) {
    Object.assign(this, { random, ops: [], notes: [], files: [] });
  }

  pick(list) {
    return list[Math.floor(this.random() * list.length)];
  }
}

async function perform(url, op) {
  const json = await op.person.ask(url, op);
  if (op.isDone) assert.equal(json.record?.id, op.answer.record?.id, "a key gives one answer");
  op.isDone = true;
  op.answer = json;
  return json;
}

async function report(url, memory, person) {
  const file = memory.random() < 0.4 ? memory.pick(memory.files.filter((one) =>
    one.isDone && one.person === person)) : undefined;
  const mark = randomUUID();
  const fields = { area: memory.area, mark };
  if (file) fields.photos = [{ sha256: file.sha256, name: "a.jpg" }];
  const op = {
    kind: "report", key: randomUUID(), person, path: "/api/records/note", mark,
    body: JSON.stringify({ fields }), at: Date.now(),
  };
  memory.ops.push(op);
  memory.notes.push(op);
  await perform(url, op);
}

async function complete(url, memory) {
  const note = memory.pick(memory.notes.slice(-60).filter((one) => one.isDone && !one.ending));
  if (!note) return;
  const op = { kind: "complete", key: randomUUID(), person: note.person, note };
  note.ending = op;
  try {
    const view = await note.person.get(url, `/api/records/note/${note.answer.record.id}`);
    op.path = `/api/tasks/${view.tasks[0].id}/complete`;
    op.body = JSON.stringify({ outcome: "ok" });
    memory.ops.push(op);
  } catch (problem) {
    note.ending = undefined;  // not even asked for
    throw problem;
  }
  await perform(url, op);
}

async function comment(url, memory) {
  const note = memory.pick(memory.notes.slice(-60).filter((one) => one.isDone));
  if (!note) return;
  const text = randomUUID();
  const op = {
    kind: "comment", key: randomUUID(), person: note.person, note, text,
    path: `/api/records/note/${note.answer.record.id}/comment`, body: JSON.stringify({ text }),
  };
  memory.ops.push(op);
  (note.comments ??= []).push(op);
  await perform(url, op);
}

// In pieces; after a cut it goes on where the server says, as the phone does.
export async function upload(url, file) {
  const { person, bytes, sha256 } = file;
  const ask = () => person.get(url, `/api/blobs/${sha256}`);
  const state = await ask();
  // A cut between the last piece and its registration makes the uploader begin anew: only a whole
  // file is a promise.
  assert.ok(state.received >= file.acknowledged || state.received === 0,
    `${sha256} lost ${file.acknowledged} bytes`);
  for (let from = state.received; !file.isDone;) {
    const { status, json } = await person.send(url, {
      method: "PUT", path: `/api/blobs/${sha256}?offset=${from}&total=${bytes.length}`,
      body: bytes.subarray(from, Math.min(bytes.length, from + chunkBytes)),
      type: "application/octet-stream",
    });
    if (tryLater.has(status)) throw new Cut(`${status}`);
    const isElsewhere = status === 409;
    assert.ok(status < 300 || isElsewhere, `PUT ${sha256} at ${from}: ${JSON.stringify(json)}`);
    const next = isElsewhere ? await ask() : json;
    file.acknowledged = next.received;
    file.isDone = next.whole;
    from = next.received;
  }
}

async function uploadFresh(url, memory, person) {
  const bytes = freshPhoto();
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const file = { person, bytes, sha256, acknowledged: 0, isDone: false };
  memory.files.push(file);
  await upload(url, file);
}

// One person, until the server is gone or somebody says enough.
async function work(url, memory, person, isEnough) {
  while (!isEnough()) {
    const dice = memory.random();
    try {
      if (dice < 0.5) await report(url, memory, person);
      else if (dice < 0.75) await complete(url, memory);
      else if (dice < 0.85) await comment(url, memory);
      else await uploadFresh(url, memory, person);
    } catch (problem) {
      if (!(problem instanceof Cut)) throw problem;
      if (/fetch failed|terminated|socket/i.test(problem.message)) return;
      await pause(100);
    }
  }
}

export function workAll(url, memory, people, isEnough) {
  return Promise.all(people.map((person) => work(url, memory, person, isEnough)));
}

// Asks again for whatever nobody answered, until all of it is.
export async function settle(url, memory) {
  for (let tries = 0; tries < 200; tries += 1) {
    const open = memory.ops.filter((op) => !op.isDone);
    const cut = memory.files.filter((file) => !file.isDone);
    if (open.length === 0 && cut.length === 0) return;
    try {
      for (const file of cut) await upload(url, file);
      for (const op of open) await perform(url, op);
    } catch (problem) {
      if (!(problem instanceof Cut)) throw problem;
      await pause(100);
    }
  }
  throw new Error("some requests are never answered");
}

// Old keys asked again give their old answers.
export async function repeatSome(url, memory, count) {
  const done = memory.ops.filter((op) => op.isDone);
  for (let i = 0; i < count && done.length > 0; i += 1) await perform(url, memory.pick(done));
}
