// One permit by clicks alone: whoever is waited for does the next step at a screen of their own,
// in the words that they read there. Seats are kept, so that nobody logs in twice.
import { until } from "./client.mjs";
import { kinds, Permits, saidOnSpot } from "./permit_life.mjs";
import { PermitSeat } from "./permit_seat.mjs";

export const texts = {
  approve: { zh: "批准", en: "Approve" },
  disclose: { zh: "已交底", en: "Briefed" }, receive: { zh: "已接受交底", en: "Received" },
  sign: { zh: "签发开工", en: "Sign and start" }, sign_site: { zh: "同意开工", en: "Start" },
  work: { zh: "完工", en: "Finish" },
  handover: { zh: "更换监护人", en: "Change the guardian" },
  handoverLeader: { zh: "更换负责人", en: "Change the leader" },
  take: { zh: "接班", en: "Take over" },
  applied: { zh: "已执行并挂牌", en: "Applied and tagged" },
  verified: { zh: "核验有效", en: "Verified" },
  hand_back: { zh: "清点清场完毕,交验", en: "Counted and cleared: hand back" },
  accept: { zh: "验收合格", en: "Accept" },
};
const tools = "扳手2把 / two spanners";
const list = (side) => ["tools", "isolations", "clean"].map((line) => `${side}_${line}`);

// What each act asks for, beside the press.
const asks = {
  sign: { comment: saidOnSpot, isOnSpot: true, fields: { tools_in: tools } },
  sign_site: { comment: saidOnSpot, isOnSpot: true },
  hand_back: { fields: { tools_back: tools }, ticks: list("crew") },
  accept: { comment: saidOnSpot, ticks: list("owner") },
};

export class PermitHands {
  constructor(where) {
    this.where = where;
    this.permits = new Permits(where.server, where.seed.password);
    this.seats = new Map();
  }

  // A short seat keeps to its acts: another walk has looked at the same page. One thing at a time
  // is done at each.
  async at(login, act) {
    if (!this.seats.has(login)) {
      const { server, browser, watch, lang, seed } = this.where;
      const seat = new PermitSeat(
        { server, browser, watch, lang, size: "phone", password: seed.password, isShort: true });
      this.seats.set(login, seat.sitDown(login));
    }
    const before = this.seats.get(login);
    const done = before.then(act);
    this.seats.set(login, done.then(() => before, () => before));
    return done;
  }

  async apply(kind, { area, people, helpers = {}, ...wish }) {
    const { seed, lang } = this.where;
    const named = (some) => Object.fromEntries(
      Object.entries(some).map(([field, login]) => [field, seed.nameOf(login)]));
    return this.at(people.leader, (seat) => seat.apply({
      kind, area: seed.areaName(area, lang), content: kinds[kind].content, ...wish,
      people: named(people), helpers: named(helpers),
    }));
  }

  // The next step, by a click of whoever is waited for: its node.
  async step(id) {
    const { permits } = this;
    const { task, login } = await until(`somebody to act on ${id}`, () => permits.open(id));
    const { node } = task;
    if (node === "sign") await this.prepare(id);
    if (node === "accept") await permits.giveBack(id);
    await this.at(login, async (seat) => {
      await seat.context.setGeolocation(await permits.spotOf(id));
      if (node === "confirm") return seat.confirm(id, "hands");
      await seat.card(id);
      return seat.press(texts[node][this.where.lang], asks[node]);
    });
    const isOpen = async () =>
      (await permits.view(id)).tasks.some((one) => one.id === task.id);
    await until(`${node} to be taken`, async () => !await isOpen());
    return node;
  }

  // What must be there before the guardian signs.
  async prepare(id) {
    await this.permits.isolate(id);
    if (!await this.permits.asksGas(id)) return;
    await this.at("safety4", (seat) => seat.test(id, "outside", { lel: 0, o2: 20.9 }));
  }

  async leave() {
    for (const seat of this.seats.values()) await (await seat).leave();
  }
}
