// Where values come from, and whether everything that came is accounted for: received = stored +
// duplicate + rejected + dropped.
import { Fragment, lazy, Suspense } from "react";
import type { Language } from "../api/types.ts";
import type { SourceRow, SourceValue } from "../api/types_response.ts";
import { useSources } from "../data/alarms.ts";
import { useNow } from "../data/clock.ts";
import { span } from "../data/format.ts";
import { errorTexts, type ErrorCode } from "../generated/errors.ts";
import { localText } from "../data/prefs.ts";
import { usePoll } from "../data/response.ts";
import { may, useMe } from "../data/session.ts";
import { useText } from "../text/index.ts";
import { useTitle } from "../parts/shell.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { Icon } from "../parts/icon.tsx";
import { useDesk } from "./control_parts.tsx";

const SourceRetire = lazy(() => import("./retire.tsx"));
const SourceTools = lazy(() => import("./source_tools.tsx"));

const sum = (counts: Record<string, number>): number =>
  Object.values(counts).reduce((all, count) => all + count, 0);
const told = (counts: Record<string, number>): string =>
  Object.entries(counts).filter(([, count]) => count > 0)
    .map(([reason, count]) => `${reason} ${count}`).join(", ");

export function Sources() {
  const { t } = useDesk();
  const me = useMe();
  const mayAdd = may(me, "setup", "administer") || may(me, "tag", "administer");
  const query = useSources();
  usePoll("sources", 3000);
  const heads = [
    t("source"), t("protocol"), t("colState"), t("lastAt"), t("received"), t("stored"),
    t("duplicate"), t("rejected"), t("dropped"), t("balances"), t("requests"), t("roundTrip"),
  ];
  return (
    <Ready query={query}>
      {({ rows }) => <>
        {mayAdd && <Suspense fallback={null}><SourceTools rows={rows} /></Suspense>}
        {rows.length === 0 ? <Empty title={t("sourcesNone")} /> : (
        <section className="panel">
          <h2>{t("sourcesTitle")} <span className="soft">{t("sourcesHint")}</span></h2>
          <div className="table-box" role="group" tabIndex={0} aria-label={t("sourcesTitle")}>
            <table className="rows tight source-table live-area">
              <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
              <tbody>{rows.map((row) => (
                <Fragment key={row.code}>
                  <Line row={row} />
                  <Detail row={row} columns={heads.length} />
                </Fragment>
              ))}</tbody>
            </table>
          </div>
        </section>
        )}
        {mayAdd && <Suspense fallback={null}><SourceRetire /></Suspense>}
      </>}
    </Ready>
  );
}

// For whoever sets the plant up and does not watch alarms.
export default function SourcesPage() {
  const { t } = useDesk();
  useTitle(t("sourcesTitle"));
  return <div className="alarm-page"><h1>{t("sourcesTitle")}</h1><Sources /></div>;
}

function troubleText(trouble: string, lang: Language): string {
  return trouble in errorTexts ? errorTexts[trouble as ErrorCode][lang] : trouble;
}

function whyDown({ refusal, trouble }: SourceRow, lang: Language): string {
  if (!refusal) return troubleText(trouble, lang);
  const parts = [troubleText(refusal.code, lang), refusal.field, refusal.detail];
  return parts.filter(Boolean).join(" · ");
}

function ClockOf({ row }: { row: SourceRow }) {
  const { t } = useDesk();
  if (row.behind_ms === null) return null;
  const s = Math.round(Math.abs(row.behind_ms) / 1000);
  if (s === 0 && !row.is_clock_wrong) return null;
  const text = t(row.behind_ms < 0 ? "clockAhead" : "clockBehind", { s });
  if (!row.is_clock_wrong) return <span className="soft"> {text}</span>;
  return <b className="is-down"> <Icon name="warn" /> {t("clockWrong")} {text}</b>;
}

// In the order in which the protocol tells them.
const facts = [
  "taken_over", "publish_ms", "keep_alive", "lifetime", "subscribed", "polled", "refused",
  "sampling_ms_max", "queue_min", "frames", "missing", "late",
] as const;

function Detail({ row, columns }: { row: SourceRow; columns: number }) {
  const { t } = useDesk();
  const detail = row.detail ?? {};
  const told = facts.filter((name) => name in detail);
  const values = row.detail?.values ?? [];
  if (told.length === 0 && values.length === 0) return null;
  return (
    <tr className="source-detail">
      <td colSpan={columns} className="soft">
        {told.map((name, place) => (
          <span key={name}>
            {place > 0 && " · "}
            {t(`detail_${name}`)} <b className="num">{factText(detail[name])}</b>
          </span>
        ))}
        {values.length > 0 && <Values rows={values} />}
      </td>
    </tr>
  );
}

const factText = (value: unknown): string =>
  typeof value === "boolean" ? (value ? "✓" : "—") : String(value);

function Values({ rows }: { rows: SourceValue[] }) {
  const { t } = useDesk();
  const { texts } = useText();
  const now = useNow();
  return (
    <details>
      <summary>{t("lastValues")}</summary>
      <table className="rows tight">
        <thead>
          <tr>
            <th scope="col">{t("valueTag")}</th><th scope="col">{t("statusCode")}</th>
            <th scope="col">{t("serverTime")}</th>
          </tr>
        </thead>
        <tbody>{rows.map((row) => (
          <tr key={row.tag}>
            <th scope="row" className="num">{row.tag}</th>
            <td className="num">0x{row.status.toString(16).padStart(8, "0")}</td>
            <td className="num">
              {row.server_at
                ? t("seenAgo", { span: span(now - Date.parse(row.server_at), texts) }) : "—"}
            </td>
          </tr>
        ))}</tbody>
      </table>
    </details>
  );
}

// Stored, but of no use: positions that are too old, too blurred, or came too fast.
function PositionsOf({ row }: { row: SourceRow }) {
  const { t } = useDesk();
  const doubts = row.doubts ?? {};
  const residual = row.georeference_residual_m;
  return (
    <>
      {sum(doubts) > 0 && (
        <p className="soft">{t("doubts")} {sum(doubts)} {told(doubts)}</p>
      )}
      {typeof residual === "number" && (
        <p className="soft">{t("residualIs", { n: residual.toFixed(2) })}</p>
      )}
    </>
  );
}

// Names of protocols are the same in every language.
const protocols: Record<string, string> = {
  modbus: "Modbus TCP", mqtt: "MQTT", sparkplug: "Sparkplug B", opcua: "OPC UA",
};

function Line({ row }: { row: SourceRow }) {
  const { t, lang } = useDesk();
  const { texts } = useText();
  const now = useNow();
  return (
    <tr>
      <th scope="row">
        <b className="num">{row.code}</b> {localText(row.name, lang)}
      </th>
      <td>{protocols[row.protocol] ?? row.protocol}</td>
      <td>
        {row.is_up ? t("isUp") : (
          <b className="is-down">
            <Icon name="warn" /> {t("isDown")} {whyDown(row, lang)}
          </b>
        )}
        <ClockOf row={row} />
        <PositionsOf row={row} />
      </td>
      <td className="num">
        {row.last_at ? t("seenAgo", { span: span(now - Date.parse(row.last_at), texts) }) : "—"}
      </td>
      <td className="num nowrap">{row.received}</td>
      <td className="num nowrap">{row.stored}</td>
      <td className="num">{row.duplicate}</td>
      <td className="num">
        {sum(row.rejected)} <span className="soft">{told(row.rejected)}</span>
      </td>
      <td className="num">{sum(row.dropped)} <span className="soft">{told(row.dropped)}</span></td>
      <td>
        {row.balances ? t("balancesYes") : <b className="is-down">{t("balancesNo")}</b>}
      </td>
      <td className="num">
        {row.requests}
        {row.failures > 0 && <span className="soft"> {t("failuresN", { n: row.failures })}</span>}
      </td>
      <td className="num">
        {row.round_trip_ms > 0 ? `${row.round_trip_ms.toFixed(1)} ms` : "—"}
      </td>
    </tr>
  );
}
