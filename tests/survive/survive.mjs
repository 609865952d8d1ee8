// kill -9 at random moments of a random load: nothing acknowledged is lost, nothing is doubled,
// the ledger verifies and every timer fires once. Prints one JSON line for each ten rounds.
//   node tests/survive/survive.mjs [--rounds 200] [--database sqlite|postgres] [--seed N]
import assert from "node:assert/strict";
import { readSeed } from "../e2e/seed.mjs";
import { pause } from "../e2e/server.mjs";
import { checkFiles, checkGrowth, checkLives, checkNotes } from "./check.mjs";
import { Memory, Person, repeatSome, settle, workAll } from "./load.mjs";
import { Plant, Postgres } from "./plant.mjs";

const logins = ["worker111", "worker112", "worker121", "worker211"];
const loadMin_ms = 150;
const loadMax_ms = 1500;
const deepEvery = 10;  // rounds between two checks of the whole ledger by `anlan verify`

// mulberry32: the same seed kills at the same moments.
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 4294967296;
  };
}

async function killUnderLoad(plant, memory, people) {
  let isEnough = false;
  const work = workAll(plant.url, memory, people, () => isEnough);
  work.catch(() => {});  // judged below
  await pause(loadMin_ms + memory.random() * (loadMax_ms - loadMin_ms));
  await plant.kill();
  isEnough = true;
  await work;
}

// Now and then also in the middle of a start.
async function killStarts(plant, memory) {
  for (let i = 0; memory.random() < 0.2 && i < 3; i += 1) {
    await plant.launch();
    await pause(memory.random() * 600);
    await plant.kill();
  }
}

async function checkAll(plant, memory, fresh) {
  await settle(plant.url, memory);
  await checkNotes(plant.url, memory);
  await checkFiles(plant.url, memory.files.slice(fresh.files));
  await checkLives(plant.url, memory.notes.slice(fresh.notes));
  await repeatSome(plant.url, memory, 3);
  memory.head = await checkGrowth(plant.url, memory.people[0], memory.head);
}

async function begin(plant, memory) {
  await plant.start();
  const { password } = readSeed();
  memory.people = logins.map((login) => new Person(login, password));
  for (const person of memory.people) await person.logIn(plant.url);
  const areas = await memory.people[0].get(plant.url, "/api/records/area?limit=1");
  memory.area = areas.rows[0].id;
}

export async function surviveKills({ rounds, database = "sqlite", seed = Date.now() % 1e9, tell }) {
  const server = database === "postgres" ? await Postgres.start() : null;
  const plant = new Plant({ database: server ? server.connect() : "sqlite" });
  const memory = new Memory(randomOf(seed));
  const begun = Date.now();
  let verified = 0;
  try {
    await begin(plant, memory);
    for (let round = 1; round <= rounds; round += 1) {
      const fresh = { notes: memory.notes.length, files: memory.files.length };
      await killUnderLoad(plant, memory, memory.people);
      await killStarts(plant, memory);
      const isDeep = round % deepEvery === 0 || round === rounds;
      if (isDeep) verified += plant.run(["verify"]) ? 1 : 0;
      await plant.start();
      await checkAll(plant, memory, fresh);
      if (isDeep) {
        tell?.({
          round, database, seed, requests: memory.ops.length, notes: memory.notes.length,
          files: memory.files.length, leaves: memory.head.size, verified,
          seconds: Math.round((Date.now() - begun) / 1000),
        });
      }
    }
    return memory;
  } catch (problem) {
    problem.message += `\n(seed ${seed})\n${plant.said.slice(-3000)}`;
    throw problem;
  } finally {
    await plant.remove();
    await server?.stop();
  }
}

function option(name, otherwise) {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : process.argv[at + 1];
}

if (process.argv[1] === import.meta.filename) {
  const database = option("--database", "sqlite");
  assert.ok(database === "sqlite" || database === "postgres", "--database sqlite|postgres");
  await surviveKills({
    rounds: Number(option("--rounds", "200")), database,
    seed: Number(option("--seed", String(Date.now() % 1e9))),
    tell: (line) => console.log(JSON.stringify(line)),
  });
}
