// How much of mine has not reached the server yet, for the mark in every bar. Its own small file:
// the outbox itself comes later than the first screen.
import { createStore, useStore } from "./store.ts";

export interface Waiting {
  count: number;
  refused: number;
}
export const waiting = createStore<Waiting>({ count: 0, refused: 0 });
export const useWaiting = (): Waiting => useStore(waiting);
