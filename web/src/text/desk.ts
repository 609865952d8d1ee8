// The words of the desk: its own block, and a dictionary that has the common words as well.
import type { Language } from "../api/types.ts";
import { usePrefs } from "../data/prefs.ts";
import { speak, type Block, type BlockSpeech } from "./block.ts";
import { enDesk } from "./en_desk.ts";
import { textsOf, type TextKey, type Texts } from "./index.ts";
import { zhDesk } from "./zh_desk.ts";

export type DeskKey = keyof typeof zhDesk;
export const deskText: Block<DeskKey> = { zh: zhDesk, en: enDesk };

export type SeatKey = TextKey | DeskKey;
const wholeOf = (language: Language): Texts & Record<DeskKey, string> =>
  ({ ...deskText[language], ...textsOf(language) });
const seatText: Block<SeatKey> = { zh: wholeOf("zh"), en: wholeOf("en") };

// The common words and those of the desk by one name. No key stands in both (block.test.ts).
export const useSeat = (): BlockSpeech<SeatKey> => speak(seatText, usePrefs().language);
