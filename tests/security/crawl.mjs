// A crawler as every role: it knows every id there is, asks for all of them by every road, and no
// answer may hold a record outside the role's scope or a field that is hidden from it. The truth
// comes from the database, the judgement from rights.mjs, neither from the server.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readSeed } from "../e2e/seed.mjs";
import { pause, root } from "../e2e/server.mjs";
import { Person, freshPhoto, upload } from "../survive/load.mjs";
import { Plant, Postgres } from "../survive/plant.mjs";
import { Socket } from "../survive/socket.mjs";
import { Rights, readForms, readRoles } from "./rights.mjs";
import { createHash, randomUUID } from "node:crypto";

const rowsMax = 8;  // of one form: the oldest, of every part of the plant
const secretMin = 6;  // characters from which on a text is telling
// Roads to one record, below /api/records/{form}/{id}.
const roads = ["", "/history", "/timeline", "/proof", "/evidence", "/thread", "/flow",
  "/notice.pdf"];

const people = JSON.parse(readFileSync(join(root, "packs/plant/seed/demo.json"), "utf8")).people;

// For each role somebody who holds it and as little else as possible.
function onePerRole() {
  const chosen = new Map();
  for (const person of people) {
    const grants = person.roles.split(";").filter(Boolean);
    for (const grant of grants) {
      const role = grant.split("@")[0];
      if ((chosen.get(role)?.count ?? 99) > grants.length) {
        chosen.set(role, { login: person.login, count: grants.length });
      }
    }
  }
  return [...new Set([...chosen.values()].map((one) => one.login))];
}

// A few hazards in several places, with words that are hidden from some.
async function makeHazards(plant, person, areas, count) {
  for (let i = 0; i < count; i += 1) {
    const bytes = freshPhoto();
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    await upload(plant.url, { person, bytes, sha256, acknowledged: 0, isDone: false });
    const fields = {
      photos: [{ sha256, name: "a.jpg" }], area: areas[i % areas.length].id,
      description: `words ${randomUUID()}`, category: "leak", consequence: "light",
      exposure: "now",
    };
    await person.ask(plant.url,
      { path: "/api/records/hazard", body: JSON.stringify({ fields }) });
  }
}

function truthOf(server, forms) {
  const truth = new Map();
  for (const id of forms.keys()) {
    const json = server.sql(`SELECT coalesce(json_agg(t), '[]') FROM (SELECT * FROM f_${id}` +
      ` ORDER BY created_at DESC LIMIT ${rowsMax}) t`);
    truth.set(id, JSON.parse(json));
  }
  return truth;
}

// Who holds an open task may read its record: from the tables, not from the server.
function heldBy(server, me, grants) {
  const rows = JSON.parse(server.sql("SELECT coalesce(json_agg(t), '[]') FROM (SELECT" +
    " k.record_id, k.org_path, k.assignee, c.kind, c.who, c.org_path AS at FROM flow_task k" +
    " LEFT JOIN flow_candidate c ON c.task_id = k.id WHERE k.state IN ('open', 'claimed')) t"));
  return new Set(rows.filter((row) => row.assignee === me || (row.kind === "person" &&
    row.who === me) || (row.kind === "role" && grants.some((grant) =>
    grant.role === row.who && String(row.at).startsWith(grant.org_path))))
    .map((row) => row.record_id));
}

class Crawler {
  constructor(plant, server, login) {
    Object.assign(this, { plant, server, login, asked: 0, findings: [] });
  }

  async begin(roles) {
    this.roles = roles;
    this.person = await new Person(this.login, readSeed().password).logIn(this.plant.url);
    const { id, org_path, grants } = this.person.me;
    this.caller = { me: id, org_path, grants };
    this.held = heldBy(this.server, id, grants);
  }

  async get(path) {
    this.asked += 1;
    for (;;) {
      const headers = { Cookie: this.person.cookie };
      const answer = await fetch(this.plant.url + path, { headers });
      const text = Buffer.from(await answer.arrayBuffer()).toString("latin1");
      if (answer.status !== 429) return { status: answer.status, text };
      await pause(500);
    }
  }

  find(what) {
    this.findings.push(`${this.login}: ${what}`);
  }

  // Fields of the row that this caller must not read, as they would stand in an answer.
  secretsOf(form, row, rights) {
    return Object.keys(form.data.properties)
      .filter((field) => ["hidden", "masked"].includes(rights.mode(field)))
      .map((field) => [field, row[field]])
      .filter(([, value]) => typeof value === "string" && value.length >= secretMin);
  }

  checkText(where, text, secrets) {
    const bytes = (value) => Buffer.from(value).toString("latin1");
    for (const [field, value] of secrets) {
      if (text.includes(bytes(value))) this.find(`${where} shows ${field}`);
    }
  }

  async crawlList(id, form, rows) {
    const rights = new Rights(this.roles, this.caller, id, "list");
    const seen = new Set();
    let all = "";
    for (let cursor = "", pages = 0; pages < 50; pages += 1) {
      const { status, text } = await this.get(
        `/api/records/${id}?limit=200&cursor=${encodeURIComponent(cursor)}`);
      if (status !== 200) break;
      all += text;
      const page = JSON.parse(Buffer.from(text, "latin1").toString("utf8"));
      for (const row of page.rows) seen.add(row.id);
      cursor = page.next;
      if (!cursor) break;
    }
    for (const row of rows) {
      if (seen.has(row.id) && !rights.covers(row)) this.find(`the list of ${id} shows ${row.id}`);
      if (!seen.has(row.id) && rights.covers(row)) this.find(`the list of ${id} hides ${row.id}`);
      this.checkText(`the list of ${id}`, all, this.secretsOf(form, row, rights));
    }
    for (const kind of ["csv", "zip"]) {
      const { status, text } = await this.get(`/api/export/${id}?kind=${kind}`);
      const exports = new Rights(this.roles, this.caller, id, "export");
      if (status !== 200) continue;
      if (exports.fit.length === 0) this.find(`the export of ${id} is given`);
      for (const row of rows) {
        if (!rights.covers(row) && text.includes(row.id)) this.find(`export ${id} shows ${row.id}`);
        this.checkText(`the export of ${id}`, text, this.secretsOf(form, row, rights));
      }
    }
  }

  async crawlRecord(id, form, row) {
    const rights = new Rights(this.roles, this.caller, id, "read");
    const mayRead = rights.covers(row) || this.held.has(row.id);
    const secrets = this.held.has(row.id) ? [] : this.secretsOf(form, row, rights);
    const photos = Object.values(row).filter((value) => typeof value === "string")
      .flatMap((value) => value.match(/\b[0-9a-f]{64}\b/g) ?? []);
    const all = [...roads, ...new Set(photos.map((sha256) => `/files/${sha256}`))];
    for (const road of all) {
      const { status, text } = await this.get(`/api/records/${id}/${row.id}${road}`);
      if (status >= 500) this.find(`${id}/${row.id}${road} breaks: ${status}`);
      if (status === 200 && !mayRead) this.find(`${id}/${row.id}${road} is shown`);
      if (status === 200 && !road.startsWith("/files")) {
        this.checkText(`${id}${road}`, text, secrets);
      }
      if (road === "" && status !== 200 && mayRead) this.find(`${id}/${row.id} is refused`);
    }
  }

  // What comes by itself: tasks, notices, and the live stream from its first event on.
  async crawlStreams(truth) {
    const unseen = [];
    for (const [id, rows] of truth) {
      const rights = new Rights(this.roles, this.caller, id, "read");
      for (const row of rows) {
        if (!rights.covers(row) && !this.held.has(row.id)) unseen.push(row.id);
      }
    }
    const tasks = await this.get("/api/tasks");
    for (const id of unseen) if (tasks.text.includes(id)) this.find(`a task of ${id} is shown`);
    const socket = new Socket(this.plant.port, this.person.cookie);
    await socket.hello({ topics: [...truth.keys(), "task", "alarm", "notice"], from: 1 });
    let before = -1;
    while (socket.texts.length !== before) {
      before = socket.texts.length;
      await pause(400);
    }
    socket.close();
    const events = JSON.stringify(socket.texts.filter((one) => one.type === "event"));
    for (const id of unseen) {
      const isNotice = socket.texts.some((one) => one.payload?.record === id &&
        one.topic === "notice" && one.payload.person === this.caller.me);
      if (events.includes(id) && !isNotice) this.find(`the live stream shows ${id}`);
    }
  }
}

test("as every role, every id by every road: nothing foreign, nothing hidden",
  { timeout: 900000 }, async () => {
    const server = await Postgres.start();
    const plant = new Plant({ database: server.connect() });
    plant.packs = join(root, "packs");
    try {
      await plant.start();
      const forms = readForms();
      const roles = readRoles();
      const worker = await new Person("worker111", readSeed().password).logIn(plant.url);
      const { rows: areas } = await worker.get(plant.url, "/api/records/area?limit=50");
      await makeHazards(plant, worker, areas, 4);
      const other = await new Person("worker211", readSeed().password).logIn(plant.url);
      await makeHazards(plant, other, areas.slice(3), 4);
      const truth = truthOf(server, forms);
      assert.ok(truth.get("hazard").length >= 8);
      const findings = [];
      let asked = 0;
      for (const login of onePerRole()) {
        const crawler = new Crawler(plant, server, login);
        await crawler.begin(roles);
        for (const [id, rows] of truth) {
          await crawler.crawlList(id, forms.get(id), rows);
          for (const row of rows) await crawler.crawlRecord(id, forms.get(id), row);
        }
        await crawler.crawlStreams(truth);
        findings.push(...crawler.findings);
        asked += crawler.asked;
      }
      console.log(`${onePerRole().length} people, ${truth.size} forms, ${asked} requests`);
      assert.deepEqual([...new Set(findings)], []);
    } finally {
      await plant.remove();
      await server.stop();
    }
  });
