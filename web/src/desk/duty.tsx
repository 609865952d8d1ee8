// Who is on duty now, the roster of the week, who is away and who stands in.
import { useState } from "react";
import * as calls from "../api/calls.ts";
import { duty } from "../api/calls_hazard.ts";
import type { RecordRow } from "../api/types.ts";
import type { DutyPerson, DutyRow } from "../api/types_hazard.ts";
import { serverNow, useNow } from "../data/clock.ts";
import { edgesOf, lasts, linesOf, weekOf, type Line } from "../data/desk_duty.ts";
import { dateTime, shortTime } from "../data/format.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { choiceText, titleOf, useAllRows, useForm, useTasks } from "../data/records.ts";
import { may, useMe } from "../data/session.ts";
import { useWork } from "../text/desk_work.ts";
import { Button } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { useTitle } from "../parts/shell.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { HandOver } from "../parts/hand_over.tsx";
import { AbsenceDialog, DutyDialog } from "./duty_dialogs.tsx";
import { useUnitName } from "./unit_name.ts";
import "../styles/desk_work.css";

const week_ms = 7 * 86400000;

export default function DutyPage() {
  const { w } = useWork();
  const me = useMe();
  useTitle(w("dutyTitle"));
  const mine = useTasks().value?.rows.filter((task) => task.is_mine).length ?? 0;
  return (
    <div className="list-page duty">
      <div className="row">
        <h1>{w("dutyTitle")}</h1>
        <span className="soft grow">{w("dutyHint")}</span>
        {mine > 0 && <span className="soft num">{w("myTasksN", { n: mine })}</span>}
        {mine > 0 && <HandOver />}
      </div>
      <NowOnDuty />
      {may(me, "duty", "list") && <Roster />}
      {may(me, "absence", "list") && <Absences />}
    </div>
  );
}

function useRoleName() {
  const { lang } = useWork();
  const roles = useQuery("roles", calls.roles).value?.roles ?? [];
  return (id: string) => localText(roles.find((role) => role.id === id)?.name, lang) || id;
}

function NowOnDuty() {
  const { w } = useWork();
  const query = useQuery("duty", () => duty());
  return (
    <section className="panel" aria-labelledby="now-duty">
      <h2 id="now-duty"><Icon name="people" /> {w("dutyNow")}</h2>
      <Ready query={query}>
        {({ rows }) => rows.length === 0
          ? <Empty icon="people" title={w("dutyNobody")} hint={w("dutyNobodyHint")} />
          : (
            <ul className="duty-now">
              {rows.map((row) => <NowCard key={keyOf(row)} row={row} />)}
            </ul>
          )}
      </Ready>
    </section>
  );
}
const keyOf = (row: DutyRow) => `${row.org_path}|${row.role}|${row.from}|${row.shift}`;
const deputyOf = (person: DutyPerson): string =>
  typeof person.deputy === "string" ? person.deputy : person.deputy?.name ?? "";

function NowCard({ row }: { row: DutyRow }) {
  const { w, lang } = useWork();
  const form = useForm("duty").value;
  const unitName = useUnitName();
  const shift = form && row.shift ? choiceText(form, "shift", row.shift, lang) : "";
  return (
    <li>
      <span className="duty-head">
        <b>{localText(row.role_name, lang) || row.role}</b>
        <span className="soft">{unitName(row.org_path)}{shift && ` · ${shift}`}</span>
      </span>
      {row.people.map((person) => (
        <span key={person.id} className={person.is_away ? "away" : "here"}>
          <Icon name="person" /> {person.name}
          {person.is_away && (
            <span className="soft">
              {deputyOf(person) ? w("awayDeputy", { name: deputyOf(person) }) : w("awayNobody")}
            </span>
          )}
        </span>
      ))}
      <span className="soft num">{w("dutyUntil", { at: dateTime(row.until) })}</span>
    </li>
  );
}

function Roster() {
  const { w } = useWork();
  const me = useMe();
  const [at, setAt] = useState(serverNow);
  const [day, setDay] = useState<string | null>(null);
  const week = weekOf(at);
  const [from, until] = edgesOf(week);
  const iso = (time: number) => new Date(time).toISOString();
  const filter = ["and", ["lt", "from", iso(until)], ["gt", "until", iso(from)]];
  const rows = useAllRows("duty", { filter });
  return (
    <section className="panel" aria-labelledby="roster">
      <header className="panel-head">
        <h2 id="roster">{w("roster")} <span className="num">{week[0]} – {week[6]}</span></h2>
        <div className="tab-row">
          <Button text={w("weekBefore")} icon="back" isIconOnly run={() => setAt(at - week_ms)} />
          <Button text={w("weekNow")} run={() => setAt(serverNow())} />
          <Button text={w("weekAfter")} icon="next" isIconOnly run={() => setAt(at + week_ms)} />
          {may(me, "duty", "create") && (
            <Button
              text={w("dutyAdd")} icon="plus" kind="main"
              run={() => setDay(week[(new Date(serverNow()).getDay() + 6) % 7] ?? "")}
            />
          )}
        </div>
      </header>
      <Ready query={rows}>
        {(known) => known.length === 0 ? <Empty icon="people" title={w("rosterEmpty")} />
          : <RosterTable lines={linesOf(known, week)} week={week} />}
      </Ready>
      {day !== null && <DutyDialog day={day} onClose={() => setDay(null)} />}
    </section>
  );
}

function RosterTable({ lines, week }: { lines: Line[]; week: string[] }) {
  const { w, lang } = useWork();
  const unitName = useUnitName();
  const roleName = useRoleName();
  const today = weekOf(serverNow())[(new Date(serverNow()).getDay() + 6) % 7];
  const weekday = new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en-GB", { weekday: "short" });
  return (
    <div className="table-box" role="group" tabIndex={0} aria-label={w("roster")}>
      <table className="rows roster">
        <thead>
          <tr>
            <th scope="col">{w("unit")}</th>
            <th scope="col">{w("role")}</th>
            {week.map((day) => (
              <th key={day} scope="col" className={day === today ? "today" : undefined}>
                {weekday.format(new Date(`${day}T12:00:00`))} <span className="num">
                  {day.slice(5)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={`${line.unit}|${line.role}`}>
              <th scope="row">{unitName(line.unit)}</th>
              <td>{roleName(line.role)}</td>
              {line.days.map((rows, at) => (
                <td key={week[at]} className={week[at] === today ? "today" : undefined}>
                  {rows.map((row) => <OnDay key={row.id} row={row} />)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
function OnDay({ row }: { row: RecordRow }) {
  const { lang } = useWork();
  const form = useForm("duty").value;
  const shift = form ? choiceText(form, "shift", row["shift"], lang) : "";
  const span = `${shortTime(String(row["from"]))} – ${shortTime(String(row["until"]))}`;
  return (
    <span className="on-day" title={span}>
      {titleOf(row, "person", lang)}{shift && <span className="soft"> {shift}</span>}
    </span>
  );
}

function Absences() {
  const { w, lang } = useWork();
  const me = useMe();
  const now = useNow();
  const form = useForm("absence").value;
  const [since] = useState(() => new Date(serverNow()).toISOString());
  const rows = useAllRows("absence", { filter: ["gt", "until", since], sort: "from" });
  const [isAdding, setAdding] = useState(false);
  const heads = [w("awayWho"), w("deputy"), w("dayFrom"), w("dayTo"), w("awayWhy"), ""];
  return (
    <section className="panel" aria-labelledby="absences">
      <header className="panel-head">
        <h2 id="absences">{w("absences")}</h2>
        {may(me, "absence", "create") && (
          <Button text={w("absenceAdd")} icon="plus" run={() => setAdding(true)} />
        )}
      </header>
      <Ready query={rows}>
        {(known) => known.length === 0 ? <p className="soft">{w("absencesNone")}</p> : (
          <div className="table-box" role="group" tabIndex={0} aria-label={w("absences")}>
            <table className="rows">
              <thead><tr>{heads.map((head, at) => head
                ? <th key={at} scope="col">{head}</th> : <td key={at} />)}</tr></thead>
              <tbody>
                {known.map((row) => (
                  <tr key={row.id}>
                    <td className="strong">{titleOf(row, "person", lang)}</td>
                    <td>{titleOf(row, "deputy", lang) || "—"}</td>
                    <td className="num">{dateTime(String(row["from"]))}</td>
                    <td className="num">{dateTime(String(row["until"]))}</td>
                    <td>{form ? choiceText(form, "reason", row["reason"], lang) : ""}</td>
                    <td>{lasts(row, now, now + 1) && <span className="state">{w("awayNow")}</span>}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Ready>
      {isAdding && <AbsenceDialog onClose={() => setAdding(false)} />}
    </section>
  );
}
