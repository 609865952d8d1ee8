// Permits as people live them, through the HTTP interface: who is waited for does the next step,
// with the evidence, the gas tests and the measures that the rules ask for.
import { join } from "node:path";
import { Client, until } from "./client.mjs";
import { root } from "./server.mjs";

const photo = join(root, "tests/data/after.jpg");
const hour_ms = 3600000;
const iso = (at) => new Date(at).toISOString();

// What each kind of work says of itself; people and place are the same for all.
export const kinds = {
  hot: { hot_place: "elsewhere", hot_method: "arc", content: "护栏焊接 / railing" },
  confined: { space: "污水井", toxic_substance: "h2s", content: "清淤 / cleaning a pit" },
  blinding: { blind_action: "insert", pipe: "N2-777", content: "加盲板 / a blind" },
  height: { height_m: 4, content: "换灯 / lamps", z_high_m: 4 },
  lifting: { load_t: 10, lift_radius_m: 5, content: "吊泵 / a pump" },
  power: { power_source: "MCC-605", power_v: 380, content: "临时电源 / temporary power" },
  excavation: { dig_depth_m: 1, content: "挖沟 / a trench" },
  road: { road_name: "厂中路", traffic_plan: "走北路", content: "铺管 / a pipe" },
};
const spots = {
  hot: [840, 380], confined: [860, 240], blinding: [880, 380], height: [980, 300],
  lifting: [930, 250], power: [950, 390], excavation: [990, 390], road: [820, 260],
};
const outcomes = {
  approve: "approve", disclose: "done", receive: "sign", confirm: "done", sign: "start",
  sign_site: "start", work: "close", watch: "done", hand_back: "done", accept: "accept",
  revalidate: "resume", apply: "applied", verify: "verified", remove: "removed",
};
// What both sides look at in the end.
const sides = { hand_back: "crew", accept: "owner" };
const endList = (node) => Object.fromEntries(node in sides
  ? ["tools", "isolations", "clean", "watch"].map((line) => [`${sides[node]}_${line}`, true]) : []);
export const saidOnSpot = "巡检核对在场 / seen on the spot";

export class Permits {
  constructor(server, password) {
    Object.assign(this, { server, password, clients: new Map(), logins: null });
  }

  async as(login) {
    if (!this.clients.has(login)) {
      this.clients.set(login, await new Client(this.server.url).logIn(login, this.password));
    }
    return this.clients.get(login);
  }

  async people() {
    this.logins ??= await (await this.as("admin")).get("/api/people").then(({ rows }) =>
      ({ idOf: Object.fromEntries(rows.map((one) => [one.login, one.id])),
        loginOf: Object.fromEntries(rows.map((one) => [one.id, one.login])) }));
    return this.logins;
  }

  async area(code) {
    const { rows } = await (await this.as("eqleader")).get("/api/records/area?limit=50");
    return rows.find((row) => row.code === code).id;
  }

  // Applied for by the leader of the repair team; `more` changes any field, people by log-in.
  async apply(kind, { area = "A4", leader = "eqleader", guardian = "worker121", worker = "repair3",
    hours = 4, ...more } = {}) {
    const { idOf } = await this.people();
    const [x, y] = spots[kind];
    const now = Date.now();
    const fields = {
      kind, area: await this.area(area), x, y, work_unit: "维修班", leader: idOf[leader],
      guardian: idOf[guardian], workers: { persons: [idOf[worker]], names: [] },
      valid_from: iso(now - 60000), valid_to: iso(now + hours * hour_ms), ...kinds[kind],
      jsa: [{ hazard: "机械伤害 / injury", control: "停机挂牌 / lock-out", who: "班长 / leader" }],
      ...(kind === "lifting" ? { rigger: idOf.repair4, signaller: idOf.repair5,
        crane: "QY25", crane_driver: idOf.repair6 } : {}), ...more,
    };
    const { record } = await (await this.as("eqleader")).post("/api/records/permit", { fields });
    return record.id;
  }

  async view(id, login = "auditor1") {
    return (await this.as(login)).get(`/api/records/permit/${id}`);
  }

  async record(id) {
    return (await this.view(id)).record;
  }

  // The open task of a node and somebody who may do it.
  async open(id) {
    const { steps } = await (await this.as("auditor1")).get(`/api/permits/${id}/steps`);
    const { loginOf } = await this.people();
    for (const step of steps.filter(({ done }) => !done)) {
      for (const { id: person } of step.waiting?.persons ?? []) {
        const login = loginOf[person];
        const { tasks } = await this.view(id, login);
        const task = tasks.find((one) => one.node === step.node &&
          (one.is_mine || one.may_take !== false));
        if (task) return { task, login };
      }
    }
    return null;
  }

  async complete(login, task, fields = {}, comment = saidOnSpot) {
    const client = await this.as(login);
    if (!task.is_mine) await client.post(`/api/tasks/${task.id}/claim`);
    const outcome = outcomes[task.node] ?? task.outcomes[0]?.id;
    // Whoever acts stands where the work is.
    const { x, y } = task.form === "permit" ? await this.record(task.record_id) : {};
    const spot = typeof x === "number" ? { position: { x, y, at: iso(Date.now()) } } : {};
    return client.post(`/api/tasks/${task.id}/complete`, { outcome, comment, fields, ...spot });
  }

  async evidence(id, login, measure) {
    const client = await this.as(login);
    const photos = [{ sha256: await client.upload(photo), name: "after.jpg" }];
    await client.post("/api/records/permit_evidence", { fields: { permit: id, measure, photos } });
  }

  // A test of every level that a space asks for; elsewhere one outside.
  async gas(id, { lel = 0, o2 = 20.9, toxic = 0, levels } = {}) {
    const { kind, toxic_substance } = await this.record(id);
    const { idOf } = await this.people();
    const analyst = await this.as("safety4");
    const wanted = levels ?? (kind === "confined" ? ["upper", "middle", "lower"] : ["outside"]);
    for (const level of wanted) {
      await analyst.post("/api/records/permit_gas", { fields: {
        permit: id, level, point: "P1", lel, o2, instrument: "GX-1", sampled_at: iso(Date.now()),
        calibrated_until: iso(Date.now()).slice(0, 10), analyst: idOf.safety4,
        ...(toxic_substance ? { toxic, toxic_substance } : {}),
      } });
    }
  }

  async confirm(id, login, task) {
    const { record } = await this.view(id, login);
    for (const row of record.measures) {
      if (row.needs_evidence) await this.evidence(id, login, row.key);
    }
    const begin = Date.now() - record.measures.length * 10000;
    const measures = record.measures.map((row, at) => ({
      ...row, is_done: true, device_at: iso(begin + at * 10000),
      ...(row.steps_zh ? { steps_at: row.steps_zh.split("\n")
        .map((step, place, { length }) => iso(begin + at * 10000 - (length - place) * 1000))
        .join("\n") } : {}),
    }));
    for (const row of measures) for (const key of ["done_by", "done_at"]) delete row[key];
    return this.complete(login, task, { measures });
  }

  // The next step by whoever is waited for; false where nobody is.
  async step(id) {
    const found = await this.open(id);
    if (!found) return false;
    const { task, login } = found;
    if (task.node === "confirm") await this.confirm(id, login, task);
    else if (task.node === "sign") {
      await this.isolate(id);
      if (await this.asksGas(id)) await this.gas(id);
      await this.complete(login, task);
    } else {
      if (task.node === "accept") await this.giveBack(id);
      await this.complete(login, task, endList(task.node));
    }
    return task.node;
  }

  // Where on the globe the work is: the area's record says where its middle lies.
  async spotOf(id) {
    const { x, y, area } = await this.record(id);
    const { record } = await (await this.as("auditor1")).get(`/api/records/area/${area}`);
    const { plan } = await (await this.as("auditor1")).get("/api/plan");
    const zone = plan.features.find(({ properties }) =>
      properties.kind === "zone" && properties.code === record.code);
    const ring = zone.geometry.coordinates[0];
    const middle = (at) => (Math.min(...ring.map((point) => point[at])) +
      Math.max(...ring.map((point) => point[at]))) / 2;
    const degree_m = 111320;
    const turn = Math.cos((record.lat * Math.PI) / 180);
    return {
      latitude: record.lat + ((y ?? middle(1)) - middle(1)) / degree_m,
      longitude: record.lon + ((x ?? middle(0)) - middle(0)) / (degree_m * turn), accuracy: 5,
    };
  }

  // The rows of this permit, and its first open task as one person sees it.
  async isolations(id) {
    const filter = encodeURIComponent(JSON.stringify(["eq", "permit", id]));
    const path = `/api/records/permit_isolation?filter=${filter}`;
    return (await (await this.as("safety3")).get(path)).rows;
  }

  async pressIsolation(login, id) {
    const path = `/api/records/permit_isolation/${id}`;
    const { tasks } = await (await this.as(login)).get(path);
    await this.complete(login, { ...tasks[0], form: "permit_isolation" });
  }

  // What the rules ask to be isolated, by two people of the safety department.
  async isolate(id) {
    const first = await this.as("safety3");
    const record = await this.record(id);
    const { isolations } = await first.post("/api/permits/preview", record);
    if ((await this.isolations(id)).length > 0) return;
    for (const [at, { types }] of isolations.entries()) {
      const fields = { permit: id, type: types.at(-1), tag_no: `${id}-${at}`, place: "现场 / here" };
      const made = await first.post("/api/records/permit_isolation", { fields });
      await this.pressIsolation("safety3", made.record.id);
      await this.pressIsolation("safety4", made.record.id);
    }
  }

  async giveBack(id) {
    for (const row of await this.isolations(id)) {
      if (row.state === "verified") await this.pressIsolation("safety3", row.id);
    }
  }

  async asksGas(id) {
    const record = await this.record(id);
    return record.limit_gas_start_min !== null && record.limit_gas_start_min !== undefined;
  }

  // Until the permit has this state, or its next step is this node.
  async until(id, { state, node }) {
    for (let count = 0; count < 20; count += 1) {
      const now = (await this.record(id)).state;
      if (state === now) return;
      // What was pressed a moment ago may be on its way still.
      const next = await until(`somebody who takes ${id} on from ${now}`, async () =>
        await this.open(id) || (await this.record(id)).state !== now);
      if (node && next.task?.node === node) return;
      if (next.task) await this.step(id);
    }
    throw new Error(`${id} never came to ${state ?? node}`);
  }
}
