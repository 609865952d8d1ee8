// One case as a card: how bad, what, where, how long still, who, what its photos are worth.
import type { FormSource, RecordRow } from "../api/types.ts";
import type { BadgeColour } from "../api/types_hazard.ts";
import { isOverdue } from "../data/board.ts";
import { useNow } from "../data/clock.ts";
import { useGlance } from "../data/desk_glance.ts";
import { ago } from "../data/format.ts";
import { localText } from "../data/prefs.ts";
import { choiceText, isOpen, levelOf, placeOf, titleOf } from "../data/records.ts";
import { useWork } from "../text/desk_work.ts";
import { LevelMark } from "../parts/badge.tsx";
import { Countdown } from "../parts/clocks.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";

const icons: Record<BadgeColour, IconName> = {
  green: "shield", amber: "shieldMaybe", red: "shieldBad", pending: "clock",
};
export function EvidenceMark({ colour, isLong }: { colour: BadgeColour; isLong?: boolean }) {
  const { w } = useWork();
  const text = w(`evidence_${colour}`);
  return (
    <span className={`evidence-mark ${colour}`} title={text}>
      <Icon name={icons[colour]} />
      <span className={isLong ? undefined : "unseen"}>{text}</span>
    </span>
  );
}

function headOf(form: FormSource, row: RecordRow, lang: "zh" | "en"): string {
  const category = choiceText(form, "category", row["category"], lang);
  const potential = choiceText(form, "potential", row["potential"], lang);
  return category || potential || titleOf(row, "device", lang) || row.number;
}

interface CardProps {
  form: FormSource;
  row: RecordRow;
  wentTo?: string | null;
}
export function CaseCard({ form, row, wentTo = null }: CardProps) {
  const { w, lang } = useWork();
  const now = useNow();
  const { card, glance } = useGlance(form.id, row);
  const level = levelOf(row);
  const isDone = !isOpen(row);
  const head = headOf(form, row, lang);
  const words = String(row["description"] ?? "");
  const late = isOverdue(row, now) ? " late" : "";
  const gone = wentTo === null ? "" : " gone";
  return (
    <li ref={card}>
      <a
        className={`hazard lv-${isDone ? "none" : level ?? "none"}${late}${gone}`}
        href={`#/case/${form.id}/${row.id}`}
      >
        <span className="hazard-head">
          {level && !isDone ? <LevelMark level={level} /> : isDone && <Icon name="check" />}
          <span className="strong grow">{head}</span>
          {glance.badge && <EvidenceMark colour={glance.badge} />}
        </span>
        <span className="hazard-place">{placeOf(row, lang)}</span>
        {words && <span className="hazard-words soft">{words}</span>}
        <Foot row={row} />
        {!isDone && <Open row={row} due={glance.due} />}
        {wentTo !== null && (
          <span className="went">
            <Icon name="next" />
            {wentTo ? w("wentTo", { state: localText(form.states[wentTo], lang) || wentTo })
              : w("wentAway")}
          </span>
        )}
      </a>
    </li>
  );
}

function Foot({ row }: { row: RecordRow }) {
  const { texts } = useWork();
  return (
    <span className="soft num hazard-foot">
      <span>{row.number}</span><span>{ago(row.created_at, useNow(), texts)}</span>
    </span>
  );
}

function Open({ row, due }: { row: RecordRow; due: string | null }) {
  const { t, w, lang } = useWork();
  const steps = Number(row["escalation"] ?? 0);
  const repeats = Number(row["repeat_count"] ?? 0);
  const clock = typeof row["due_at"] === "string" ? row["due_at"] : due;
  const owner = titleOf(row, "owner", lang);
  const receiver = owner ? "" : titleOf(row, "first_receiver", lang);
  return (
    <>
      {clock && <Countdown due={clock} />}
      {(steps > 0 || repeats > 0) && (
        <span className="escalated">
          <Icon name="warn" />
          {[steps > 0 && t("escalationLevel", { n: steps }), repeats > 0 &&
            w("repeatN", { n: repeats })].filter(Boolean).join(" · ")}
        </span>
      )}
      {owner && <span className="soft"><Icon name="person" /> {owner}</span>}
      {receiver && (
        <span className="soft"><Icon name="person" /> {w("receivedBy", { name: receiver })}</span>
      )}
    </>
  );
}
