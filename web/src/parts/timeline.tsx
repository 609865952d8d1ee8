// What happened to a record, newest first, each with who and when, and what a decision carries.
import { lazy, Suspense } from "react";
import type { TimelineRow } from "../api/types.ts";
import { dateTime } from "../data/format.ts";
import { localText } from "../data/prefs.ts";
import { approvalDeeds, tellAct } from "../data/told_acts.ts";
import { carriesFiles } from "../data/decision.ts";
import { whyOf } from "../data/why.ts";
import { useActsText } from "../text/acts.ts";
import { fillIn, useText, type Speech, type TextKey } from "../text/index.ts";

const acts: Record<string, TextKey> = {
  "case.start": "actStart", "case.end": "actEnd", "case.comment": "actComment",
  "case.retry": "actRetry", "rule.decide": "actRule", "task.open": "actTask",
  "task.claim": "actClaim", "task.unclaim": "actUnclaim", "task.complete": "actDone",
  "task.return": "actReturn", "task.cancelled": "actCancel", "task.timed_out": "actTimedOut",
  "timer.fire": "actTimer",
};

const DecisionFiles = lazy(() => import("./decision_files.tsx"));
const DecisionWhy = lazy(() => import("./decision_why.tsx"));

type ActsWords = ReturnType<typeof useActsText>["texts"];

function title(row: TimelineRow, { t, lang }: Speech, words: ActsWords): string {
  const act = acts[row.act];
  const node = localText(row.name, lang);
  const told = tellAct(row);
  const what = told ? fillIn(words[told.key], told.values) : act && t(act);
  const outcome = localText(row.outcome_name, lang);
  return [node, outcome || what].filter(Boolean).join(" · ") || row.act;
}

// A clock is never taken for a person or for what followed by itself.
const isTimeout = (row: TimelineRow): boolean => row.actor.kind === "system-timeout";

function who(row: TimelineRow, { t }: Speech, words: ActsWords): string {
  if (isTimeout(row)) return words.timeoutActor;
  return (deeds.includes(row.act) && row.actor.name) || t("actSystem");
}

// What somebody did, as against what followed from it by itself.
const deeds = ["case.start", "case.comment", "task.claim", "task.unclaim", "task.complete",
  "task.return", ...approvalDeeds];

interface Place {
  form: string;
  id: string;
}
function Row({ row, place }: { row: TimelineRow; place: Place }) {
  const speech = useText();
  const { texts } = useActsText();
  const isDeed = deeds.includes(row.act);
  return (
    <li className={`${actorClass(row, isDeed)}${row.superseded ? " old" : ""}`}>
      <p className={isDeed ? "strong" : "soft"}>{title(row, speech, texts)}</p>
      {row.comment && <p className="words">{row.comment}</p>}
      {carriesFiles(row) && (
        <Suspense fallback={null}><DecisionFiles row={row} place={place} /></Suspense>
      )}
      {whyOf(row) && <Suspense fallback={null}><DecisionWhy row={row} /></Suspense>}
      <p className="soft">
        <span className="actor">{who(row, speech, texts)}</span>
        <time className="num" dateTime={row.at}>{dateTime(row.at)}</time>
      </p>
    </li>
  );
}

const actorClass = (row: TimelineRow, isDeed: boolean): string =>
  isTimeout(row) ? "by-timeout" : isDeed ? "by-person" : "by-system";

export function Timeline({ rows, place }: { rows: TimelineRow[]; place: Place }) {
  const keyed = rows.map((row, at) => ({ row, key: `${row.at}/${at}` })).reverse();
  return (
    <ol className="timeline">
      {keyed.map(({ row, key }) => <Row key={key} row={row} place={place} />)}
    </ol>
  );
}
