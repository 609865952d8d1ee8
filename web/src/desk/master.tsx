// Organisation, people, areas and devices: what is there, and bringing in more.
import { useState, type ReactNode } from "react";
import * as calls from "../api/calls.ts";
import { plans, type ListKind } from "../data/import.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { masterName, titleOf, useAllRows } from "../data/records.ts";
import { useDelegationText } from "../text/delegation.ts";
import { useSeat } from "../text/desk.ts";
import { LevelBadge } from "../parts/badge.tsx";
import { asLevel } from "../data/records.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { TextField } from "../parts/field.tsx";
import { useTitle } from "../parts/shell.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { ImportPanel } from "./import_panel.tsx";
import PersonLogin from "./person_login.tsx";
import { useRoleHint } from "./role_hint.ts";
import { UnitHead } from "./unit_head.tsx";
import { useUnitName } from "./unit_name.ts";

export default function Master({ tab }: { tab: "people" | "area" }) {
  const { t } = useSeat();
  const title = t(tab === "people" ? "peopleTitle" : "masterTitle");
  useTitle(title);
  const tabs: ListKind[] = tab === "people" ? ["people", "org"] : ["area", "device"];
  const [here, setHere] = useState<ListKind>(tabs[0] ?? tab);
  const shown = tabs.includes(here) ? here : tab;
  const [isAdding, setAdding] = useState(false);
  const roleHint = useRoleHint();
  const hintKey = plans[shown].hint;
  const hint = shown === "people" ? roleHint : hintKey && t(hintKey);
  return (
    <div className="list-page">
      <div className="row">
        <h1>{title}</h1>
        <div className="tab-row" role="group" aria-label={title}>
          {tabs.map((kind) => (
            <button
              key={kind} type="button" className="chip" aria-pressed={kind === shown}
              onClick={() => setHere(kind)}
            >{t(plans[kind].title)}</button>
          ))}
        </div>
        <span className="grow" />
        <Button text={t("addRows")} icon="plus" kind="main" run={() => setAdding(true)} />
      </div>
      <Shown kind={shown} />
      {isAdding && (
        <Dialog title={t("addRows")} onClose={() => setAdding(false)} isWide>
          <ImportPanel plan={plans[shown]} hint={hint} onDone={() => setAdding(false)} />
        </Dialog>
      )}
    </div>
  );
}

function Shown({ kind }: { kind: ListKind }) {
  if (kind === "people") return <People />;
  if (kind === "org") return <Org />;
  return <Records key={kind} kind={kind} />;
}

function Table({ heads, label, children }: {
  heads: string[]; label: string; children: ReactNode;
}) {
  return (
    <section className="panel table-box" role="group" tabIndex={0} aria-label={label}>
      <table className="rows">
        <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

function People() {
  const { t, lang } = useSeat();
  const [words, setWords] = useState("");
  const people = useQuery(`people//${words}`, () => calls.people({ q: words }));
  const roles = useQuery("roles", calls.roles).value?.roles ?? [];
  const unitName = useUnitName();
  const roleName = (id: string) => localText(roles.find((role) => role.id === id)?.name, lang);
  return (
    <>
      <div className="panel">
        <TextField kind="search" label={t("searchPerson")} value={words} onChange={setWords} />
      </div>
      <Ready query={people}>
        {({ rows }) => rows.length === 0 ? <Empty icon="people" title={t("searchNone")} /> : (
          <Table
            heads={[t("colLogin"), t("colName"), t("setupOrg"), t("colRoles"), ""]}
            label={t("peopleTitle")}
          >
            {rows.map((person) => (
              <tr key={person.id}>
                <td className="num">{person.login}</td>
                <td className="strong">{person.name}</td>
                <td>{unitName(person.org_path)}</td>
                <td>{person.roles.map((grant) => (
                  <span key={grant.role + grant.org_path} className="state">
                    {roleName(grant.role) || grant.role}
                    {grant.org_path !== "/" && ` · ${unitName(grant.org_path)}`}
                  </span>
                ))}</td>
                <td><PersonLogin id={person.id} name={person.name} /></td>
              </tr>
            ))}
          </Table>
        )}
      </Ready>
    </>
  );
}

function Org() {
  const { t, lang } = useSeat();
  const { t: d } = useDelegationText();
  const org = useQuery("org", calls.org);
  return (
    <Ready query={org}>
      {({ units }) => units.length === 0 ? <Empty icon="people" /> : (
        <Table
          heads={[t("colNameZh"), t("colCode"), t("colKind"), d("head")]} label={t("setupOrg")}
        >
          {[...units].sort((a, b) => a.path.localeCompare(b.path)).map((unit) => (
            <tr key={unit.id}>
              <td className="strong">
                {"\u2003".repeat(Math.max(0, unit.path.split("/").length - 3))}
                {localText(unit.name, lang)}
              </td>
              <td className="num">{unit.code}</td>
              <td>{unit.kind}</td>
              <td><UnitHead unit={unit} /></td>
            </tr>
          ))}
        </Table>
      )}
    </Ready>
  );
}

function Records({ kind }: { kind: "area" | "device" }) {
  const { t, lang } = useSeat();
  const rows = useAllRows(kind, { sort: "code" });
  const isArea = kind === "area";
  return (
    <Ready query={rows}>
      {(known) => known.length === 0 ? <Empty icon="master" /> : (
        <Table
          heads={[t(isArea ? "colCode" : "colTag"), t("colNameZh"),
            t(isArea ? "setupOrg" : "area"), t(isArea ? "colRisk" : "colKind")]}
          label={t(plans[kind].title)}
        >
          {known.map((row) => (
            <tr key={row.id}>
              <td className="num">{String(row["code"])}</td>
              <td className="strong">{masterName(row, lang)}</td>
              <td>{isArea ? titleOf(row, "org", lang) || row.org_path
                : titleOf(row, "area", lang)}</td>
              <td>{isArea
                ? <LevelBadge level={asLevel(row["risk"])} />
                : String(row["kind"] ?? "")}</td>
            </tr>
          ))}
        </Table>
      )}
    </Ready>
  );
}
