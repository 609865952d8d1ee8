// Where values come from, and whether everything that came is accounted for: received = stored +
// duplicate + rejected + dropped.
import { lazy, Suspense } from "react";
import type { Language } from "../api/types.ts";
import type { SourceRow } from "../api/types_response.ts";
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
              <tbody>{rows.map((row) => <Line key={row.code} row={row} />)}</tbody>
            </table>
          </div>
        </section>
        )}
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

function Line({ row }: { row: SourceRow }) {
  const { t, lang } = useDesk();
  const { texts } = useText();
  const now = useNow();
  return (
    <tr>
      <th scope="row">
        <b className="num">{row.code}</b> {localText(row.name, lang)}
      </th>
      <td>{row.protocol}</td>
      <td>
        {row.is_up ? t("isUp") : (
          <b className="is-down">
            <Icon name="warn" /> {t("isDown")} {troubleText(row.trouble, lang)}
          </b>
        )}
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
