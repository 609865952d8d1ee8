// What ledgers in the field call things: headings of columns, and the words in them. Data, taken
// from common templates of hazard ledgers; more is added when a plant brings another.
import type { Headings, Words } from "../data/desk_ledger.ts";

export const ledgerHeadings: Headings = {
  old_number: ["序号", "编号", "隐患编号", "台账编号", "No", "No.", "Number", "ID"],
  area: ["区域", "所在区域", "隐患位置", "隐患部位", "地点", "装置", "部位", "Location", "Area code"],
  device: ["设备", "设备位号", "位号", "Equipment", "Tag"],
  place_note: ["具体位置", "位置说明", "详细地点"],
  category: ["隐患类别", "隐患类型", "专业", "类型", "Type", "Hazard type"],
  level: ["隐患等级", "隐患级别", "级别", "Grade", "Severity"],
  description: ["隐患内容", "隐患描述", "问题描述", "存在问题", "隐患情况", "内容", "Finding", "Hazard"],
  reported_at: ["上报时间", "检查日期", "排查日期", "排查时间", "发现日期", "发现时间", "日期",
    "Date", "Reported", "Found on"],
  reporter: ["上报人", "检查人", "排查人", "发现人", "Reporter", "Found by"],
  owner: ["责任人", "整改责任人", "整改负责人", "负责人", "Responsible", "Assigned to"],
  measure: ["整改措施", "治理措施", "措施", "Action", "Corrective action"],
  interim_control: ["临时措施", "管控措施", "防范措施"],
  due_at: ["整改期限", "整改时限", "完成期限", "计划完成时间", "要求完成日期", "Due date", "Deadline"],
  fund: ["整改资金", "资金", "费用", "Cost"],
  repair_note: ["整改情况", "整改结果", "Result"],
  repaired_at: ["整改完成时间", "整改完成日期"],
  verified_by: ["验收人", "复查人", "Verified by"],
  verified_at: ["验收时间", "验收日期", "销号日期", "复查日期", "闭环日期", "关闭日期", "完成时间",
    "完成日期", "整改日期", "Verified on", "Completed", "Closed on"],
  state: ["状态", "整改状态", "是否完成", "是否整改", "完成情况", "Status"],
  source: ["检查类型", "排查类型", "来源", "Source"],
};

const levels = {
  red: ["重大隐患", "重大事故隐患", "A级", "I级", "1级", "Critical"],
  orange: ["较大隐患", "较大事故隐患", "B级", "II级", "2级", "High"],
  yellow: ["一般隐患", "一般事故隐患", "C级", "III级", "3级", "Medium"],
  blue: ["低风险", "轻微", "D级", "IV级", "4级", "Low"],
};
export const ledgerWords: Words = {
  choices: {
    level: levels,
    category: {
      leak: ["跑冒滴漏"], electrical: ["用电", "电气隐患"], fire: ["消防隐患", "火灾"],
      behaviour: ["违章", "人的不安全行为"], equipment: ["设备设施", "物的不安全状态"],
      guarding: ["安全防护"], instrument: ["仪表自控"],
    },
  },
  open: ["未整改", "未完成", "整改中", "正在整改", "进行中", "否", "open", "in progress", "no"],
  closed: ["已整改", "已完成", "已闭环", "已销号", "已验收", "整改完毕", "完成", "闭环", "是", "closed",
    "done", "yes"],
};
