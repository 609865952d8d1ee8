import { expect, test } from "vitest";
import { noHold, pressed, released, shareHeld, ticked } from "./hold.ts";

const need_ms = 2000;

test("a hold of two seconds counts once, a shorter one never", () => {
  let hold = pressed(noHold, 1000);
  expect(ticked(hold, 2999, need_ms).fires).toBe(false);
  const first = ticked(hold, 3000, need_ms);
  expect(first.fires).toBe(true);
  hold = first.hold;
  expect(ticked(hold, 3016, need_ms).fires).toBe(false);
});

test("letting go starts from nothing, and a second finger does not shorten the hold", () => {
  expect(shareHeld(released(), 9999, need_ms)).toBe(0);
  const hold = pressed(pressed(noHold, 1000), 1900);
  expect(shareHeld(hold, 2000, need_ms)).toBe(0.5);
});

test("a clock that jumps back gives no share below nothing", () => {
  expect(shareHeld(pressed(noHold, 5000), 4000, need_ms)).toBe(0);
});
