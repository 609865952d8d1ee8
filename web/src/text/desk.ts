// The words of the control pages.
import type { Block } from "./block.ts";
import { enDesk } from "./en_desk.ts";
import { zhDesk } from "./zh_desk.ts";

export type DeskKey = keyof typeof zhDesk;
export const deskText: Block<DeskKey> = { zh: zhDesk, en: enDesk };
