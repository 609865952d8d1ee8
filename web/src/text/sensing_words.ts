// The words of trends, journal, device page, limits and cards; loaded with these pages.
import type { Block } from "./block.ts";

const zh = {
  from: "从",
  to: "到",
  showWindow: "显示",
  backToLive: "回到实时",
  zoom_nearer: "放大",
  zoom_further: "缩小",
  zoom_earlier: "往前",
  zoom_later: "往后",
  windowBad: "结束时间须晚于开始时间,最长 366 天",
  zoomHint: "拖动选择时段放大;点击固定一个时刻,用于查看数值和批注",
  band: "浅色带为最小值到最大值,线为平均值",
  doubt_none: "无数据",
  doubt_bad: "坏值或过期",
  doubt_uncertain: "可疑",
  leastMost: "最小~最大",
};

export type SensingKey = keyof typeof zh;

const en: Record<SensingKey, string> = {
  from: "From",
  to: "To",
  showWindow: "Show",
  backToLive: "Back to live",
  zoom_nearer: "Zoom in",
  zoom_further: "Zoom out",
  zoom_earlier: "Earlier",
  zoom_later: "Later",
  windowBad: "It must end after it begins, 366 days at most",
  zoomHint: "Drag to zoom into a period; click to hold a moment for values and notes",
  band: "The band is least to most, the line the mean",
  doubt_none: "no data",
  doubt_bad: "bad or stale",
  doubt_uncertain: "uncertain",
  leastMost: "least to most",
};

export const sensingText: Block<SensingKey> = { zh, en };
