// What the walks know of the demo plant.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./server.mjs";

export function readSeed() {
  const seed = JSON.parse(readFileSync(join(root, "packs/plant/seed/demo.json"), "utf8"));
  const areas = seed.records.find((list) => list.form === "area").rows;
  return {
    password: seed.password,
    logins: seed.people.map((person) => person.login),
    nameOf: (login) => seed.people.find((person) => person.login === login).name,
    areaName: (code, lang) => areas.find((area) => area.code === code)[`name_${lang}`],
  };
}
