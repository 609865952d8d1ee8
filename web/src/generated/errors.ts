// generated from src/core/errors.def by tools/gen.mjs; do not edit

export type ErrorCode =
  | "bad_request"
  | "bad_json"
  | "bad_field"
  | "missing_field"
  | "unknown_field"
  | "check_failed"
  | "too_large"
  | "too_deep"
  | "limit_reached"
  | "too_many_requests"
  | "overloaded"
  | "not_logged_in"
  | "login_failed"
  | "locked_out"
  | "password_change_required"
  | "weak_password"
  | "forbidden"
  | "separation_of_duty"
  | "not_found"
  | "method_not_allowed"
  | "conflict"
  | "duplicate"
  | "key_reused"
  | "wrong_state"
  | "bad_image"
  | "hash_mismatch"
  | "evidence_missing"
  | "evidence_doubtful"
  | "permit_conflict"
  | "certificate_missing"
  | "guardian_busy"
  | "place_unproven"
  | "parent_not_active"
  | "isolation_open"
  | "people_inside"
  | "measures_open"
  | "gas_test_missing"
  | "rules_draft"
  | "device_revoked"
  | "bad_expression"
  | "bad_model"
  | "bad_pack"
  | "proof_invalid"
  | "disk_full"
  | "read_only"
  | "store_failed"
  | "internal";

export interface ErrorText {
  status: number;
  zh: string;
  en: string;
}

export const errorTexts: Readonly<Record<ErrorCode, ErrorText>> = {
  bad_request: {
    status: 400,
    zh: "请求无法识别",
    en: "The request could not be understood",
  },
  bad_json: {
    status: 400,
    zh: "数据格式有误",
    en: "The data is not valid JSON",
  },
  bad_field: {
    status: 422,
    zh: "填写内容不符合要求",
    en: "A field is not filled in as required",
  },
  missing_field: {
    status: 422,
    zh: "缺少必填内容",
    en: "A required field is missing",
  },
  unknown_field: {
    status: 422,
    zh: "存在未知字段",
    en: "There is a field that this form does not have",
  },
  check_failed: {
    status: 422,
    zh: "校验未通过",
    en: "A check of this form failed",
  },
  too_large: {
    status: 413,
    zh: "内容过大",
    en: "The content is too large",
  },
  too_deep: {
    status: 400,
    zh: "数据嵌套过深",
    en: "The data is nested too deeply",
  },
  limit_reached: {
    status: 422,
    zh: "已达上限",
    en: "A limit was reached",
  },
  too_many_requests: {
    status: 429,
    zh: "操作过于频繁,请稍后再试",
    en: "Too many requests, please wait a moment",
  },
  overloaded: {
    status: 503,
    zh: "系统繁忙,请稍后再试",
    en: "The system is busy, please try again",
  },
  not_logged_in: {
    status: 401,
    zh: "请先登录",
    en: "Please log in first",
  },
  login_failed: {
    status: 401,
    zh: "账号或密码错误",
    en: "Wrong account or password",
  },
  locked_out: {
    status: 423,
    zh: "登录失败次数过多,账号已临时锁定",
    en: "Too many failed log-ins, the account is locked for a while",
  },
  password_change_required: {
    status: 403,
    zh: "首次登录必须修改密码",
    en: "The first password must be changed",
  },
  weak_password: {
    status: 422,
    zh: "密码强度不足",
    en: "The password is too weak",
  },
  forbidden: {
    status: 403,
    zh: "没有权限",
    en: "You are not allowed to do this",
  },
  separation_of_duty: {
    status: 403,
    zh: "整改人与验收人不能为同一人",
    en: "The same person may not do both",
  },
  not_found: {
    status: 404,
    zh: "未找到",
    en: "Not found",
  },
  method_not_allowed: {
    status: 405,
    zh: "不支持的操作",
    en: "This operation is not supported here",
  },
  conflict: {
    status: 409,
    zh: "内容已被他人修改,请刷新后重试",
    en: "Somebody else has changed this, please reload",
  },
  duplicate: {
    status: 409,
    zh: "已存在",
    en: "It exists already",
  },
  key_reused: {
    status: 409,
    zh: "重复的请求编号",
    en: "This request number was used for another request",
  },
  wrong_state: {
    status: 409,
    zh: "当前状态不允许此操作",
    en: "This is not possible in the current state",
  },
  bad_image: {
    status: 422,
    zh: "照片无法识别或已损坏",
    en: "The photo is damaged or not a photo",
  },
  hash_mismatch: {
    status: 422,
    zh: "文件校验值不符",
    en: "The file does not match its hash",
  },
  evidence_missing: {
    status: 422,
    zh: "缺少现场照片等证据",
    en: "Required evidence such as a photo is missing",
  },
  evidence_doubtful: {
    status: 422,
    zh: "照片证据存疑,请说明理由后再通过",
    en: "The photo evidence is in doubt: say why it passes",
  },
  permit_conflict: {
    status: 409,
    zh: "与其他作业冲突",
    en: "This conflicts with other work",
  },
  certificate_missing: {
    status: 422,
    zh: "有人员没有在有效期内的所需证书",
    en: "Somebody lacks a certificate that is in force",
  },
  guardian_busy: {
    status: 409,
    zh: "监护人在同一时段已监护其他作业",
    en: "The guardian already guards other work at that time",
  },
  place_unproven: {
    status: 422,
    zh: "未能证明您在作业现场",
    en: "It is not proven that you are on the spot",
  },
  parent_not_active: {
    status: 409,
    zh: "上级作业票未在有效作业中",
    en: "The parent permit is not active",
  },
  isolation_open: {
    status: 409,
    zh: "隔离措施尚未全部核实或解除",
    en: "The isolations are not all verified or removed",
  },
  people_inside: {
    status: 409,
    zh: "仍有人员在受限空间内",
    en: "There are still people inside",
  },
  measures_open: {
    status: 422,
    zh: "安全措施尚未逐项落实",
    en: "The safety measures are not all confirmed",
  },
  gas_test_missing: {
    status: 422,
    zh: "缺少在时限内合格的气体分析",
    en: "A passed gas test that is recent enough is missing",
  },
  rules_draft: {
    status: 409,
    zh: "所用规则尚未核对,须由指定人员书面接受后方可使用",
    en: "The rules in use are drafts: a named person has to accept them first",
  },
  device_revoked: {
    status: 403,
    zh: "此手机的设备密钥已注销",
    en: "The device key of this phone was revoked",
  },
  bad_expression: {
    status: 422,
    zh: "规则表达式有误",
    en: "A rule expression is not valid",
  },
  bad_model: {
    status: 422,
    zh: "流程或规则模型有误",
    en: "A flow or rule model is not valid",
  },
  bad_pack: {
    status: 422,
    zh: "功能包有误",
    en: "A pack is not valid",
  },
  proof_invalid: {
    status: 422,
    zh: "存证校验不通过",
    en: "The proof does not verify",
  },
  disk_full: {
    status: 507,
    zh: "存储空间不足,数据未保存",
    en: "The disk is full, nothing was saved",
  },
  read_only: {
    status: 503,
    zh: "系统暂时只读,数据未保存",
    en: "The system is read-only for now, nothing was saved",
  },
  store_failed: {
    status: 500,
    zh: "数据保存失败",
    en: "The data could not be saved",
  },
  internal: {
    status: 500,
    zh: "系统内部错误",
    en: "An internal error",
  },
};
