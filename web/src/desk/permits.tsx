// The permit board: open permits by state, each with what may end it.
import { useState } from "react";
import type { FormSource, RecordRow } from "../api/types.ts";
import { localText } from "../data/prefs.ts";
import { titleOf, useAllRows, useForm } from "../data/records.ts";
import { byPermit, openPermits, permitStates } from "../data/response.ts";
import { useTitle } from "../parts/shell.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { FilterChips } from "./filter_chips.tsx";
import { useDesk } from "./control_parts.tsx";
import { GasAge, permitGrade, permitKind, useReason, Validity } from "./permit_parts.tsx";

export default function PermitPage() {
  const { t } = useDesk();
  const form = useForm("permit");
  const [past, setPast] = useState("");
  const rows = useAllRows("permit", {
    filter: past ? ["not", openPermits] : openPermits, sort: "-created_at",
  });
  useTitle(t("permitsTitle"));
  return (
    <div className="permit-page">
      <div className="row">
        <h1>{t("permitsTitle")}</h1>
        <FilterChips
          label={t("show")} value={past} onChange={setPast}
          choices={[{ value: "past", text: t("permitsPast") }]}
        />
      </div>
      <Ready query={form}>
        {(source) => (
          <Ready query={rows}>
            {(all) => all.length === 0
              ? <Empty icon="check" title={t("permitsNone")} />
              : <States rows={all} form={source} />}
          </Ready>
        )}
      </Ready>
    </div>
  );
}

function States({ rows, form }: { rows: RecordRow[]; form: FormSource }) {
  const { lang } = useDesk();
  const known = new Set(permitStates);
  const others = Object.keys(form.states).filter((state) => !known.has(state));
  const groups = [...permitStates, ...others]
    .map((state) => ({ state, rows: rows.filter((row) => row.state === state).sort(byPermit) }))
    .filter(({ rows: held }) => held.length > 0);
  return (
    <>
      {groups.map(({ state, rows: held }) => (
        <section key={state} className={`panel permits-of ${state}`} aria-label={state}>
          <h2>
            {localText(form.states[state], lang) || state}
            <span className="num soft">{held.length}</span>
          </h2>
          <PermitTable rows={held} form={form} />
        </section>
      ))}
    </>
  );
}

function PermitTable({ rows, form }: { rows: RecordRow[]; form: FormSource }) {
  const { t, lang } = useDesk();
  const reasonOf = useReason();
  const heads = [t("permit"), t("kind"), t("area"), t("content"), t("guardian"), t("gasTest"),
    t("validity")];
  return (
    <div className="table-box" role="group" tabIndex={0} aria-label={t("permitsTitle")}>
      <table className="rows tight">
        <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td className="num nowrap">
                <a href={`#/case/permit/${row.id}`}>{row.number}</a>
              </td>
              <td className="nowrap">
                {permitKind(row, form, lang)} {permitGrade(row, form, lang)}
              </td>
              <td>{titleOf(row, "area", lang)}</td>
              <td>{String(row["content"] ?? "")}</td>
              <td>{titleOf(row, "guardian", lang) || "—"}</td>
              <td><GasAge row={row} /></td>
              <td>
                <Validity row={row} />
                {Number(row["suspend_count"] ?? 0) > 1 && (
                  <span className="soft num">
                    {" "}{t("suspendedTimes", { n: Number(row["suspend_count"]) })}
                  </span>
                )}
                {!permitStates.includes(row.state) && !!row["suspend_reason"] && (
                  <span className="soft"> {reasonOf(row["suspend_reason"])}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
