// The words of signatures, attachments, drafts and copies; loaded with the task that asks for them.
import { useBlock, type Block, type BlockSpeech } from "./block.ts";

const zh = {
  signature: "手写签名",
  signatureHint: "签名与您填写的内容一起存证",
  sign: "签名",
  signAgain: "重签",
  signHere: "请在框内签名",
  signDone: "完成",
  signClear: "清除",
  signUndo: "撤销一笔",
  signRedo: "恢复一笔",
  lacks_signature: "请先签名",
  signed: "已签名",
  attachments: "附件",
  attachmentsHint: "照片、视频或 PDF,最多 {n} 个",
  lacks_attachments: "请先添加附件",
  draftSave: "保存草稿",
  draftSaved: "草稿已保存 {time}",
  draftTakenUp: "已恢复 {time} 的草稿",
  draftFailed: "草稿未保存:连不上服务器",
  file: "附件 {n}",
  download: "下载 PDF {n}({size})",
  film: "视频 {n}",
  copyTitle: "抄送给您",
  copyHint: "只读:这条记录抄送给您知会,无需办理。",
  copyBrief: "您的角色不能查看此表单的内容,只能看到编号和状态。",
  copyState: "状态",
  copyNumber: "编号",
};

const en: Record<keyof typeof zh, string> = {
  signature: "Signature by hand",
  signatureHint: "It is kept in the ledger with what you fill in",
  sign: "Sign",
  signAgain: "Sign again",
  signHere: "Sign inside the box",
  signDone: "Done",
  signClear: "Clear",
  signUndo: "Undo a stroke",
  signRedo: "Redo a stroke",
  lacks_signature: "Please sign first",
  signed: "Signed",
  attachments: "Attachments",
  attachmentsHint: "Photos, videos or PDF, {n} at most",
  lacks_attachments: "Please add an attachment first",
  draftSave: "Save draft",
  draftSaved: "Draft saved {time}",
  draftTakenUp: "Draft of {time} taken up again",
  draftFailed: "Draft not saved: no connection to the server",
  file: "Attachment {n}",
  download: "Download PDF {n} ({size})",
  film: "Video {n}",
  copyTitle: "Copied to you",
  copyHint: "Read only: you are told of this record and need not do anything.",
  copyBrief: "Your role does not see what stands in this form, only its number and state.",
  copyState: "State",
  copyNumber: "Number",
};

export type ProofKey = keyof typeof zh;
export const proofText: Block<ProofKey> = { zh, en };
export const useProofText = (): BlockSpeech<ProofKey> => useBlock(proofText);
