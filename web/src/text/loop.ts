// What the hazard loop says on the phone; loaded with its pages.
import { useBlock, type Block, type BlockSpeech } from "./block.ts";
import { enLoop } from "./en_loop.ts";
import { useText, type Speech } from "./index.ts";
import { zhLoop } from "./zh_loop.ts";

export type LoopKey = keyof typeof zhLoop;
export const loopText: Block<LoopKey> = { zh: zhLoop, en: enLoop };

export interface LoopSpeech extends Speech {
  p: BlockSpeech<LoopKey>["t"];
}
export function useLoopText(): LoopSpeech {
  return { ...useText(), p: useBlock(loopText).t };
}
