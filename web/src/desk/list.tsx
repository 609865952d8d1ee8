// All hazards the caller may see, with filters in the address.
import { useEffect, useState } from "react";
import type { FormSource, RecordRow } from "../api/types.ts";
import { dateTime } from "../data/format.ts";
import { setFilter, useListing, type Filters } from "../data/list.ts";
import { localText } from "../data/prefs.ts";
import {
  choiceText, isOpen, levelOf, levels, masterName, placeOf, titleOf, useAllRows, useForm,
} from "../data/records.ts";
import { replaceRoute } from "../data/route.ts";
import { useText } from "../text/index.ts";
import { LevelBadge, LevelMark, StateBadge, levelKey } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Countdown } from "../parts/clocks.tsx";
import { TextField, Toggle } from "../parts/field.tsx";
import { useTitle } from "../parts/shell.tsx";
import { Empty, Loading, Ready, Refused } from "../parts/states.tsx";
import { FilterChips } from "./filter_chips.tsx";

export function ListPage({ query }: { query: Filters }) {
  const { t } = useText();
  useTitle(t("listTitle"));
  const form = useForm("hazard");
  return (
    <Ready query={form}>
      {(source) => (
        <div className="list-page">
          <h1>{t("listTitle")}</h1>
          <FilterBar filters={query} form={source} />
          <Rows filters={query} form={source} />
        </div>
      )}
    </Ready>
  );
}

function SearchField({ filters }: { filters: Filters }) {
  const { t } = useText();
  const [words, setWords] = useState(filters["q"] ?? "");
  useEffect(() => {
    if (words === (filters["q"] ?? "")) return;
    const timer = setTimeout(() => setFilter(filters, "q", words), 300);
    return () => clearTimeout(timer);
  }, [words]);
  return <TextField kind="search" label={t("listSearch")} value={words} onChange={setWords} />;
}

function FilterBar({ filters, form }: { filters: Filters; form: FormSource }) {
  const { t, lang } = useText();
  const areas = useAllRows("area", { sort: "code" }).value ?? [];
  const set = (name: string) => (value: string) => setFilter(filters, name, value);
  const states = Object.entries(form.states).map(([value, text]) => ({
    value, text: localText(text, lang),
  }));
  return (
    <section className="panel filters" aria-label={t("search")}>
      <SearchField filters={filters} />
      <FilterChips
        label={t("filterLevel")} value={filters["level"] ?? ""} onChange={set("level")}
        choices={levels.map((level) => ({
          value: level, text: t(levelKey(level)), mark: <LevelMark level={level} />,
        }))}
      />
      <FilterChips
        label={t("filterArea")} value={filters["area"] ?? ""} onChange={set("area")}
        choices={areas.map((row) => ({ value: row.id, text: masterName(row, lang) }))}
      />
      <FilterChips
        label={t("filterState")} value={filters["state"] ?? ""} onChange={set("state")}
        choices={states}
      />
      <div className="filter-switches">
        <Toggle
          label={t("filterOpen")} value={filters["open"] === "1"}
          onChange={(value) => set("open")(value ? "1" : "")}
        />
        <Toggle
          label={t("filterOverdue")} value={filters["overdue"] === "1"}
          onChange={(value) => set("overdue")(value ? "1" : "")}
        />
        <Button text={t("filterClear")} kind="quiet" run={() => replaceRoute("list")} />
      </div>
    </section>
  );
}

function Rows({ filters, form }: { filters: Filters; form: FormSource }) {
  const { t } = useText();
  const listing = useListing(filters);
  const { rows, refusal, isLoading } = listing;
  if (rows.length === 0 && isLoading) return <Loading />;
  return (
    <>
      {refusal && <Refused refusal={refusal} retry={listing.reload} />}
      {rows.length === 0 && !refusal && <Empty icon="search" title={t("listEmpty")} />}
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
  const { t, lang } = useText();
  const heads = [
    t("level"), t("number"), t("colCategory"), t("place"), t("state"), t("owner"), t("due"),
    t("reportedAt"),
  ];
  return (
    <div className="table-box" role="group" tabIndex={0} aria-label={t("listTitle")}>
      <table className="rows">
        <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} className={isOpen(row) ? "" : "off"}>
              <td><LevelBadge level={levelOf(row)} /></td>
              <td className="num"><a href={`#/case/${form.id}/${row.id}`}>{row.number}</a></td>
              <td>{choiceText(form, "category", row["category"], lang)}</td>
              <td>{placeOf(row, lang)}</td>
              <td><StateBadge form={form} state={row.state} /></td>
              <td>{titleOf(row, "owner", lang) || "—"}</td>
              <td><Due row={row} /></td>
              <td className="num">{dateTime(row.created_at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Due({ row }: { row: RecordRow }) {
  const due = row["due_at"];
  if (typeof due !== "string") return <>—</>;
  return isOpen(row) ? <Countdown due={due} /> : <span className="num">{dateTime(due)}</span>;
}
