// kill -9 while people report: whatever the server acknowledged is there after the next start, and
// the ledger verifies from the first leaf to the last.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pause, root, startServer } from "./server.mjs";

const rounds = 4;
const writers = 4;
const program = resolve(root, process.env.ANLAN_BIN ?? "build/release/anlan");

class Client {
  constructor(url) {
    Object.assign(this, { url, cookie: "" });
  }

  async ask(method, path, body, type = "application/json") {
    const headers = { "X-Anlan": "1", "Idempotency-Key": randomUUID(), Cookie: this.cookie };
    if (body !== undefined) headers["Content-Type"] = type;
    const answer = await fetch(this.url + path, { method, headers, body });
    const cookie = answer.headers.get("set-cookie");
    if (cookie) this.cookie = cookie.split(";")[0];
    const json = await answer.json();
    assert.ok(answer.ok, `${method} ${path}: ${JSON.stringify(json)}`);
    return json;
  }

  logIn(login, password) {
    return this.ask("POST", "/api/login", JSON.stringify({ login, password, client: "m" }));
  }
}

// Reports until the server is gone; every number it was given is kept.
async function report(client, area, sha256, kept) {
  const fields = {
    photos: [{ sha256, name: "a.jpg" }], area,
    category: "leak", consequence: "light", exposure: "daily",
  };
  for (let i = 0; i < 10000; i += 1) {
    try {
      const body = JSON.stringify({ fields });
      const { record } = await client.ask("POST", "/api/records/hazard", body);
      kept.set(record.id, record.number);
    } catch {
      return;
    }
  }
}

async function upload(client) {
  const photo = readFileSync(join(root, "tests/data/phone.jpg"));
  const sha256 = createHash("sha256").update(photo).digest("hex");
  const path = `/api/blobs/${sha256}?offset=0&total=${photo.length}`;
  await client.ask("PUT", path, photo, "application/octet-stream");
  return sha256;
}

export async function killWalk({ seed }) {
  let server = await startServer();
  const kept = new Map();
  try {
    for (let round = 0; round < rounds; round += 1) {
      const client = new Client(server.url);
      await client.logIn("worker111", seed.password);
      const sha256 = await upload(client);
      const areas = await client.ask("GET", "/api/records/area?limit=1");
      const before = kept.size;
      const all = Array.from({ length: writers },
        () => report(client, areas.rows[0].id, sha256, kept));
      while (kept.size < before + 5) await pause(10);
      await pause(50 + Math.floor(Math.random() * 300));
      await server.kill();
      await Promise.all(all);
      server = await startServer({ again: server.folder });
      const reader = new Client(server.url);
      await reader.logIn("director", seed.password);
      const numbers = new Set();
      for (let cursor = ""; ;) {
        const path = `/api/records/hazard?limit=200&cursor=${encodeURIComponent(cursor)}`;
        const page = await reader.ask("GET", path);
        for (const row of page.rows) numbers.add(row.number);
        cursor = page.next;
        if (!cursor) break;
      }
      for (const number of kept.values()) assert.ok(numbers.has(number), `${number} is lost`);
    }
    await server.kill();
    execFileSync(program, ["verify", "--data", server.data], { cwd: root, stdio: "pipe" });
  } finally {
    await server.stop();
  }
}
