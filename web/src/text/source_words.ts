// The words for adding sources, browsing them and mapping tags.
import type { Block } from "./block.ts";

const zh = {
  addSource: "添加数据源",
  mapTags: "导入测点",
  tagsCsv: "导出测点 CSV",
  browse: "浏览",
  browseTitle: "浏览 {source}",
  browseRoot: "根节点",
  browseHint: "勾选要接入的变量,再填写位号、区域和单位",
  browseNone: "这里没有节点",
  browseMore: "下一页",
  browseBack: "上一页",
  browsePath: "路径",
  browseTag: "已接入为",
  browseMap: "接入 {n} 个变量",
  toolsTitle: "接入与映射",
  sourceHint: "协议:modbus、mqtt、sparkplug、opcua、replay、diode。口令与证书不在这里,见《数据源接入》。",
  tagHint: "先试运行:任何一行有误,都不会写入;全部无误后一次写入。",
  editLists: "查看与修改",
  fNameEn: "英文名称",
};

export type SourceKey = keyof typeof zh;

const en: Record<SourceKey, string> = {
  addSource: "Add a source",
  mapTags: "Import tags",
  tagsCsv: "Tags as CSV",
  browse: "Browse",
  browseTitle: "Browse {source}",
  browseRoot: "Root",
  browseHint: "Tick the variables to read, then fill in tag, area and unit",
  browseNone: "There are no nodes here",
  browseMore: "Next page",
  browseBack: "Page before",
  browsePath: "Path",
  browseTag: "Read as",
  browseMap: "Map {n} variables",
  toolsTitle: "Sources and mapping",
  sourceHint: "Protocols: modbus, mqtt, sparkplug, opcua, replay, diode. Passwords and certificates do not stand here, see the guide on sources.",
  tagHint: "Try it first: while any row is wrong nothing is written; when all are right they are written at once.",
  editLists: "Look through and change",
  fNameEn: "Name (English)",
};

export const sourceText: Block<SourceKey> = { zh, en };
