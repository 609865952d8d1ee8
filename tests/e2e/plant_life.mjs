// Cases as a plant has them after some days, made by people through the interface: reported,
// assigned, repaired, verified; some told of as near misses and violations.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { photo, photoAfter } from "./acts.mjs";
import { Client, until } from "./client.mjs";
import { root } from "./server.mjs";

// Pictures of Debian's opencv-doc: the same wall from two sides, and others.
const pictures = "/usr/share/doc/opencv-doc/examples/data";
export const wall = { before: `${pictures}/aloeL.jpg`, after: `${pictures}/aloeR.jpg` };

export class Crew {
  constructor(server, seed) {
    Object.assign(this, { server, seed, people: new Map() });
  }

  async as(login) {
    if (!this.people.has(login)) {
      const client = new Client(this.server.url);
      this.people.set(login, await client.logIn(login, this.seed.password));
    }
    return this.people.get(login);
  }

  async idOf(form, code) {
    const client = await this.as("worker111");
    const { rows } = await client.get(`/api/records/${form}?limit=200&sort=code`);
    const row = rows.find((one) => one.code === code);
    assert.ok(row, `${form} ${code}`);
    return row.id;
  }

  async personId(name) {
    const client = await this.as("safety1");
    const { rows } = await client.get(`/api/people?q=${encodeURIComponent(name)}`);
    return rows[0].id;
  }

  async items(login, files) {
    const client = await this.as(login);
    const items = [];
    for (const file of files) {
      items.push({ sha256: await client.upload(file), name: file.split("/").pop() });
    }
    return items;
  }

  async report(login, form, fields, files = [photo]) {
    const client = await this.as(login);
    const photos = files.length > 0 ? { photos: await this.items(login, files) } : {};
    const made = await client.post(`/api/records/${form}`, { fields: { ...photos, ...fields } });
    return made.record.id;
  }

  // Takes the task that is open to this person on and ends it.
  async act(login, form, id, { outcome, comment = "", fields = {} }) {
    const client = await this.as(login);
    const path = `/api/records/${form}/${id}`;
    const open = await until(`a task of ${login} on ${form}`, async () => {
      const { tasks } = await client.get(path);
      return tasks.find((task) => task.is_mine || task.may_take !== false);
    });
    if (!open.is_mine) await client.post(`/api/tasks/${open.id}/claim`);
    const { record } = await client.get(path);
    await client.post(`/api/tasks/${open.id}/complete`, {
      outcome: outcome ?? open.outcomes[0]?.id ?? "", comment, fields, version: record.version,
    });
    return open;
  }

  async state(form, id) {
    const client = await this.as("safety1");
    return (await client.get(`/api/records/${form}/${id}`)).record.state;
  }
}

const kinds = [
  ["A1", "leak", "light", "daily", "T-203 法兰渗漏,地面有积液 / flange weeps, liquid on the floor"],
  ["A2", "electrical", "serious", "daily", "配电柜门缺失 / the door of a switch cabinet is missing"],
  ["A3", "fire", "light", "seldom", "灭火器压力不足 / pressure of an extinguisher too low"],
  ["A1", "guarding", "serious", "now", "联轴器无护罩 / coupling without guard"],
  ["A4", "dust", "light", "daily", "除尘器周围积尘 / dust around the collector"],
  ["A2", "equipment", "none", "seldom", "栏杆松动 / a loose railing"],
];

// {wallCase}: repaired with two pictures of one wall, waiting to be verified.
export async function liveSomeDays(crew) {
  const owner = await crew.personId(crew.seed.nameOf("repair1"));
  const areas = new Map();
  for (const code of ["A1", "A2", "A3", "A4"]) areas.set(code, await crew.idOf("area", code));
  const ids = [];
  for (const [area, category, consequence, exposure, description] of kinds) {
    ids.push(await crew.report("worker111", "hazard", {
      area: areas.get(area), category, consequence, exposure, description,
    }));
  }
  const device = await crew.idOf("device", "T-203");
  const wallCase = await crew.report("worker111", "hazard", {
    area: areas.get("A1"), device, category: "equipment", consequence: "light",
    exposure: "daily", description: "保温层破损 / damaged insulation",
  }, [wall.before]);
  await crew.act("leader11", "hazard", wallCase, { outcome: "assign", fields: { owner } });
  await crew.act("repair1", "hazard", wallCase, {
    fields: {
      after_photos: await crew.items("repair1", [wall.after]), cause: "ageing",
      repair_note: "已更换 / replaced",
    },
  });
  const closed = await crew.report("worker111", "hazard", {
    area: areas.get("A1"), category: "leak", consequence: "light", exposure: "seldom",
    description: "阀门滴漏 / dripping valve",
  });
  await crew.act("leader11", "hazard", closed, { outcome: "assign", fields: { owner } });
  await crew.act("repair1", "hazard", closed, {
    fields: { after_photos: await crew.items("repair1", [photoAfter]), cause: "upkeep" },
  });
  await crew.act("safety1", "hazard", closed, {
    outcome: "pass", comment: "现场已核对 / seen on the spot",
  });
  await crew.report("worker111", "near_miss", {
    area: areas.get("A1"), potential: "serious",
    description: "吊物晃动,险些碰到行人 / a swinging load almost hit somebody",
  }, []);
  await crew.report("leader11", "violation", {
    area: areas.get("A2"), category: "ppe", description: "未系安全带 / no harness",
  });
  return { wallCase, closed, ids, areas };
}

export function dictionary(name) {
  const read = (lang) => {
    const text = readFileSync(join(root, `web/src/text/${lang}_${name}.ts`), "utf8");
    const rows = [...text.matchAll(/(?:^ {2}|, )(\w+):\s*("(?:[^"\\]|\\.)*")/gm)];
    return Object.fromEntries(rows.map(([, key, value]) => [key, JSON.parse(value)]));
  };
  return { zh: read("zh"), en: read("en") };
}
export const work = dictionary("work");
