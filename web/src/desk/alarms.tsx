// The alarm list with its filters, what is shelved or out of service, the journal, the sources.
import { useEffect, useRef, useState } from "react";
import type { Alarm, AlarmList, Priority } from "../api/types_response.ts";
import {
  allAlarms, fits, letters, useAlarms, type AlarmFilter,
} from "../data/alarms.ts";
import { useAreas } from "../data/areas.ts";
import { shortTime } from "../data/format.ts";
import { alarmText } from "../text/alarm_words.ts";
import { useBlock } from "../text/block.ts";
import { sensingText } from "../text/sensing_words.ts";
import { useTitle } from "../parts/shell.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { Icon } from "../parts/icon.tsx";
import { Performance } from "./alarm_performance.tsx";
import { FloodList } from "./alarm_groups.tsx";
import { AlarmTree } from "./alarm_tree.tsx";
import { AlarmTable } from "./alarm_table.tsx";
import { letterKey, PrioritySign, useDesk } from "./control_parts.tsx";
import Journal from "./journal.tsx";
import { Sources } from "./sources.tsx";
import { FilterChips } from "./filter_chips.tsx";

export type AlarmTab = "list" | "shelved" | "journal" | "performance" | "sources";
const tabs: AlarmTab[] = ["list", "shelved", "journal", "performance", "sources"];

interface PageProps {
  tab: string;
  query: Record<string, string>;
}
export default function AlarmPage({ tab, query }: PageProps) {
  const { t } = useDesk();
  const { t: s } = useBlock(sensingText);
  const alarms = useAlarms();
  const shown = tabs.find((one) => one === tab) ?? "list";
  useTitle(t("alarmsTitle"));
  const counts = alarms.value?.counts;
  const leftOut = alarms.value?.left_out ?? [];
  const codes = leftOut.slice(0, 8).map((one) => one.code).join(", ");
  const numbers: Partial<Record<AlarmTab, number>> = counts ? {
    list: counts.active, shelved: counts.shelved + counts.suppressed + counts.out_of_service,
  } : {};
  return (
    <div className="alarm-page">
      <div className="row">
        <h1>{t("alarmsTitle")}</h1>
        <nav className="tab-row" aria-label={t("alarmsTitle")}>
          {tabs.map((one) => (
            <a
              key={one} className="chip" href={one === "list" ? "#/alarms" : `#/alarms/${one}`}
              aria-current={one === shown ? "page" : undefined}
            >
              {t(`tab_${one}`)}
              {numbers[one] !== undefined && <b className="num">{numbers[one]}</b>}
            </a>
          ))}
          <a className="chip" href="#/lists/alarm_limit">{s("listsTitle")}</a>
        </nav>
      </div>
      {counts?.is_flood && (
        <p className="banner bad flood-note" role="status">
          <Icon name="warn" />
          <span>{t("floodNote", { n: counts.annunciated_10min })}</span>
        </p>
      )}
      {leftOut.length > 0 && (
        <p className="banner bad" role="status">
          <Icon name="warn" />
          <span>{t("leftOutNote", { n: leftOut.length, codes })}</span>
        </p>
      )}
      {shown === "journal" ? <Journal query={query} /> : shown === "sources" ? <Sources />
        : shown === "performance" ? <Performance query={query} /> : (
        <Ready query={alarms}>
          {(list) => shown === "shelved"
            ? <Shelved rows={list.rows} /> : <List list={list} isUnacked={!!query["unacked"]} />}
        </Ready>
      )}
      <p className="soft keys">{t("keysHint")}</p>
    </div>
  );
}

const away = (alarm: Alarm) => ["G", "H", "I"].includes(alarm.letter);

function List({ list, isUnacked }: { list: AlarmList; isUnacked: boolean }) {
  const { t } = useDesk();
  const { t: s } = useBlock(alarmText);
  const [filter, setFilter] = useState<AlarmFilter>({ ...allAlarms, unackedOnly: isUnacked });
  const [isTree, setTree] = useState(false);
  const rows = list.rows.filter((alarm) =>
    fits(alarm, filter) && (filter.letter !== null || !away(alarm)));
  return (
    <>
      <Filters filter={filter} set={setFilter} />
      <section className="panel grow-panel">
        <p className="soft num" role="status">
          {t("alarmsShown", { n: rows.length })} · {t("alarmsAway", {
            n: list.counts.shelved + list.counts.suppressed + list.counts.out_of_service,
          })} · {t("alarmRate", { n: list.counts.annunciated_10min })}
        </p>
        <p className="row">
          <button
            type="button" className="chip" aria-pressed={isTree} data-act="tree"
            onClick={() => setTree(!isTree)}
          >{s("treeShow")}</button>
        </p>
        {rows.length === 0
          ? <Empty icon="check" title={t("alarmsNone")} />
          : isTree ? <AlarmTree rows={rows} label={t("alarmsTitle")} />
          : list.counts.is_flood || list.counts.positions?.some((one) => one.is_flood)
            ? <FloodList rows={rows} counts={list.counts} label={t("alarmsTitle")} />
            : <AlarmTable rows={rows} label={t("alarmsTitle")} />}
      </section>
    </>
  );
}

interface FiltersProps {
  filter: AlarmFilter;
  set: (next: AlarmFilter) => void;
}
function Filters({ filter, set }: FiltersProps) {
  const { t, lang } = useDesk();
  const areas = useAreas();
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLInputElement ||
        event.target instanceof HTMLTextAreaElement;
      if (event.key !== "/" || isTyping) return;
      event.preventDefault();
      search.current?.focus();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const priorities: Priority[] = [1, 2, 3, 4];
  return (
    <section className="panel alarm-filters" aria-label={t("filters")}>
      <input
        ref={search} type="search" value={filter.words} aria-label={t("alarmSearch")}
        placeholder={t("alarmSearch")}
        onChange={(event) => set({ ...filter, words: event.target.value })}
      />
      <FilterChips
        label={t("colPriority")} value={filter.priority ? String(filter.priority) : ""}
        onChange={(value) => set({ ...filter, priority: (Number(value) || null) as never })}
        choices={priorities.map((one) => ({
          value: String(one), text: "", mark: <PrioritySign priority={one} />,
        }))}
      />
      <FilterChips
        label={t("area")} value={filter.area} onChange={(area) => set({ ...filter, area })}
        choices={areas.rows.map((row) => ({
          value: String(row["code"]), text: areas.nameOf(row.id, lang),
        }))}
      />
      <FilterChips
        label={t("colState")} value={filter.letter ?? ""}
        onChange={(value) => set({ ...filter, letter: (value || null) as never })}
        choices={letters.map((letter) => ({
          value: letter, text: `${letter} ${t(letterKey(letter))}`,
        }))}
      />
      <button
        type="button" className="chip" aria-pressed={filter.unackedOnly}
        onClick={() => set({ ...filter, unackedOnly: !filter.unackedOnly })}
      >{t("unackedOnly")}</button>
    </section>
  );
}

function Shelved({ rows }: { rows: Alarm[] }) {
  const { t } = useDesk();
  const gone = rows.filter(away);
  if (gone.length === 0) return <Empty icon="check" title={t("shelvedNone")} />;
  return (
    <section className="panel grow-panel">
      <AlarmTable rows={gone} label={t("tab_shelved")} />
      <ul className="shelf-reasons">
        {gone.filter((alarm) => alarm.shelf).map((alarm) => (
          <li key={alarm.id}>
            <b className="num">{alarm.code}</b> {alarm.shelf?.reason}{" "}
            <span className="soft num">
              {alarm.shelf?.by_name} · {shortTime(alarm.shelf?.since ?? "")}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
