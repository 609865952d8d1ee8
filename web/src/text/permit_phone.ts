// What the phone says about permits, beside what both say.
import { useBlock, type Block, type BlockSpeech } from "./block.ts";
import { enPermitPhone } from "./en_permit_phone.ts";
import { useText, type Speech } from "./index.ts";
import { permitText, type PermitKey } from "./permit.ts";
import { zhPermitPhone } from "./zh_permit_phone.ts";

export type PermitPhoneKey = PermitKey | keyof typeof zhPermitPhone;
export const permitPhoneText: Block<PermitPhoneKey> = {
  zh: { ...permitText.zh, ...zhPermitPhone }, en: { ...permitText.en, ...enPermitPhone },
};

export interface PermitPhoneSpeech extends Speech {
  p: BlockSpeech<PermitPhoneKey>["t"];
}
export function usePermitPhone(): PermitPhoneSpeech {
  return { ...useText(), p: useBlock(permitPhoneText).t };
}
