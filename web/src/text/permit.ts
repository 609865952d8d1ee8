// What desk and phone both say about permits; loaded with those pages.
import { useBlock, type Block, type BlockSpeech } from "./block.ts";
import { enPermit } from "./en_permit.ts";
import { useText, type Speech } from "./index.ts";
import { zhPermit } from "./zh_permit.ts";

export type PermitKey = keyof typeof zhPermit;
export const permitText: Block<PermitKey> = { zh: zhPermit, en: enPermit };

export interface PermitSpeech extends Speech {
  p: BlockSpeech<PermitKey>["t"];
}
export function usePermitText(): PermitSpeech {
  return { ...useText(), p: useBlock(permitText).t };
}
