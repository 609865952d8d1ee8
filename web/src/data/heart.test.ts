import { expect, test } from "vitest";
import { heart, isLost, worstNotice_ms } from "./heart.ts";

// What the page really does, played in steps of 100 ms: beats, a timer per beat, the banner.
function noticed_ms(dies_at: number, hangs: boolean): number {
  let since = 0;
  let state = "up";
  const failing: number[] = [];
  for (let now = 0; now < 60000; now += 100) {
    const isDead = now >= dies_at;
    if (now > 0 && now % heart.every_ms === 0 && isDead) {
      failing.push(now + (hangs ? heart.answer_ms : 0));
    }
    if (failing.some((end) => end <= now) && state === "up") {
      state = "down";
      since = now;
    }
    if (now % heart.draw_ms === 0 && isLost(state, since, now)) return now - dies_at;
  }
  return Infinity;
}

test("a page says within 10 s that the server is gone, however it went", () => {
  expect(worstNotice_ms(heart)).toBeLessThanOrEqual(10000);
  for (let dies_at = 5000; dies_at < 5000 + heart.every_ms * 4; dies_at += 100) {
    expect(noticed_ms(dies_at, true)).toBeLessThanOrEqual(10000);
    expect(noticed_ms(dies_at, false)).toBeLessThanOrEqual(10000);
  }
});

test("a short stumble of the link is not worth a banner", () => {
  expect(isLost("down", 1000, 1000 + heart.patience_ms - 1)).toBe(false);
  expect(isLost("down", 1000, 1000 + heart.patience_ms)).toBe(true);
  expect(isLost("up", 0, 99999)).toBe(false);
});
