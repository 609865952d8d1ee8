// One task, one record, as a card that is one big target.
import type { FormSource, RecordRow, Task } from "../api/types.ts";
import { useNow } from "../data/clock.ts";
import { ago } from "../data/format.ts";
import { localText } from "../data/prefs.ts";
import { asLevel, choiceText, isGraded, isOpen, levelOf, placeOf } from "../data/records.ts";
import { useMe } from "../data/session.ts";
import { useText } from "../text/index.ts";
import { LevelBadge, StateBadge } from "../parts/badge.tsx";
import { Countdown } from "../parts/clocks.tsx";
import { Icon } from "../parts/icon.tsx";

export function TaskCard({ task }: { task: Task }) {
  const { t, lang } = useText();
  const me = useMe();
  const row = task.record;
  const level = asLevel(task.level) ?? (row ? levelOf(row) : null);
  const place = row ? placeOf(row, lang) : "";
  const hold = task.is_mine ? t("taskMine") : task.assignee && task.assignee !== me.id
    ? "" : t("taskOpen");
  return (
    <li>
      <a className={`card lv-${level ?? "none"}`} href={`#/case/${task.form}/${task.record_id}`}>
        <span className="card-head">
          {isGraded(task) && <LevelBadge level={level} />}
          <span className="num soft">{row?.number}</span>
          {hold && <span className="state">{hold}</span>}
        </span>
        <span className="card-title">{localText(task.name, lang)}</span>
        {place && <span className="soft"><Icon name="place" />{place}</span>}
        {task.due && <Countdown due={task.due} />}
      </a>
    </li>
  );
}

export function RecordCard({ row, form }: { row: RecordRow; form: FormSource }) {
  const { lang, texts } = useText();
  const now = useNow();
  const due = row["due_at"];
  const level = levelOf(row);
  return (
    <li>
      <a className={`card lv-${level ?? "none"}`} href={`#/case/${form.id}/${row.id}`}>
        <span className="card-head">
          <LevelBadge level={level} />
          <span className="num soft">{row.number}</span>
          <StateBadge form={form} state={row.state} />
        </span>
        <span className="card-title">
          {choiceText(form, "category", row["category"], lang)} · {placeOf(row, lang)}
        </span>
        <span className="soft num">{ago(row.created_at, now, texts)}</span>
        {typeof due === "string" && isOpen(row) && <Countdown due={due} />}
      </a>
    </li>
  );
}
