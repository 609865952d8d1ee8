// Holding a button until it counts. Pure: the present comes in.
export interface Hold {
  since: number | null;
  isDone: boolean;
}
export const noHold: Hold = { since: null, isDone: false };

export const pressed = (hold: Hold, now: number): Hold =>
  hold.since === null ? { since: now, isDone: false } : hold;
export const released = (): Hold => noHold;

export function shareHeld(hold: Hold, now: number, need_ms: number): number {
  if (hold.since === null) return 0;
  return Math.min(1, Math.max(0, (now - hold.since) / need_ms));
}
// `fires` is true once for each hold, however often the clock ticks.
export function ticked(hold: Hold, now: number, need_ms: number): { hold: Hold; fires: boolean } {
  if (hold.since === null || hold.isDone) return { hold, fires: false };
  if (shareHeld(hold, now, need_ms) < 1) return { hold, fires: false };
  return { hold: { ...hold, isDone: true }, fires: true };
}
