// When a page says that the link is lost. The issue asks for 10 s at most, whichever way the server
// dies: it ends (the socket closes), it hangs, or a cable is cut (only a heart-beat notices).
export interface Heart {
  every_ms: number;
  answer_ms: number;
  patience_ms: number;
  draw_ms: number;
}
export const heart: Heart = {
  every_ms: 3000, answer_ms: 3000, patience_ms: 2500, draw_ms: 1000,
};

// The server dies right after a good beat: the next one starts, waits in vain, and after the
// patience the banner comes with the next drawing.
export const worstNotice_ms = ({ every_ms, answer_ms, patience_ms, draw_ms }: Heart): number =>
  every_ms + answer_ms + patience_ms + draw_ms;

export const isLost = (state: string, since: number, now: number): boolean =>
  state === "down" && now - since >= heart.patience_ms;
