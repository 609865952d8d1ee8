// What the log-in says of second factors and of the log-in provider; loaded with those pages.
import { useBlock, type Block, type BlockSpeech } from "./block.ts";
import { useText, type Speech } from "./index.ts";

const zh = {
  codeTitle: "请输入验证码",
  codeHint: "打开手机上的验证器应用,输入 6 位验证码。手机不在身边时,输入一个恢复码。",
  code: "验证码或恢复码",
  appCode: "验证器显示的 6 位验证码",
  codeWrong: "验证码不正确,或已经用过",
  codeBad: "验证码不对。请核对手机时间,再输入当前显示的验证码。",
  codeGo: "登录",
  startOver: "重新登录",
  setUpTitle: "设置第二因素",
  setUpNeeded: "您的角色必须使用第二因素登录。请现在设置。",
  setUpHint: "用手机上的验证器应用扫描二维码,再输入它显示的验证码。",
  setUpQr: "验证器应用的二维码",
  setUpKey: "无法扫码时,手工输入密钥",
  setUpGo: "启用",
  setUpStart: "设置第二因素",
  passwordAgain: "请再次输入登录密码",
  codesTitle: "请保存恢复码",
  codesHint: "手机丢失时,每个恢复码可登录一次。离开本页后不再显示,请打印或抄写,放在安全的地方。",
  codesKept: "我已保存",
  codesPrint: "打印",
  panelTitle: "登录第二因素",
  panelOff: "未启用:只用密码登录",
  panelOn: "已启用,剩余恢复码 {n} 个",
  panelRequired: "您的角色必须启用,不能停用",
  panelFewCodes: "恢复码快用完了,请重新生成",
  renew: "重新生成恢复码",
  remove: "停用第二因素",
  removed: "第二因素已停用",
  sessionLost: "登录已超时,请重新登录",
  or: "或",
  refusedUnknown: "您的统一身份账号尚未关联本系统人员。请联系管理员。",
  refusedDown: "统一身份认证暂时无法连接,请用本地账号登录。",
  refusedAgain: "这次登录已失效,请重新开始。",
  refusedFailed: "统一身份认证未通过,请重试。",
  adminRemove: "移除第二因素",
  adminRemoveHint: "移除 {name} 的登录第二因素,并结束其所有登录。请先当面核实本人。本人会收到通知,操作记入存证。",
  adminRemoved: "已移除 {name} 的第二因素",
  adminUnlink: "解除统一身份关联",
  adminUnlinked: "已解除 {name} 的统一身份关联",
  adminMenu: "{name} 的登录",
};

const en: typeof zh = {
  codeTitle: "Enter your code",
  codeHint: "Open the authenticator app on your phone and enter its 6 digits. " +
    "Without your phone, enter a recovery code.",
  code: "Code or recovery code",
  appCode: "The 6 digits that the app shows",
  codeWrong: "The code is wrong, or has been used already",
  codeBad: "That is not the code. Check the time of the phone and enter what the app shows now.",
  codeGo: "Log in",
  startOver: "Start over",
  setUpTitle: "Set up a second factor",
  setUpNeeded: "Your role has to log in with a second factor. Please set it up now.",
  setUpHint: "Scan the picture with an authenticator app on your phone, " +
    "then enter the code that it shows.",
  setUpQr: "QR code for the authenticator app",
  setUpKey: "If you cannot scan it, type in this key",
  setUpGo: "Turn on",
  setUpStart: "Set up a second factor",
  passwordAgain: "Your password once more",
  codesTitle: "Keep your recovery codes",
  codesHint: "If you lose your phone, each of them logs you in once. They are not shown again: " +
    "print or write them down and keep them safe.",
  codesKept: "I have kept them",
  codesPrint: "Print",
  panelTitle: "Second factor",
  panelOff: "Off: you log in with your password alone",
  panelOn: "On, {n} recovery codes left",
  panelRequired: "Your role needs it, so it can't be turned off",
  panelFewCodes: "Few recovery codes are left, make fresh ones",
  renew: "Make fresh recovery codes",
  remove: "Turn off",
  removed: "The second factor is off",
  sessionLost: "This took too long, please log in again",
  or: "or",
  refusedUnknown: "Your company account belongs to nobody here. Please ask an administrator.",
  refusedDown: "The company log-in cannot be reached. Please use your local account.",
  refusedAgain: "This log-in is no longer valid, please start again.",
  refusedFailed: "The company log-in did not succeed, please try again.",
  adminRemove: "Remove second factor",
  adminRemoveHint: "Removes the second factor of {name} and ends every session. " +
    "Make sure who is asking. The person is told, and it stands in the ledger.",
  adminRemoved: "The second factor of {name} is removed",
  adminUnlink: "Forget company account",
  adminUnlinked: "The company account of {name} is forgotten",
  adminMenu: "Log-in of {name}",
};

export type FactorKey = keyof typeof zh;
export const factorText: Block<FactorKey> = { zh, en };

export interface FactorSpeech extends Speech {
  p: BlockSpeech<FactorKey>["t"];
}
export function useFactorText(): FactorSpeech {
  return { ...useText(), p: useBlock(factorText).t };
}
