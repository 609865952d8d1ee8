// L1: the whole site on one screen. Grey as long as everything is normal.
import { lazy, Suspense, useState } from "react";
import * as calls from "../api/calls.ts";
import type { RecordRow } from "../api/types.ts";
import { byUrgency, mayStart, useAlarms, useTags } from "../data/alarms.ts";
import { readLocal, writeLocal, localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { finalStates, useForm } from "../data/records.ts";
import { peopleOf } from "../data/near.ts";
import { byPermit, openPermits, usePoll, usePresence } from "../data/response.ts";
import { isAtWork } from "../data/permit_board.ts";
import { isLeaving } from "../data/permit_clock.ts";
import { may, useMe } from "../data/session.ts";
import { sheet } from "../data/watchkeeper.ts";
import { useText } from "../text/index.ts";
import { Button } from "../parts/button.tsx";
import { useTitle } from "../parts/shell.tsx";
import { Empty, Loading, Ready } from "../parts/states.tsx";
import { AlarmTable } from "./alarm_table.tsx";
import { DeviationBars } from "./bars.tsx";
import { useDesk } from "./control_parts.tsx";
import { permitGrade, permitKind, Validity, GasAge } from "./permit_parts.tsx";
import { SitePlan } from "./site_plan.tsx";

const Trend = lazy(() => import("./trend.tsx"));
const place = "anlan.desk.trends";
const none: RecordRow[] = [];

export default function Overview({ query }: { query: Record<string, string> }) {
  const { t } = useDesk();
  const me = useMe();
  useTitle(t("navOverview"));
  usePoll("tags", 10000);
  const seesPermits = may(me, "permit", "list");
  const permits = useOpenPermits(seesPermits);
  const [picked, setPicked] = useState<string[]>(() => readLocal<string[]>(place) ?? []);
  const pick = (code: string) => {
    const next = picked.includes(code)
      ? picked.filter((one) => one !== code) : [code, ...picked].slice(0, 2);
    setPicked(next);
    writeLocal(place, next);
  };
  return (
    <div className="control">
      <h1 className="unseen">{t("overviewTitle")}</h1>
      <Counts permits={permits} />
      <DeviationBars picked={picked} onPick={pick} />
      <SitePlan permits={permits} locate={query["locate"] ?? ""} />
      <Trends picked={picked} onPick={pick} />
      <AlarmPanel />
      {seesPermits && <PermitPanel rows={permits} />}
    </div>
  );
}

function useOpenPermits(isAllowed: boolean): RecordRow[] {
  const query = useQuery(`records/permit/open/${isAllowed}`, () => isAllowed
    ? calls.allRecords("permit", { filter: openPermits }) : Promise.resolve(none));
  return query.value ?? none;
}

interface CountProps {
  text: string;
  count: number | string;
  to?: string;
  tone?: "bad" | "warn";
}
function Count({ text, count, to, tone }: CountProps) {
  const inner = (
    <>
      <span className="num">{count}</span>
      <span>{text}</span>
    </>
  );
  const look = `total${tone ? ` ${tone}` : ""}`;
  return to ? <a className={look} href={to}>{inner}</a> : <p className={look}>{inner}</p>;
}

function useOpenHazards(isAllowed: boolean): number | null {
  const query = useQuery(`counts/hazard/state/${isAllowed}`, () => isAllowed
    ? calls.counts("hazard", "state") : Promise.resolve(null));
  if (!query.value) return null;
  return query.value.counts.filter(({ value }) => !finalStates.includes(value ?? ""))
    .reduce((sum, { count }) => sum + count, 0);
}

function Counts({ permits }: { permits: RecordRow[] }) {
  const { t } = useDesk();
  const me = useMe();
  const presence = usePresence().value;
  const alarms = useAlarms().value?.counts;
  const hazards = useOpenHazards(may(me, "hazard", "list"));
  const active = permits.filter((row) => row.state === "active" || isLeaving(row)).length;
  const stopped = permits.filter((row) => row.state === "suspended").length;
  const rate = alarms?.annunciated_10min;
  return (
    <section className="panel totals counts" aria-label={t("overviewTitle")}>
      <Count text={t("kpiPeople")} count={presence ? peopleOf(presence).length : "—"} />
      <Count text={t("kpiPermits")} count={active} to="#/permits" />
      <Count
        text={t("kpiSuspended")} count={stopped} to="#/permits"
        tone={stopped > 0 ? "warn" : undefined}
      />
      {hazards !== null && <Count text={t("kpiHazards")} count={hazards} to="#/hazards" />}
      <Count
        text={t("kpiRate")} count={rate ?? "—"} to="#/alarms"
        tone={alarms?.is_flood ? "bad" : undefined}
      />
      <Count
        text={t("kpiUnacked")} count={alarms?.unacked ?? "—"} to="#/alarms?unacked=1"
        tone={alarms && alarms.unacked > 0 ? "bad" : undefined}
      />
      <Count text={t("kpiShelved")} count={alarms?.shelved ?? "—"} to="#/alarms/shelved" />
      <Count
        text={t("kpiSuppressed")} to="#/alarms/shelved"
        count={alarms ? alarms.suppressed + alarms.out_of_service : "—"}
      />
      <span className="grow" />
      {mayStart(me) && (
        <Button
          text={t("startEmergency")} kind="danger"
          run={() => sheet.set({ kind: "start", alarm: null })}
        />
      )}
    </section>
  );
}

interface TrendsProps {
  picked: string[];
  onPick: (code: string) => void;
}
function Trends({ picked, onPick }: TrendsProps) {
  const { t, lang } = useDesk();
  const tags = useTags();
  const alarms = useAlarms().value?.rows ?? [];
  const urgent = [...alarms].sort(byUrgency).map((alarm) => alarm.tag);
  const rows = tags.value?.rows ?? [];
  const gases = rows.filter((tag) => tag.purpose === "gas").map((tag) => tag.code);
  const wish = [...new Set([...picked, ...urgent, ...gases])].slice(0, 2);
  const shown = wish.flatMap((code) => rows.filter((tag) => tag.code === code));
  const others = rows.filter((tag) => !wish.includes(tag.code) && tag.high > tag.low);
  return (
    <section className="panel trends" aria-labelledby="trends">
      <h2 id="trends">{t("trendsTitle")} <span className="soft">{t("trendsHint")}</span></h2>
      <label className="tag-pick">
        <span className="soft">{t("trendPick")}</span>
        <select value="" onChange={(event) => event.target.value && onPick(event.target.value)}>
          <option value="">{t("trendChoose")}</option>
          {others.map((tag) => (
            <option key={tag.code} value={tag.code}>
              {tag.code} {localText(tag.name, lang)}
            </option>
          ))}
        </select>
      </label>
      <Ready query={tags}>
        {() => (
          <Suspense fallback={<Loading />}>
            {shown.map((tag) => <Trend key={tag.code} tag={tag} hours={1} />)}
          </Suspense>
        )}
      </Ready>
    </section>
  );
}

function AlarmPanel() {
  const { t } = useDesk();
  const query = useAlarms();
  return (
    <section className="panel alarm-panel" aria-labelledby="alarms">
      <Ready query={query}>
        {({ rows, counts }) => (
          <>
            <h2 id="alarms">
              <a href="#/alarms">{t("alarmsTitle")}</a>
              <span className="soft num">
                {t("alarmsLine", { active: counts.active, unacked: counts.unacked })}
              </span>
              {counts.is_flood && <b className="flood">{t("floodShort")}</b>}
            </h2>
            {rows.length === 0
              ? <Empty icon="check" title={t("alarmsNone")} />
              : <AlarmTable rows={rows} isBrief label={t("alarmsTitle")} />}
          </>
        )}
      </Ready>
    </section>
  );
}

function PermitPanel({ rows }: { rows: RecordRow[] }) {
  const { t, lang } = useDesk();
  const { t: common } = useText();
  const form = useForm("permit").value;
  const now = rows.filter((row) => isAtWork(row.state)).sort(byPermit);
  return (
    <section className="panel permit-panel" aria-labelledby="permits">
      <h2 id="permits"><a href="#/permits">{t("permitsNow")}</a></h2>
      {now.length === 0 && <Empty icon="check" title={t("permitsNone")} />}
      <ul className="lines" tabIndex={0} aria-label={t("permitsNow")}>
        {now.map((row) => (
          <li key={row.id}>
            <a href={`#/case/permit/${row.id}`}>
              <span className="grow">
                <span className="strong">
                  {permitKind(row, form, lang)} {permitGrade(row, form, lang)}{" "}
                  <span className="num">{row.number}</span>
                </span>
                <span className="soft">
                  {localText(row._titles?.["area"], lang) || common("place")} ·{" "}
                  <GasAge row={row} />
                </span>
              </span>
              <Validity row={row} />
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

