// The filters of board and list: few, in one or two rows, each a plain control.
import { useEffect, useId, useState } from "react";
import * as calls from "../api/calls.ts";
import { countsOf } from "../api/calls_desk.ts";
import type { FormSource } from "../api/types.ts";
import { cleared, countOf, offered, withFilter, type Filters } from "../data/desk_filter.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { choiceText, levels, masterName, useAllRows } from "../data/records.ts";
import { useWork, type WorkKey } from "../text/desk_work.ts";
import { workText } from "../text/desk_work.ts";
import { LevelMark, levelKey } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import type { ViewProps } from "./hazards.tsx";

interface BarProps extends ViewProps {
  set: (next: Filters) => void;
}

export function FilterBar({ filters, form, view, set }: BarProps) {
  const { t, w, lang } = useWork();
  const may = offered(form);
  const areas = useAllRows("area", { sort: "code" }).value ?? [];
  const put = (name: string) => (value: string) => set(withFilter(filters, name, value));
  const states = Object.entries(form.states).map(([value, text]) => ({
    value, text: localText(text, lang),
  }));
  const categories = (form.data.properties["category"]?.enum ?? []).map((value) => ({
    value, text: choiceText(form, "category", value, lang),
  }));
  const one = (name: string, label: string, choices: Choice[]) => (
    <Select label={label} value={filters[name] ?? ""} choices={choices} set={put(name)} />
  );
  return (
    <section className="panel case-filters" aria-label={w("filters")}>
      <Search filters={filters} set={set} />
      {may.level && <Levels value={filters["level"] ?? ""} set={put("level")} />}
      {one("area", t("filterArea"), areas.map((row) => ({
        value: row.id, text: masterName(row, lang),
      })))}
      {one("state", t("filterState"), states)}
      {may.category && one("category", t("colCategory"), categories)}
      {may.owner && <Owner form={form} value={filters["owner"] ?? ""} set={put("owner")} />}
      <div className="case-switches">
        {view === "list" && <Switch name="open" text="onlyOpen" filters={filters} set={set} />}
        {view === "hazards" && (
          <Switch name="closed" text="withClosed" filters={filters} set={set} />
        )}
        {may.overdue && <Switch name="overdue" text="onlyOverdue" filters={filters} set={set} />}
        <Switch name="mine" text="onlyMine" filters={filters} set={set} />
      </div>
      {filters["f"] && <FromFigure filters={filters} set={set} />}
      {countOf(filters) > 0 && (
        <Button
          text={t("filterClear")} icon="close" kind="quiet" run={() => set(cleared(filters))}
        />
      )}
    </section>
  );
}

const pause_ms = 300;
function Search({ filters, set }: Pick<BarProps, "filters" | "set">) {
  const { w } = useWork();
  const [words, setWords] = useState(filters["q"] ?? "");
  useEffect(() => {
    if (words === (filters["q"] ?? "")) return;
    const timer = setTimeout(() => set(withFilter(filters, "q", words.trim())), pause_ms);
    return () => clearTimeout(timer);
  }, [words]);
  // Cleared, or another link was followed.
  useEffect(() => setWords(filters["q"] ?? ""), [filters["q"]]);
  return (
    <label className="case-search">
      <Icon name="search" />
      <input
        type="search" value={words} aria-label={w("searchCases")} placeholder={w("searchCases")}
        autoComplete="off" spellCheck={false} maxLength={80}
        onChange={(event) => setWords(event.target.value)}
      />
    </label>
  );
}

function Levels({ value, set }: { value: string; set: (value: string) => void }) {
  const { t } = useWork();
  return (
    <div className="case-levels" role="group" aria-label={t("filterLevel")}>
      {levels.map((level) => (
        <button
          key={level} type="button" className="chip" aria-pressed={value === level}
          onClick={() => set(value === level ? "" : level)}
        >
          <LevelMark level={level} /><span>{t(levelKey(level))}</span>
        </button>
      ))}
    </div>
  );
}

interface Choice {
  value: string;
  text: string;
}
interface SelectProps {
  label: string;
  value: string;
  choices: Choice[];
  set: (value: string) => void;
}
export function Select({ label, value, choices, set }: SelectProps) {
  const { t } = useWork();
  const id = useId();
  const isKnown = value === "" || choices.some((choice) => choice.value === value);
  return (
    <span className={`case-select${value ? " chosen" : ""}`}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => set(event.target.value)}>
        <option value="">{t("all")}</option>
        {!isKnown && <option value={value}>…</option>}
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>{choice.text}</option>
        ))}
      </select>
    </span>
  );
}

// Only people who own such a case, by name.
type OwnerProps = { form: FormSource } & Pick<SelectProps, "value" | "set">;
function Owner({ form, value, set }: OwnerProps) {
  const { t } = useWork();
  const owners = useQuery(`counts/${form.id}/owner`, () => countsOf(form.id, "owner", {}));
  const people = useQuery("people//", () => calls.people());
  const names = new Map((people.value?.rows ?? []).map((one) => [one.id, one.name]));
  const choices = (owners.value?.counts ?? []).flatMap((count) => {
    const name = count.value && names.get(count.value);
    return count.value && name ? [{ value: count.value, text: name }] : [];
  });
  const sorted = choices.sort((a, b) => a.text.localeCompare(b.text, "zh"));
  return <Select label={t("owner")} value={value} choices={sorted} set={set} />;
}

interface SwitchProps extends Pick<BarProps, "filters" | "set"> {
  name: string;
  text: WorkKey;
}
function Switch({ name, text, filters, set }: SwitchProps) {
  const { w } = useWork();
  const isOn = filters[name] === "1";
  return (
    <button
      type="button" className="chip" aria-pressed={isOn}
      onClick={() => set(withFilter(filters, name, isOn ? "" : "1"))}
    >
      {w(text)}
    </button>
  );
}

function FromFigure({ filters, set }: Pick<BarProps, "filters" | "set">) {
  const { w } = useWork();
  const key = `figure_${filters["figure"] ?? ""}`;
  const name = key in workText.zh ? w(key as WorkKey) : "";
  const off = () => set(withFilter(withFilter(filters, "f", ""), "figure", ""));
  return (
    <span className="from-figure">
      <span>{w("fromFigure")}{name && `: ${name}`}</span>
      <Button text={w("dropFigure")} icon="close" kind="quiet" isIconOnly run={off} />
    </span>
  );
}
