// A part that is put into what is known: never into something older than itself.
import { beforeEach, expect, test, vi } from "vitest";
import { answerOf, follow, forgetAll, patch, refresh } from "./query.ts";

beforeEach(forgetAll);
const merge = (whole: number[], part: number) => [...whole, part];
const gate = <T>() => {
  let open: (value: T) => void = () => {};
  const answer = new Promise<T>((done) => (open = done));
  return { answer, open: (value: T) => open(value) };
};

test("a part is put in and told, without asking for the whole", async () => {
  const load = vi.fn(async () => [1]);
  const told = vi.fn();
  follow("list", load, told);
  await refresh("list");
  told.mockClear();
  expect(await patch("list", async () => 2, merge)).toBe(true);
  expect(answerOf("list").value).toEqual([1, 2]);
  expect(load).toHaveBeenCalledTimes(1);
  expect(told).toHaveBeenCalledTimes(1);
});

test("what nobody looks at, has not come or is just being asked for takes no part", async () => {
  expect(await patch("none", async () => 2, merge)).toBe(false);
  const whole = gate<number[]>();
  follow("list", () => whole.answer, () => {});
  const asking = refresh("list");
  const part = vi.fn(async () => 2);
  expect(await patch("list", part, merge)).toBe(false);
  expect(part).not.toHaveBeenCalled();
  whole.open([1]);
  await asking;
  expect(answerOf("list").value).toEqual([1]);
});

test("a whole that is wanted while a part is on its way comes after it", async () => {
  const load = vi.fn(async () => [1]);
  follow("list", load, () => {});
  await refresh("list");
  const part = gate<number>();
  const patching = patch("list", () => part.answer, merge);
  await refresh("list");
  expect(load).toHaveBeenCalledTimes(1);
  part.open(2);
  expect(await patching).toBe(true);
  await vi.waitFor(() => expect(load).toHaveBeenCalledTimes(2));
  await vi.waitFor(() => expect(answerOf("list").value).toEqual([1]));
});

test("a part that is refused leaves what is known", async () => {
  follow("list", async () => [1], () => {});
  await refresh("list");
  expect(await patch("list", () => Promise.reject(new Error("no")), merge)).toBe(false);
  expect(answerOf("list").value).toEqual([1]);
});
