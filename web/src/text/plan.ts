// The words on and beside the plan, which phone and desk both show.
import type { Block } from "./block.ts";

const zh = {
  plan: "厂区平面图",
  zoomIn: "放大",
  zoomOut: "缩小",
  zoomFit: "看全图",
  asTable: "平面图的文字说明",
  zone: "区域",
  risk: "风险",
  people: "人员",
  unsure: "({n} 人位置不确定)",
  alarms: "报警",
  permits: "作业票",
  musters: "集合点",
  exits: "出口",
  gates: "门禁",
  windFrom: "风向 {from}° · {speed} m/s",
  windCalm: "静风:按距离划定危险区",
  hazardAt: "危险区半径 {radius} m",
  outside: "区域外",
  north: "北",
  you: "我的位置",
  routeTo: "撤离路线 {count} 条",
  riskRed: "重大", riskOrange: "较大", riskYellow: "一般", riskBlue: "低", riskNone: "未定级",
};

const en: typeof zh = {
  plan: "Plan of the plant",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  zoomFit: "Show all",
  asTable: "The plan in words",
  zone: "Area",
  risk: "Risk",
  people: "People",
  unsure: "({n} of them not sure)",
  alarms: "Alarms",
  permits: "Permits",
  musters: "Muster points",
  exits: "Exits",
  gates: "Gates",
  windFrom: "Wind from {from}° · {speed} m/s",
  windCalm: "Calm: the danger area goes by distance",
  hazardAt: "Danger within {radius} m",
  outside: "outside areas",
  north: "N",
  you: "My place",
  routeTo: "{count} ways out",
  riskRed: "Major", riskOrange: "Serious", riskYellow: "Moderate", riskBlue: "Low",
  riskNone: "Not graded",
};

export type PlanTextKey = keyof typeof zh;
export const planText: Block<PlanTextKey> = { zh, en };
