// The live budget bar: each step of the response with its budget, the running clock in tenths of a
// second, the stamp in milliseconds, and in words and red what is late.
import { useEffect, useState } from "react";
import type { ResponseView } from "../api/types_response.ts";
import { localText } from "../data/prefs.ts";
import {
  budgetText, clockNow, clocksOf, isOver, runningText, stampText, type StepClock,
} from "../data/response.ts";
import { useText } from "../text/index.ts";
import { useDesk } from "./control_parts.tsx";

interface BudgetProps {
  view: ResponseView;
  now: () => number;
}
const beat_ms = 100;

function useBeat(isRunning: boolean): void {
  const [, beat] = useState(0);
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => {
      if (!document.hidden) beat((before) => before + 1);
    }, beat_ms);
    return () => clearInterval(timer);
  }, [isRunning]);
}

export function BudgetBar({ view, now }: BudgetProps) {
  const { t } = useDesk();
  const isEnded = isOver(view.response.state);
  useBeat(!isEnded);
  const at = clockNow(view, now());
  const clocks = clocksOf(view, at);
  const done = clocks.filter(({ state }) => state === "done" || state === "late").length;
  const late = clocks.filter(({ state }) => state === "late" || state === "overdue").length;
  return (
    <section className="panel budget" aria-labelledby="budget">
      <h2 id="budget">
        {t("budgetTitle")}
        <span className="big num running-clock" role="timer">
          {runningText(at - Date.parse(view.response.raised_at))}
        </span>
        <span className="soft num">{t("stepsDone", { n: done, all: clocks.length })}</span>
        <span className={late > 0 ? "late-count" : "soft"}>
          {late > 0 ? t("stepsLate", { n: late }) : t("stepsInTime")}
        </span>
      </h2>
      <ol className="budget-steps">
        {clocks.map((clock) => <Step key={clock.step.step} clock={clock} />)}
      </ol>
    </section>
  );
}

const stateKeys = {
  done: "stepDone", late: "stepLate", running: "stepRunning", overdue: "stepOverdue",
  skipped: "stepSkipped",
} as const;

function Step({ clock }: { clock: StepClock }) {
  const { t, lang } = useDesk();
  const { step, state, ms, share } = clock;
  const isStamped = state === "done" || state === "late";
  const figure = isStamped ? stampText(ms) : state === "skipped" ? "—" : runningText(ms);
  return (
    <li className={`budget-step ${state}`}>
      <span className="step-name">{localText(step.name, lang)}</span>
      <span className="step-time num">{figure}</span>
      <svg className="step-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect className="step-room" width="100" height="6" />
        <rect className="step-fill" width={100 * share} height="6" />
      </svg>
      <span className="step-foot num">
        <span>
          {step.budget_ms === null ? t("noBudget")
            : step.budget_ms === 0 ? t("stepStart") : `≤ ${budgetText(step.budget_ms)}`}
        </span>
        <b>{t(stateKeys[state])}</b>
      </span>
      <Who clock={clock} />
    </li>
  );
}

function Who({ clock }: { clock: StepClock }) {
  const { t } = useText();
  const { by } = clock.step;
  if (!by) return null;
  return <span className="step-by soft">{by.name || t("actSystem")}</span>;
}
