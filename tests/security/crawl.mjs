// A crawler as every role: it knows every id there is, asks for all of them by every road, and no
// answer may hold a record outside the role's scope or a field that is hidden from it. The truth
// comes from the database, the judgement from rights.mjs, neither from the server. Secrets that are
// planted (secrets.mjs) are looked for in everything that is ever answered.
import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { readSeed } from "../e2e/seed.mjs";
import { pause, root } from "../e2e/server.mjs";
import { Person, freshPhoto, upload } from "../survive/load.mjs";
import { Plant, Postgres } from "../survive/plant.mjs";
import { Socket } from "../survive/socket.mjs";
import { Rights, readForms, readRoles } from "./rights.mjs";
import { allowedSecrets, askAround, formId, plantSecrets, readable, tryToWrite }
  from "./secrets.mjs";
import { createHash, randomUUID } from "node:crypto";

const rowsMax = 8;  // of one form: the newest, of every part of the plant
const atOnce = 8;  // requests of one person
const papersMax = 2;  // of one form: printed sheets, which take the server longest
const secretMin = 6;  // characters from which on a text is telling
// Roads to one record, below /api/records/{form}/{id}.
const roads = ["", "/history", "/timeline", "/proof", "/evidence", "/thread", "/flow"];
// What belongs to no record: also there nothing planted may stand.
const others = ["/api/tasks", "/api/notices", "/api/forms", "/api/me", "/api/figures",
  "/api/alarms/journal", "/api/openapi.json", "/api/ledger/head", "/api/status", "/metrics",
  "/api/diagnostics", `/api/policy/matrix?form=${formId}`];

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

async function inParallel(jobs) {
  const waiting = [...jobs];
  const work = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) await job();
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

// By the keys of the form: a column has a letter in front.
function byKey(row) {
  return Object.fromEntries(Object.entries(row).map(([column, value]) =>
    [column.replace(/^c_/, ""), value]));
}

function truthOf(server, forms) {
  const truth = new Map();
  for (const id of forms.keys()) {
    const json = server.sql(`SELECT coalesce(json_agg(t), '[]') FROM (SELECT * FROM f_${id}` +
      ` ORDER BY created_at DESC LIMIT ${rowsMax}) t`);
    truth.set(id, JSON.parse(json).map(byKey));
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

// To whom a record was copied may look at it: from the timeline's rows, not from the server.
function copiedTo(server, me) {
  const rows = JSON.parse(server.sql("SELECT coalesce(json_agg(t), '[]') FROM (SELECT record_id," +
    " detail FROM flow_history WHERE act = 'task.cc') t"));
  return new Set(rows.filter(({ detail }) => String(detail).includes(me))
    .map(({ record_id: id }) => id));
}

// What a copy opens: for whom no role shows the form, no more than that there is a record.
const roadsOfCopy = ["", "/timeline", "/history", "/evidence", "/flow", "/files"];
const roadsOfBrief = ["", "/timeline"];

class Crawler {
  constructor(plant, server, login) {
    Object.assign(this, { plant, server, login, asked: 0, findings: [], foreign: [] });
  }

  async begin(roles, forms, planted, truth) {
    this.roles = roles;
    this.person = await new Person(this.login, readSeed().password).logIn(this.plant.url);
    const { id, org_path, grants } = this.person.me;
    this.caller = { me: id, org_path, grants };
    this.held = heldBy(this.server, id, grants);
    this.copied = copiedTo(this.server, id);
    this.carried = new Map(planted.map((one) => [one.id, one.files]));
    const allowed = allowedSecrets({
      roles, form: forms.get(formId), caller: this.caller, held: this.held, copied: this.copied,
      planted, rows: truth.get(formId),
    });
    this.known = this.valuesSeen(forms, truth);
    this.foreign = planted.flatMap(({ secret }) => Object.values(secret))
      .filter((one) => !allowed.has(one));
  }

  // What he may see somewhere is no secret where it stands in a hidden field too.
  valuesSeen(forms, truth) {
    const known = new Set([this.caller.me, this.caller.org_path]);
    for (const [id, rows] of truth) {
      const form = forms.get(id);
      for (const action of ["list", "read"]) {
        const rights = new Rights(this.roles, this.caller, form, action);
        for (const row of rows.filter((one) => rights.covers(one) || this.held.has(one.id) ||
          (action === "read" && this.copied.has(one.id)))) {
          for (const [field, value] of Object.entries(row)) {
            const isSystem = !(field in form.data.properties);
            if (isSystem || rights.isReadable(field, row.state)) known.add(value);
          }
        }
      }
    }
    return known;
  }

  async send(method, path, body) {
    this.asked += 1;
    const headers = { Cookie: this.person.cookie, "X-Anlan": "1",
      "Idempotency-Key": randomUUID(), "Content-Type": "application/json" };
    const answer = await fetch(this.plant.url + path, body === undefined
      ? { headers: { Cookie: this.person.cookie } }
      : { method, headers, body: JSON.stringify(body) });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const text = readable(bytes);
    const isEcho = body !== undefined || path.includes("q=") || path.includes("filter=");
    for (const one of this.foreign) {
      // What somebody said himself is no news to him.
      if (text.includes(one) && !(isEcho && `${path}${JSON.stringify(body)}`.includes(one))) {
        this.find(`${path.split("?")[0]} shows the secret ${one.slice(0, 8)}`);
      }
    }
    return { status: answer.status, text };
  }

  async get(path) {
    return this.send("GET", path);
  }

  find(what) {
    this.findings.push(`${this.login}: ${what}`);
  }

  // Fields of the row that this caller must not read, as they would stand in an answer.
  secretsOf(form, row, rights) {
    return Object.keys(form.data.properties)
      .filter((field) => !rights.isReadable(field, row.state))
      .map((field) => [field, row[field]])
      .filter(([, value]) => typeof value === "string" && value.length >= secretMin &&
        !this.known.has(value));
  }

  checkText(where, text, secrets) {
    const bytes = (value) => Buffer.from(value).toString("latin1");
    for (const [field, value] of secrets) {
      if (text.includes(bytes(value))) this.find(`${where} shows ${field}`);
    }
  }

  async crawlList(id, form, rows) {
    const rights = new Rights(this.roles, this.caller, form, "list");
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
    const exports = new Rights(this.roles, this.caller, form, "export");
    for (const kind of id === formId ? ["csv", "xlsx", "zip", "pdf"] : ["csv", "zip"]) {
      const { status, text } = await this.get(`/api/export/${id}?kind=${kind}`);
      if (status !== 200) continue;
      if (exports.fit.length === 0) this.find(`the export of ${id} is given`);
      for (const row of rows) {
        const isShown = text.includes(row.id) || (row.number && text.includes(row.number));
        if (!exports.covers(row) && isShown) this.find(`export ${id} shows ${row.id}`);
        this.checkText(`the export of ${id}`, text, this.secretsOf(form, row, exports));
      }
    }
  }

  async crawlRecord(id, form, row, isPrinted) {
    const rights = new Rights(this.roles, this.caller, form, "read");
    const mayRead = rights.covers(row) || this.held.has(row.id);
    const ofCopy = !this.copied.has(row.id) ? []
      : rights.fit.length > 0 ? roadsOfCopy : roadsOfBrief;
    const isOpen = (road) => mayRead || ofCopy.includes(road.split("/").slice(0, 2).join("/"));
    const secrets = this.held.has(row.id) ? [] : this.secretsOf(form, row, rights);
    const photos = Object.values(row).filter((value) => typeof value === "string")
      .flatMap((value) => value.match(/\b[0-9a-f]{64}\b/g) ?? []);
    const carried = this.carried.get(row.id) ?? [];
    const files = [...new Set([...photos, ...carried])].map((sha256) => `/files/${sha256}`);
    const all = [...roads, ...(isPrinted ? ["/notice.pdf"] : []), ...files];
    for (const road of all) {
      const { status, text } = await this.get(`/api/records/${id}/${row.id}${road}`);
      if (status >= 500) this.find(`${id}/${row.id}${road} breaks: ${status}`);
      if (status === 200 && !isOpen(road)) this.find(`${id}/${row.id}${road} is shown`);
      if (status === 200 && !road.startsWith("/files")) {
        this.checkText(`${id}${road}`, text, secrets);
      }
      if (road === "" && status !== 200 && isOpen(road)) this.find(`${id}/${row.id} is refused`);
    }
  }

  // What comes by itself: tasks, notices, and the live stream from its first event on.
  async crawlStreams(truth, forms) {
    const unseen = [];
    for (const [id, rows] of truth) {
      const rights = new Rights(this.roles, this.caller, forms.get(id), "read");
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
      await pause(150);
    }
    socket.close();
    const said = JSON.stringify(socket.texts);
    for (const one of this.foreign) {
      if (said.includes(one)) this.find(`the live stream shows the secret ${one.slice(0, 8)}`);
    }
    const events = JSON.stringify(socket.texts.filter((one) => one.type === "event"));
    for (const id of unseen) {
      const isNotice = socket.texts.some((one) => one.payload?.record === id &&
        one.topic === "notice" && one.payload.person === this.caller.me);
      if (events.includes(id) && !isNotice) this.find(`the live stream shows ${id}`);
    }
  }

  async crawl(truth, forms) {
    const jobs = [];
    for (const [id, rows] of truth) {
      jobs.push(() => this.crawlList(id, forms.get(id), rows));
      rows.forEach((row, at) =>
        jobs.push(() => this.crawlRecord(id, forms.get(id), row, at < papersMax)));
    }
    for (const path of others) jobs.push(() => this.get(path));
    jobs.push(() => this.crawlStreams(truth, forms));
    await inParallel(jobs);
  }
}

// A group's robot: whatever leaves the plant by itself comes here.
function robot() {
  const heard = [];
  const server = createServer((request, answer) => {
    request.on("data", (bytes) => heard.push(bytes.toString()));
    request.on("end", () => answer.end(JSON.stringify({ errcode: 0 })));
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () =>
    done({ server, heard, url: `http://127.0.0.1:${server.address().port}/` })));
}

async function peopleOf(plant, logins) {
  return Promise.all(logins.map((login) => new Person(login, readSeed().password)
    .logIn(plant.url)));
}

test("as every role, every id by every road: nothing foreign, nothing hidden",
  { timeout: 900000 }, async () => {
    const [server, outside] = await Promise.all([Postgres.start(), robot()]);
    const plant = new Plant({ database: server.connect() });
    cpSync(join(root, "packs"), plant.packs = join(plant.folder, "all"), { recursive: true });
    cpSync(join(root, "tests/security/packs"), plant.packs, { recursive: true });
    try {
      // Its rates would only make the crawler wait.
      await plant.start(["--bench", "--robot", `wecom=${outside.url}`]);
      const forms = readForms();
      const roles = readRoles();
      const [worker, other, operator] =
        await peopleOf(plant, ["worker111", "worker211", "control1"]);
      const { rows: areas } = await worker.get(plant.url, "/api/records/area?limit=50");
      await makeHazards(plant, worker, areas, 4);
      await makeHazards(plant, other, areas.slice(3), 4);
      const planted = await plantSecrets(plant, [worker, other], operator,
        [areas[0], areas[areas.length - 1]]);
      const truth = truthOf(server, forms);
      assert.ok(truth.get("hazard").length >= 8);
      assert.equal(truth.get(formId).length, planted.length);
      const findings = [];
      let asked = 0;
      for (const login of onePerRole()) {
        const crawler = new Crawler(plant, server, login);
        await crawler.begin(roles, forms, planted, truth);
        await crawler.crawl(truth, forms);
        await askAround(crawler, forms.get(formId), planted, truth.get(formId));
        await tryToWrite(crawler, forms.get(formId), planted);
        findings.push(...crawler.findings);
        asked += crawler.asked;
      }
      console.log(`${onePerRole().length} people, ${truth.size} forms, ${asked} requests`);
      assert.deepEqual([...new Set(findings)], []);
      const after = truthOf(server, forms).get(formId);
      assert.deepEqual(after, truth.get(formId), "nothing was written");
      const secrets = planted.flatMap(({ secret }) => Object.values(secret));
      const told = outside.heard.join("");
      assert.deepEqual(secrets.filter((one) => told.includes(one)), [], "a robot was told");
    } finally {
      await plant.remove();
      await server.stop();
      outside.server.close();
    }
  });
