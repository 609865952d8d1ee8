// What the phone's emergency pages say; loaded with them.
import { useBlock, type Block, type BlockSpeech } from "./block.ts";
import { enPhone } from "./en_phone.ts";
import { useText, type Speech } from "./index.ts";
import { zhPhone } from "./zh_phone.ts";

export type PhoneKey = keyof typeof zhPhone;
export const phoneText: Block<PhoneKey> = { zh: zhPhone, en: enPhone };

export interface PhoneSpeech extends Speech {
  p: BlockSpeech<PhoneKey>["t"];
}
export function usePhoneText(): PhoneSpeech {
  return { ...useText(), p: useBlock(phoneText).t };
}
