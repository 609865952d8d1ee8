// The words of the desk's pages about hazards, figures, duty and the system; loaded with them.
import { useBlock, type Block, type BlockSpeech } from "./block.ts";
import { enWork } from "./en_work.ts";
import { useText, type Speech } from "./index.ts";
import { zhWork } from "./zh_work.ts";

export type WorkKey = keyof typeof zhWork;
export const workText: Block<WorkKey> = { zh: zhWork, en: enWork };

export interface WorkSpeech extends Speech {
  w: BlockSpeech<WorkKey>["t"];
}
export function useWork(): WorkSpeech {
  return { ...useText(), w: useBlock(workText).t };
}
