// The rules behind permits: every figure with its source, how sure it is, from which day it holds;
// and the decision of a named person to work with figures that nobody has verified yet.
import { useState } from "react";
import { ruleTables } from "../api/calls_permit.ts";
import type { FormSource } from "../api/types.ts";
import { dateTime } from "../data/format.ts";
import {
  inputField, markCounts, matching, partsOf, plain, sheetsOf, type Parts, type RuleCell,
  type RuleRow, type RuleSheet,
} from "../data/permit_rules.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { choiceText, tell, titleOf, useAllRows, useForm } from "../data/records.ts";
import { may, useMe } from "../data/session.ts";
import { permitDeskText, usePermitDesk, type PermitDeskKey } from "../text/permit_desk.ts";
import { StateBadge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Chips, TextField } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { NewForm } from "../parts/permit_form.tsx";
import { MarkBadge } from "../parts/permit_marks.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";

export default function RulesPage() {
  const form = useForm("permit");
  return <Ready query={form}>{(source) => <Regimes form={source} />}</Ready>;
}

function Regimes({ form }: { form: FormSource }) {
  const { p, lang } = usePermitDesk();
  const known = form.data.properties["regime"]?.enum ?? ["gb30871"];
  const [regime, setRegime] = useState(known[0] ?? "");
  const choices = known.map((value) => ({
    value, text: choiceText(form, "regime", value, lang) || value,
  }));
  const tables = useQuery(`permit_rules/${regime}`, () => ruleTables(regime));
  return (
    <div className="permit-rules">
      <Chips label={p("regime")} choices={choices} value={regime} onChange={setRegime} />
      <Acceptance regime={regime} form={form} />
      <Ready query={tables}>
        {(answer) => <Sheets key={regime} sheets={sheetsOf(answer.tables)} form={form} />}
      </Ready>
    </div>
  );
}

// Without it a plant does not go live on drafts: a permit is refused when it is applied for.
function Acceptance({ regime, form }: { regime: string; form: FormSource }) {
  const { p, lang } = usePermitDesk();
  const me = useMe();
  const own = useForm("rule_acceptance");
  const isAllowed = may(me, "rule_acceptance", "list");
  const rows = useAllRows("rule_acceptance", { filter: ["eq", "regime", regime] });
  const [isOpen, setOpen] = useState(false);
  if (!isAllowed) return null;
  return (
    <section className="panel" aria-label={p("acceptance")}>
      <h2>{p("acceptance")}</h2>
      <p className="soft">{p("acceptanceHint")}</p>
      <Ready query={own}>
        {(source) => (
          <Ready query={rows}>
            {(all) => (
              <>
                {all.length === 0 && (
                  <p className="banner warn">
                    <Icon name="warn" /><span>{p("acceptanceNone")}</span>
                  </p>
                )}
                <ul className="acceptances">
                  {all.map((row) => (
                    <li key={row.id}>
                      <MarkBadge mark={String(row["mark"] ?? "draft")} />
                      <b>{titleOf(row, "accepted_by", lang) || titleOf(row, "created_by", lang)}</b>
                      <span className="num">
                        {dateTime(String(row["accepted_at"] ?? row.created_at))}
                      </span>
                      <StateBadge form={source} state={row.state} />
                      <span className="grow">{String(row["text"] ?? "")}</span>
                    </li>
                  ))}
                </ul>
                {may(me, "rule_acceptance", "create") && (
                  <Button
                    text={p("accept")} icon="shield" kind="main" run={() => setOpen(true)}
                  />
                )}
                {isOpen && (
                  <Dialog title={p("acceptTitle", {
                    regime: choiceText(form, "regime", regime, lang) || regime,
                  })} onClose={() => setOpen(false)}>
                    <p>{p("acceptWords", { name: me.name })}</p>
                    <NewForm
                      form={source} given={{ regime, mark: "draft" }} sendText={p("acceptNow")}
                      onDone={() => {
                        say(p("accepted"));
                        setOpen(false);
                      }}
                    />
                  </Dialog>
                )}
              </>
            )}
          </Ready>
        )}
      </Ready>
    </section>
  );
}

const marks = ["official", "seen", "draft", "plant"] as const;
function Sheets({ sheets, form }: { sheets: RuleSheet[]; form: FormSource }) {
  const { p } = usePermitDesk();
  const [mark, setMark] = useState("");
  const [words, setWords] = useState("");
  const counts = markCounts(sheets);
  if (sheets.length === 0) return <Empty icon="file" title={p("rulesNone")} />;
  const hits = sheets.map((sheet) => ({ sheet, rows: matching(sheet, mark, words) }))
    .filter(({ rows }) => rows.length > 0);
  return (
    <>
      <section className="panel case-filters" aria-label={p("rulesFilter")}>
        <div className="case-levels" role="group" aria-label={p("mark")}>
          {marks.map((one) => (
            <button
              key={one} type="button" className="chip" aria-pressed={mark === one}
              onClick={() => setMark(mark === one ? "" : one)}
            >{p(`mark_${one}`)} <b className="num">{counts[one] ?? 0}</b></button>
          ))}
        </div>
        <TextField label={p("rulesSearch")} kind="search" value={words} onChange={setWords} />
      </section>
      <p className="soft">{p("markHint")}</p>
      {hits.length === 0 && <Empty icon="search" title={p("nothing")} />}
      {hits.map(({ sheet, rows }) => (
        <details key={sheet.id} className="panel" open={rows.length < 40}>
          <summary>
            <h2>{titleOfSheet(sheet.id, p)}<span className="soft num">{rows.length}</span></h2>
          </summary>
          <Sheet rows={rows} form={form} />
        </details>
      ))}
    </>
  );
}

type Say = ReturnType<typeof usePermitDesk>["p"];
function titleOfSheet(id: string, p: Say): string {
  const key = `sheet_${id.replace(/_(row|all)$/, "")}`;
  return key in permitDeskText.zh ? p(key as PermitDeskKey) : id;
}

function Sheet({ rows, form }: { rows: RuleRow[]; form: FormSource }) {
  const { p } = usePermitDesk();
  const heads = [p("ruleWhen"), p("ruleSays"), p("ruleFrom"), p("mark"), p("ruleSource")];
  return (
    <div className="table-box" role="group" tabIndex={0} aria-label={p("tabRules")}>
      <table className="rows tight rule-table">
        <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              <td>{row.when.length === 0
                ? <span className="soft">{p("always")}</span>
                : row.when.map((cell) => <Cell key={cell.name} cell={cell} form={form} />)}</td>
              <td>{row.says.map((cell) => <Cell key={cell.name} cell={cell} form={form} />)}</td>
              <td className="num nowrap">{row.from}</td>
              <td><MarkBadge mark={row.mark} /></td>
              <td className="soft">{row.source}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// The words of the form and of the page where there are any, else the rule's own.
const fieldFor: Record<string, string> = {
  final: "grade", a: "kind", b: "kind", substance: "toxic_substance", reason: "suspend_reason",
};
// Said by another cell of the same row already.
const aside = ["role", "key"];
function Cell({ cell, form }: { cell: RuleCell; form: FormSource }) {
  const { p, lang } = usePermitDesk();
  const field = fieldFor[inputField(cell.name)] ?? inputField(cell.name);
  const key = `rule_${cell.name}`;
  const other = lang === "zh" ? "_en" : "_zh";
  const isOther = cell.name.endsWith(other) || cell.name === other.slice(1);
  if (isOther || aside.includes(cell.name)) return null;
  const label = key in permitDeskText.zh ? p(key as PermitDeskKey)
    : localText(form.data.properties[field]?.title, lang) || cell.name.replace(/_(zh|en)$/, "");
  const parts = partsOf(cell.text);
  if (parts) return <Listed label={label} name={cell.name} parts={parts} />;
  return (
    <span className="rule-cell">
      <span className="soft">{label}</span>{" "}
      <b><Value field={field} text={cell.text} form={form} /></b>
    </span>
  );
}

function Value({ field, text, form }: { field: string; text: string; form: FormSource }) {
  const { p, lang, texts } = usePermitDesk();
  if (text === "true" || text === "false") {
    return tell({ form: yesNo, lang, texts }, "value", text === "true");
  }
  const not = /^not\((.*)\)$/.exec(text);
  if (not) {
    return <>{p("ruleNot")} <Value field={field} text={plain(not[1] ?? "")} form={form} /></>;
  }
  const isChoice = form.data.properties[field]?.enum !== undefined;
  const told = text.split(" / ").map((one) => {
    const key = `word_${one.replace(":", "_")}`;
    if (key in permitDeskText.zh) return p(key as PermitDeskKey);
    return isChoice ? choiceText(form, field, one, lang) : one;
  });
  return told.join(" / ");
}

// Who needs which certificate, which parts of a space are tested.
function Listed({ label, name, parts }: { label: string; name: string; parts: Parts }) {
  const { p, lang } = usePermitDesk();
  const certificate = useForm("certificate").value;
  const gas = useForm("permit_gas").value;
  const [form, field] = name === "gas_levels" ? [gas, "level"] : [certificate, "kind"];
  const told = Object.entries(parts).filter(([, words]) => words.length > 0)
    .map(([part, words]) => {
      const key = `part_${part}`;
      const who = key in permitDeskText.zh ? p(key as PermitDeskKey) : part;
      const what = words.map((one) => (form ? choiceText(form, field, one, lang) : one)).join(", ");
      return [who, what].filter(Boolean).join(": ");
    });
  if (told.length === 0) return null;
  return (
    <span className="rule-cell">
      <span className="soft">{label}</span> <b>{told.join("; ")}</b>
    </span>
  );
}
const yesNo = {
  data: { properties: { value: { "x-kind": "boolean", title: { zh: "", en: "" } } } },
} as unknown as FormSource;
