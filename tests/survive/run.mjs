// The short form of what ./anlan soak runs for hours: the real program, killed, starved and
// flooded. Logs of a failure are in its message.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { backupBeside } from "./beside.mjs";
import { flood } from "./flood.mjs";
import { surviveKills } from "./survive.mjs";
import { diskTrouble, lostPostgres, smallDisk } from "./trouble.mjs";

const hasPostgres = existsSync("/usr/lib/postgresql/17/bin/postgres");
const noPostgres = hasPostgres ? false : "no PostgreSQL here";
const only = process.argv[2] ?? "";
const timeout = 600000;

function walk(name, options, run) {
  if (name.includes(only)) test(name, { timeout, ...options }, run);
}

walk("three kills under load lose, double and forget nothing", {}, () =>
  surviveKills({ rounds: 3, seed: 1 }));
walk("nor do they on PostgreSQL", { skip: noPostgres }, () =>
  surviveKills({ rounds: 3, database: "postgres", seed: 2 }));
walk("a full disk is told, refused and over by itself", {}, async (context) => {
  const disk = smallDisk(96 << 20);
  if (!disk) return context.skip("nobody may mount here");
  try {
    await diskTrouble(disk);
  } finally {
    disk.remove();
  }
});
walk("a lost and a read-only PostgreSQL are told, refused and over by themselves",
  { skip: noPostgres }, lostPostgres);
walk("a backup beside a busy writer is a beginning of what it became", {}, () =>
  backupBeside("sqlite"));
walk("so it is on PostgreSQL", { skip: noPostgres }, () => backupBeside("postgres"));
walk("200 live streams with slow readers slow nobody down", {}, async () => {
  const result = await flood({ clients: 200, slow: 20, seconds: 5 });
  assert.ok(result.most_mb < 400, JSON.stringify(result));
});
