// What happened to a record, newest first, each with who and when.
import type { TimelineRow } from "../api/types.ts";
import { dateTime } from "../data/format.ts";
import { localText } from "../data/prefs.ts";
import { approvalDeeds, tellAct } from "../data/told_acts.ts";
import { useActsText } from "../text/acts.ts";
import { fillIn, useText, type Speech, type TextKey } from "../text/index.ts";

const acts: Record<string, TextKey> = {
  "case.start": "actStart", "case.end": "actEnd", "case.comment": "actComment",
  "case.retry": "actRetry", "rule.decide": "actRule", "task.open": "actTask",
  "task.claim": "actClaim", "task.unclaim": "actUnclaim", "task.complete": "actDone",
  "task.return": "actReturn", "task.cancelled": "actCancel", "task.timed_out": "actTimedOut",
  "timer.fire": "actTimer",
};

type ActsWords = ReturnType<typeof useActsText>["texts"];

function title(row: TimelineRow, { t, lang }: Speech, words: ActsWords): string {
  const act = acts[row.act];
  const node = localText(row.name, lang);
  const told = tellAct(row);
  const what = told ? fillIn(words[told.key], told.values) : act && t(act);
  return [node, what].filter(Boolean).join(" · ") || row.act;
}

function who(row: TimelineRow, { t }: Speech): string {
  return (deeds.includes(row.act) && row.actor.name) || t("actSystem");
}

// What somebody did, as against what followed from it by itself.
const deeds = ["case.start", "case.comment", "task.claim", "task.unclaim", "task.complete",
  "task.return", ...approvalDeeds];

function Row({ row }: { row: TimelineRow }) {
  const speech = useText();
  const { texts } = useActsText();
  const isDeed = deeds.includes(row.act);
  return (
    <li className={`${isDeed ? "by-person" : "by-system"}${row.superseded ? " old" : ""}`}>
      <p className={isDeed ? "strong" : "soft"}>{title(row, speech, texts)}</p>
      {row.comment && <p className="words">{row.comment}</p>}
      <p className="soft">
        <span>{who(row, speech)}</span>
        <time className="num" dateTime={row.at}>{dateTime(row.at)}</time>
      </p>
    </li>
  );
}

export function Timeline({ rows }: { rows: TimelineRow[] }) {
  const keyed = rows.map((row, at) => ({ row, key: `${row.at}/${at}` })).reverse();
  return (
    <ol className="timeline">
      {keyed.map(({ row, key }) => <Row key={key} row={row} />)}
    </ol>
  );
}
