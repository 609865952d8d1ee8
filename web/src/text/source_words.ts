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
  fCode: "编码", fTag: "位号", fNameZh: "名称", fNameEn: "英文名称", fProtocol: "协议", fHost: "地址",
  fPort: "端口", fUnitId: "从站号", fTopic: "主题(Sparkplug:组名)", fUrlPath: "OPC UA 地址路径",
  fSecurity: "OPC UA 安全策略", fFile: "回放文件", fSpeed: "回放倍速", fReplayAs: "回放时间",
  fTransport: "单向链路方式", fSimulated: "模拟源", fSource: "数据源", fArea: "区域", fDevice: "所属设备",
  fTable: "寄存器区", fAddress: "寄存器地址", fPath: "源内路径", fType: "数据类型", fOrder: "字节序",
  fScale: "倍率", fOffset: "偏移", fUnit: "单位", fLow: "量程下限", fHigh: "量程上限",
  fEvery: "采集周期(毫秒)", fPurpose: "用途", fSubstance: "介质", fX: "平面图东向(米)", fY: "平面图北向(米)",
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
  fCode: "Code", fTag: "Tag", fNameZh: "Name (Chinese)", fNameEn: "Name (English)",
  fProtocol: "Protocol", fHost: "Host", fPort: "Port", fUnitId: "Unit",
  fTopic: "Topic (Sparkplug: group)", fUrlPath: "OPC UA path of the address",
  fSecurity: "OPC UA security", fFile: "Recording", fSpeed: "Speed of the recording",
  fReplayAs: "Times of the recording", fTransport: "How the one-way link comes",
  fSimulated: "Simulated", fSource: "Data source", fArea: "Area", fDevice: "Device",
  fTable: "Register table", fAddress: "Register address", fPath: "Path in the source",
  fType: "Data type", fOrder: "Byte order", fScale: "Scale", fOffset: "Offset", fUnit: "Unit of measure",
  fLow: "Range low", fHigh: "Range high", fEvery: "Read every (ms)", fPurpose: "Purpose",
  fSubstance: "Substance", fX: "East on the plan (m)", fY: "North on the plan (m)",
};

export const sourceText: Block<SourceKey> = { zh, en };
