// What the desk says about permits, beside what both say.
import { useBlock, type Block, type BlockSpeech } from "./block.ts";
import { useSeat, type SeatKey } from "./desk.ts";
import { enPermitDesk } from "./en_permit_desk.ts";
import { permitText, type PermitKey } from "./permit.ts";
import { zhPermitDesk } from "./zh_permit_desk.ts";

export type PermitDeskKey = PermitKey | keyof typeof zhPermitDesk;
export const permitDeskText: Block<PermitDeskKey> = {
  zh: { ...permitText.zh, ...zhPermitDesk }, en: { ...permitText.en, ...enPermitDesk },
};

export interface PermitDeskSpeech extends BlockSpeech<SeatKey> {
  p: BlockSpeech<PermitDeskKey>["t"];
}
export function usePermitDesk(): PermitDeskSpeech {
  return { ...useSeat(), p: useBlock(permitDeskText).t };
}
