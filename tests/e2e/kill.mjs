// kill -9 while people report: whatever the server acknowledged is there after the next start, and
// the ledger verifies from the first leaf to the last.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { Client } from "./client.mjs";
import { pause, root, startServer } from "./server.mjs";

const rounds = 4;
const writers = 4;
const program = resolve(root, process.env.ANLAN_BIN ?? "build/release/anlan");

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

export async function killWalk({ seed }) {
  let server = await startServer();
  const kept = new Map();
  try {
    for (let round = 0; round < rounds; round += 1) {
      const client = new Client(server.url);
      await client.logIn("worker111", seed.password);
      const sha256 = await client.upload(join(root, "tests/data/phone.jpg"));
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
