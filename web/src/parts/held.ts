// A device that is held in the hand: it has a camera and pickers of its own. Not where a mouse is.
export const held = (): boolean =>
  typeof matchMedia === "function" && matchMedia("(pointer: coarse)").matches;
