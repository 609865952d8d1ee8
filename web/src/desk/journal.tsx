// The alarm journal: who did what when, by tag, area, kind and day, page by page, and as a file.
import { useState } from "react";
import * as calls from "../api/calls_alarm.ts";
import { asRefusal } from "../api/client.ts";
import type { JournalRow } from "../api/types_response.ts";
import { useTags } from "../data/alarms.ts";
import { useAreas } from "../data/areas.ts";
import { saveAs } from "../data/desk_save.ts";
import { wallClock } from "../data/format.ts";
import {
  exportRows, journalCsv, journalFilter, journalWish, wholeJournal, type JournalFilter,
} from "../data/journal.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { choiceText, useForm } from "../data/records.ts";
import { journalComment } from "../data/retired.ts";
import { replaceRoute } from "../data/route.ts";
import { may, useMe } from "../data/session.ts";
import { useBlock } from "../text/block.ts";
import { sensingText } from "../text/sensing_words.ts";
import { Button } from "../parts/button.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import { useDesk } from "./control_parts.tsx";
import { DayField } from "./day_field.tsx";
import { FilterChips } from "./filter_chips.tsx";
import { actText } from "./response_card.tsx";

export default function Journal({ query }: { query: Record<string, string> }) {
  const filter = journalFilter(query);
  return (
    <>
      <Filters filter={filter} />
      <Pages key={JSON.stringify(filter)} filter={filter} />
    </>
  );
}

function Filters({ filter }: { filter: JournalFilter }) {
  const { t, lang } = useDesk();
  const { t: s } = useBlock(sensingText);
  const me = useMe();
  const areas = useAreas();
  const tags = useTags().value?.rows ?? [];
  const set = (next: Partial<JournalFilter>) => {
    const whole = Object.entries({ ...filter, ...next }).filter(([, value]) => value !== "");
    replaceRoute("alarms/journal", Object.fromEntries(whole));
  };
  return (
    <section className="panel alarm-filters" aria-label={t("filters")}>
      <div className="row journal-fields">
        <label className="tag-pick">
          <span className="soft">{s("journalTag")}</span>
          <select value={filter.tag} onChange={(event) => set({ tag: event.target.value })}>
            <option value="">{s("allTags")}</option>
            {tags.map((tag) => (
              <option key={tag.code} value={tag.code}>
                {tag.code} {localText(tag.name, lang)}
              </option>
            ))}
          </select>
        </label>
        <DayField label={s("from")} value={filter.from} onChange={(from) => set({ from })} />
        <DayField label={s("to")} value={filter.to} onChange={(to) => set({ to })} />
      </div>
      <FilterChips
        label={t("area")} value={filter.area} onChange={(area) => set({ area })}
        choices={areas.rows.map((row) => ({
          value: String(row["code"]), text: areas.nameOf(row.id, lang),
        }))}
      />
      {may(me, "alarm_limit", "list") && (
        <Kinds value={filter.kind} onChange={(kind) => set({ kind })} />
      )}
    </section>
  );
}

function Kinds({ value, onChange }: { value: string; onChange: (kind: string) => void }) {
  const { lang } = useDesk();
  const { t: s } = useBlock(sensingText);
  const form = useForm("alarm_limit").value;
  const kinds = form?.data.properties["kind"]?.enum ?? [];
  if (!form) return null;
  return (
    <FilterChips
      label={s("journalKind")} value={value} onChange={onChange}
      choices={kinds.map((kind) => ({ value: kind, text: choiceText(form, "kind", kind, lang) }))}
    />
  );
}

function Pages({ filter }: { filter: JournalFilter }) {
  const { t } = useDesk();
  const { t: s } = useBlock(sensingText);
  // The last row of each page that was left behind.
  const [way, setWay] = useState<string[]>([]);
  const [isBusy, setBusy] = useState(false);
  const wish = journalWish(filter, way.at(-1) ?? "");
  const query = useQuery(`alarms/journal/${JSON.stringify(wish)}`, () => calls.journal(wish));
  const save = async () => {
    setBusy(true);
    try {
      const { rows, isWhole } = await wholeJournal(calls.journal, filter);
      saveAs(new Blob([journalCsv(rows)], { type: "text/csv" }), "journal.csv");
      if (!isWhole) say(s("exportCut", { n: exportRows }), false);
    } catch (reason) {
      const refusal = asRefusal(reason);
      say(refusal.message || refusal.code, false);
    }
    setBusy(false);
  };
  const next = query.value?.next;
  return (
    <Ready query={query}>
      {({ rows }) => (
        <section className="panel grow-panel">
          <div className="row journal-foot">
            <Button
              text={s("newer")} isOff={way.length === 0} run={() => setWay(way.slice(0, -1))}
            />
            <Button text={s("older")} isOff={!next} run={() => next && setWay([...way, next])} />
            <span className="soft num" role="status">
              {s("journalPage", { page: way.length + 1, n: rows.length })}
            </span>
            <Button text={t("trendCsv")} icon="download" isBusy={isBusy} run={() => void save()} />
          </div>
          {rows.length === 0 ? <Empty title={t("journalNone")} /> : <JournalTable rows={rows} />}
        </section>
      )}
    </Ready>
  );
}

export function JournalTable({ rows }: { rows: readonly JournalRow[] }) {
  const { t, lang } = useDesk();
  const heads = [t("colTime"), t("colTagCode"), t("colWhat"), t("act"), t("colState"),
    t("colValue"), t("by"), t("comment")];
  return (
    <div className="table-box" role="group" tabIndex={0} aria-label={t("journal")}>
      <table className="rows tight">
        <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={`${row.at}/${row.occurrence}/${at}`}>
              <td className="num nowrap">
                {wallClock(Date.parse(row.at))}.{row.at.slice(20, 23)}
              </td>
              <td className="num nowrap">{row.code}</td>
              <td>{localText(row.name, lang)}</td>
              <td>{actText(t, row.act)}</td>
              <td className="nowrap">{row.letter_before} → {row.letter}</td>
              <td className="num">{row.value ?? "—"}</td>
              <td>{row.actor.name ?? t("system")}</td>
              <td>{journalComment(row.comment, lang)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
