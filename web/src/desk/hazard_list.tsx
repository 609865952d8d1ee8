// The same cases as a table, page by page.
import { useMemo } from "react";
import type { FormSource, RecordRow } from "../api/types.ts";
import { serverNow } from "../data/clock.ts";
import { dateTime } from "../data/format.ts";
import { listFilter, offered } from "../data/desk_filter.ts";
import { useListing } from "../data/desk_list.ts";
import { choiceText, isOpen, levelOf, placeOf, titleOf } from "../data/records.ts";
import { useWork } from "../text/desk_work.ts";
import { LevelBadge, StateBadge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Countdown } from "../parts/clocks.tsx";
import { Empty, Loading, Refused } from "../parts/states.tsx";
import type { ViewProps } from "./hazards.tsx";

export function HazardList({ filters, form, me }: ViewProps) {
  const { t, w } = useWork();
  // The present stays as it was when the question was asked: pages belong together.
  const asked = JSON.stringify(filters);
  const now = useMemo(serverNow, [asked]);
  const listing = useListing(form.id, {
    filter: listFilter(filters, { form, me, now }), q: filters["q"],
    sort: filters["sort"] || "-created_at",
  });
  const { rows, refusal, isLoading } = listing;
  if (rows.length === 0 && isLoading) return <Loading />;
  return (
    <>
      {refusal && <Refused refusal={refusal} retry={listing.reload} />}
      {rows.length === 0 && !refusal && (
        <Empty icon="search" title={w("boardEmpty")} hint={w("boardEmptyHint")} />
      )}
      {rows.length > 0 && (
        <section className="panel">
          <Table rows={rows} form={form} />
          <div className="row">
            <span className="soft" role="status">{t("listCount", { n: rows.length })}</span>
            {listing.next && (
              <Button text={t("listMore")} isBusy={isLoading} run={listing.more} />
            )}
          </div>
        </section>
      )}
    </>
  );
}

function Table({ rows, form }: { rows: RecordRow[]; form: FormSource }) {
  const { t, w } = useWork();
  const may = offered(form);
  const heads = [
    ...(may.level ? [t("level")] : []), t("number"),
    ...(may.category ? [t("colCategory")] : []), t("place"), t("state"),
    ...(may.owner ? [t("owner")] : []), ...(may.overdue ? [t("due")] : []), t("reportedAt"),
  ];
  return (
    <div className="table-box" role="group" tabIndex={0} aria-label={w("casesList")}>
      <table className="rows">
        <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>{rows.map((row) => <Line key={row.id} row={row} form={form} />)}</tbody>
      </table>
    </div>
  );
}

function Line({ row, form }: { row: RecordRow; form: FormSource }) {
  const { lang } = useWork();
  const may = offered(form);
  return (
    <tr className={isOpen(row) ? "" : "off"}>
      {may.level && <td><LevelBadge level={levelOf(row)} /></td>}
      <td className="num nowrap"><a href={`#/case/${form.id}/${row.id}`}>{row.number}</a></td>
      {may.category && <td>{choiceText(form, "category", row["category"], lang)}</td>}
      <td>{placeOf(row, lang)}</td>
      <td><StateBadge form={form} state={row.state} /></td>
      {may.owner && <td>{titleOf(row, "owner", lang) || "—"}</td>}
      {may.overdue && <td><Due row={row} /></td>}
      <td className="num nowrap">{dateTime(row.created_at)}</td>
    </tr>
  );
}

function Due({ row }: { row: RecordRow }) {
  const due = row["due_at"];
  if (typeof due !== "string") return <>—</>;
  return isOpen(row) ? <Countdown due={due} /> : <span className="num">{dateTime(due)}</span>;
}
