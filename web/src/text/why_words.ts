// The words of why a table decided so; loaded with it.
import { useBlock, type Block, type BlockSpeech } from "./block.ts";

const zh = {
  why: "判定依据",
  rule: "“{decision}”第 {number} 条",
  none: "没有规则命中",
  inputs: "看了:{names}",
  warnings: "提示:{text}",
};

const en: Record<keyof typeof zh, string> = {
  why: "Why",
  rule: "“{decision}”, rule {number}",
  none: "No rule fired",
  inputs: "It looked at: {names}",
  warnings: "Note: {text}",
};

const words: Block<keyof typeof zh> = { zh, en };
export const useWhyText = (): BlockSpeech<keyof typeof zh> => useBlock(words);
