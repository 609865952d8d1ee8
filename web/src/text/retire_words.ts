// The words for taking sources and tags out of use and bringing them back.
import type { Block } from "./block.ts";

const zh = {
  retire: "停用",
  bringBack: "恢复使用",
  retired: "已停用",
  retireTitle: "停用 {code}",
  backTitle: "恢复使用 {code}",
  retireHint: "停用后不再采集、不计为失效;未结束的报警随之结束,流水写明理由;历史仍可查看;编码不能另作他用。",
  retireSourceHint: "其全部测点一并停用。",
  backHint: "恢复后按原来的设置采集和报警。",
  reason: "理由",
  done: "已停用 {code}",
  backDone: "已恢复使用 {code}",
  neededBy: "以下内容还在用它,不能停用:",
  needOf: "{tag}:",
  why_formula: "公式报警",
  why_reference: "偏差报警的对比测点",
  why_cause: "被它抑制的报警",
  why_interlock: "联锁或应急程序",
  why_permit: "作业票",
  why_response: "进行中的应急响应",
  keptSince: "{by} 于 {at} 停用:{reason}",
  retiredList: "已停用的数据源与测点",
  colRetired: "停用(true/false)",
  colReason: "停用或恢复的理由",
  tagRetired: "测点已停用:{reason}",
  limitGone: "限值已删除",
};

export type RetireKey = keyof typeof zh;

const en: Record<RetireKey, string> = {
  retire: "Retire",
  bringBack: "Bring back",
  retired: "retired",
  retireTitle: "Retire {code}",
  backTitle: "Bring back {code}",
  retireHint: "Nobody reads it any more and it never counts as stale; its open alarms end, and the journal says why; its history stays; its code goes to nothing else.",
  retireSourceHint: "All its tags are retired with it.",
  backHint: "It is read and alarms as it was set up before.",
  reason: "Reason",
  done: "{code} is retired",
  backDone: "{code} is in use again",
  neededBy: "It can't be retired while these need it:",
  needOf: "{tag}:",
  why_formula: "formula alarm",
  why_reference: "compared with it",
  why_cause: "alarm suppressed by it",
  why_interlock: "interlock or emergency procedure",
  why_permit: "permit",
  why_response: "emergency response under way",
  keptSince: "Retired by {by} at {at}: {reason}",
  retiredList: "Sources and tags out of use",
  colRetired: "Retired (true/false)",
  colReason: "Why it is retired or brought back",
  tagRetired: "Tag retired: {reason}",
  limitGone: "Limit removed",
};

export const retireText: Block<RetireKey> = { zh, en };
