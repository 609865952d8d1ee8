// The words of the desk's pages about hazards, figures, duty and the system; loaded with them.
import { useBlock, type Block, type BlockSpeech } from "./block.ts";
import { useSeat, type SeatKey } from "./desk.ts";
import { enWork } from "./en_work.ts";
import { zhWork } from "./zh_work.ts";

export type WorkKey = keyof typeof zhWork;
export const workText: Block<WorkKey> = { zh: zhWork, en: enWork };

export interface WorkSpeech extends BlockSpeech<SeatKey> {
  w: BlockSpeech<WorkKey>["t"];
}
export function useWork(): WorkSpeech {
  return { ...useSeat(), w: useBlock(workText).t };
}
