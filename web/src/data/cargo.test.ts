import { expect, test } from "vitest";
import { afterSending, dueCargo, released, type Cargo } from "./cargo_step.ts";
import type { Op } from "./outbox_step.ts";

const cargo = (more: Partial<Cargo> = {}): Cargo => ({
  id: "sha", op: "o1", owner: "me", form: "hazard", about: "r1", name: "1.jpg", bytes: 1, at: 1000,
  share: 0, tries: 0, not_before: 0, state: "held", ...more,
});
const op = (more: Partial<Op> = {}): Op => ({
  id: "o1", owner: "me", kind: "report", about: "hazard/r1", path: "", body: {}, at: 1000,
  not_before: 0, tries: 0, state: "waiting", ...more,
});
const refused = (code: string, status: number, isOffline = false) =>
  ({ code, status, isOffline, message: "no" });

test("text first: a photo is held until its report has arrived", () => {
  expect(released(cargo(), op(), 2000)?.state).toBe("held");
  expect(released(cargo(), op({ state: "refused" }), 2000)?.state).toBe("held");
  expect(released(cargo(), op({ state: "sent" }), 2000)?.state).toBe("waiting");
  expect(dueCargo([cargo()], "me", 5000, true)).toEqual([]);
});

test("the photo of a report without a name waits for the code that lets it in", () => {
  const nameless = op({ kind: "anonymous", owner: "", state: "sent", answer: { code: "C-1" } });
  expect(released(cargo({ owner: "" }), nameless, 2000)).toMatchObject({
    state: "waiting", code: "C-1",
  });
  expect(dueCargo([cargo({ owner: "", state: "waiting" })], "", 5000)).toHaveLength(1);
});

test("a box that was read too early loses no photo", () => {
  expect(released(cargo(), undefined, 2000)?.state).toBe("held");
  expect(released(cargo(), undefined, 2000000)?.state).toBe("waiting");
});

test("what somebody else took on this phone waits for them", () => {
  expect(dueCargo([cargo({ owner: "other", state: "waiting" })], "me", 5000)).toEqual([]);
});

test("a lost link only delays, a refusal is shown, arrival ends it", () => {
  const waiting = cargo({ state: "waiting" });
  const later = afterSending(waiting, refused("offline", 0, true), 1000, 1);
  expect(later).toMatchObject({ state: "waiting", tries: 1 });
  expect(later?.not_before).toBeGreaterThan(1000);
  expect(afterSending(waiting, refused("bad_image", 422), 1000, 1)?.state).toBe("refused");
  expect(afterSending(waiting, null, 1000, 1)).toBeNull();
});
