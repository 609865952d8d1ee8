// A backup beside a busy writer: restored elsewhere it verifies, replays to the same tables, and
// its head is the beginning of what the plant became.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSeed } from "../e2e/seed.mjs";
import { pause } from "../e2e/server.mjs";
import { checkGrowth } from "./check.mjs";
import { Memory, Person, workAll } from "./load.mjs";
import { Plant, Postgres } from "./plant.mjs";

const logins = ["worker111", "worker112", "worker121"];

async function busy(plant) {
  await plant.start();
  const memory = new Memory(Math.random);
  memory.people = logins.map((login) => new Person(login, readSeed().password));
  for (const person of memory.people) await person.logIn(plant.url);
  const areas = await memory.people[0].get(plant.url, "/api/records/area?limit=1");
  memory.area = areas.rows[0].id;
  return memory;
}

// The restored plant serves what the backup held: every report that was acknowledged before it.
async function serves(plant, early) {
  await plant.start();
  try {
    const person = await new Person("worker111", readSeed().password).logIn(plant.url);
    for (const note of early) {
      const { record } = await person.get(plant.url, `/api/records/note/${note.answer.record.id}`);
      assert.equal(record.number, note.answer.record.number);
    }
  } finally {
    await plant.stop();
  }
}

export async function backupBeside(kind) {
  const server = kind === "postgres" ? await Postgres.start() : null;
  const plant = new Plant({ database: server ? server.connect() : "sqlite" });
  server?.sql("CREATE DATABASE again", "postgres");
  const other = new Plant({ database: server ? server.connect("again") : "sqlite" });
  try {
    const memory = await busy(plant);
    let isEnough = false;
    const work = workAll(plant.url, memory, memory.people, () => isEnough);
    while (memory.notes.filter((note) => note.isDone).length < 30) await pause(50);
    const early = memory.notes.filter((note) => note.isDone);
    const into = join(plant.folder, "backups");
    const passphrase = join(plant.folder, "passphrase");
    writeFileSync(passphrase, "a passphrase of the tests\n");
    const before = memory.ops.length;
    await pause(0);
    const made = plant.runLater(["backup", into, "--passphrase-file", passphrase]);
    await made;
    assert.ok(memory.ops.length > before, "the writer went on meanwhile");
    isEnough = true;
    await work;
    const [name] = readdirSync(into);
    const folder = join(into, name);
    other.run(["restore", folder, "--passphrase-file", passphrase]);
    other.run(["verify"]);
    // The plant's samples are in its database, and so in the copy.
    if (server) {
      const [here, there] = ["plant", "again"].map((database) =>
        Number(server.sql("SELECT count(*) FROM history_tag", database)));
      assert.ok(here > 0 && here === there, `${here} and ${there} tags`);
    }
    const { head } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
    await pause(6000);  // a head is signed every five seconds
    const newest = await checkGrowth(plant.url, memory.people[0], head);
    assert.ok(newest.size > head.size);
    await serves(other, early);
    const status = await new Person("admin", readSeed().password).logIn(plant.url)
      .then((admin) => admin.get(plant.url, "/api/status"));
    assert.equal(status.backup.folder, folder);
    assert.equal(status.backup.is_due, false);
  } finally {
    await plant.remove();
    await other.remove();
    await server?.stop();
  }
}

