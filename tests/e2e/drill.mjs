// What the people of an emergency do, through the HTTP interface: the team signs in and proves its
// work, the rest says that it is safe, the control room signs off who has no phone.
import { join } from "node:path";
import { Client, until } from "./client.mjs";
import { root } from "./server.mjs";

const photo = join(root, "tests/data/after.jpg");
export const posts = {
  commander: "head1", isolate: "leader11", monitor: "safety3", guide: "leader12",
  medical: "repair1",
};
const vouchers = {
  commander: async () => ({}),
  isolate: async (client) => ({ voucher_isolate: [await photoOf(client)] }),
  monitor: async (client) => ({
    voucher_monitor_ppm: 12.5, voucher_monitor_photo: [await photoOf(client)],
  }),
  guide: async () => ({ voucher_guide: { lat: 31.2304, lon: 121.4737, accuracy_m: 5 } }),
  medical: async (client) => ({ voucher_medical: [await photoOf(client)] }),
};

async function photoOf(client) {
  return { sha256: await client.upload(photo), name: "after.jpg" };
}

export class Drill {
  constructor(server, password) {
    Object.assign(this, { server, password, clients: new Map() });
  }

  // A server that was killed listens elsewhere when it is back.
  moveTo(server) {
    this.server = server;
    this.clients.clear();
  }

  async as(login) {
    if (!this.clients.has(login)) {
      this.clients.set(login, await new Client(this.server.url).logIn(login, this.password));
    }
    return this.clients.get(login);
  }

  async running() {
    const control = await this.as("control1");
    const { rows } = await control.get("/api/responses");
    return rows.filter((row) => ["asked", "responding", "all_counted"].includes(row.state));
  }

  async console(id) {
    return (await this.as("control1")).get(`/api/responses/${id}`);
  }

  async step(id, name) {
    const { steps } = await this.console(id);
    return steps.find((step) => step.step === name);
  }

  waitStep(id, name, patience_ms) {
    return until(`step ${name}`, async () => {
      const step = await this.step(id, name);
      return step?.at ? step : null;
    }, patience_ms);
  }

  async task(login, id, node) {
    const client = await this.as(login);
    return until(`task ${node} of ${login}`, async () => {
      const { tasks } = await client.get(`/api/records/response/${id}`);
      return tasks.find((task) => task.node === node);
    });
  }

  async complete(login, id, node, body) {
    const client = await this.as(login);
    const task = await this.task(login, id, node);
    return client.post(`/api/tasks/${task.id}/complete`, body);
  }

  async signIn(id, post) {
    await this.complete(posts[post], id, `sign_${post}`, { outcome: "here" });
  }

  async work(id, post) {
    const client = await this.as(posts[post]);
    const task = await this.task(posts[post], id, `do_${post}`);
    const fields = await vouchers[post](client);
    const outcome = task.outcomes[0].id;
    await client.post(`/api/tasks/${task.id}/complete`, { outcome, fields });
  }

  // Everybody who is not safe yet is signed off by hand.
  async signOffAll(id) {
    const control = await this.as("control1");
    const { people } = await this.console(id);
    for (const person of people.filter(({ status }) => status !== "safe")) {
      await control.post(`/api/responses/${id}/roll-call`,
        { badge: person.id, status: "safe", note: "" });
    }
  }

  async close(id) {
    return this.complete("head1", id, "command", { outcome: "close", comment: "ok" });
  }
}
