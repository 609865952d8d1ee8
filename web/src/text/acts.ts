// What the acts of approval are called; loaded with the pages that offer or tell them.
import { useBlock, type Block } from "./block.ts";
import { enActs } from "./en_acts.ts";
import { zhActs } from "./zh_acts.ts";

export type ActsKey = keyof typeof zhActs;
export const actsText: Block<ActsKey> = { zh: zhActs, en: enActs };
export const useActsText = () => useBlock(actsText);
