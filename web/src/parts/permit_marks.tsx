// The small signs of a permit: its kind, what state it is in, how sure its figures are, how long a
// conflict blocks. Each says in words what it says in colour.
import type { FormSource, Language, RecordRow } from "../api/types.ts";
import type { Conflict, RuleMark } from "../api/types_permit.ts";
import { shortTime } from "../data/format.ts";
import { choiceText } from "../data/records.ts";
import { conflictText } from "../data/permit_board.ts";
import { kindSign } from "../data/permit_signs.ts";
import { usePermitText } from "../text/permit.ts";
import { Icon } from "./icon.tsx";
import "../styles/permit_parts.css";

export function KindSign({ kind }: { kind: string }) {
  return (
    <svg className="kind-sign" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={kindSign(kind)} />
    </svg>
  );
}

export function kindText(
  row: RecordRow | { kind: unknown; grade?: unknown }, form: FormSource | undefined, lang: Language,
): string {
  if (!form) return String(row["kind"] ?? "");
  const { kind, grade } = row;
  const told = grade && grade !== "none" ? choiceText(form, "grade", grade, lang) : "";
  return [choiceText(form, "kind", kind, lang), told].filter(Boolean).join(" · ");
}

const marks = ["official", "seen", "draft", "plant"];
export function MarkBadge({ mark }: { mark: RuleMark | string | null | undefined }) {
  const { p } = usePermitText();
  if (!mark || !marks.includes(mark)) return null;
  return (
    <span className={`rule-mark ${mark}`}>
      {mark === "draft" && <Icon name="warn" />}
      {p(`mark_${mark as RuleMark}`)}
    </span>
  );
}

// On the ticket itself: its figures were not checked against the official text yet.
export function DraftNote({ mark }: { mark: unknown }) {
  const { p } = usePermitText();
  if (mark !== "draft") return null;
  return (
    <p className="draft-note"><Icon name="warn" /><span>{p("draftNote")}</span></p>
  );
}

export function ConflictLine({ conflict, other }: { conflict: Conflict; other?: string }) {
  const { p, lang } = usePermitText();
  const gap = conflict.gap_m === null || conflict.gap_m === undefined
    ? "" : p("gapM", { m: Math.round(conflict.gap_m * 10) / 10 });
  return (
    <span className={`conflict ${conflict.is_hard ? "hard" : conflict.level}`}>
      <b>
        <Icon name={conflict.is_hard ? "close" : "warn"} />
        {p(conflict.is_hard ? "level_block" : `level_${conflict.level}`)}
      </b>
      {other && <span className="num">{other}</span>}
      <span className="grow">{conflictText(conflict, lang)}</span>
      <span className="soft num">
        {gap && `${gap} · `}{shortTime(conflict.from)} – {shortTime(conflict.to)}
      </span>
    </span>
  );
}
