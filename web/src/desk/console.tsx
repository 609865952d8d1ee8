// The emergency console: everything about one response on one screen, marked drill or real.
import { useMemo, useState } from "react";
import type { Mode, ResponseView } from "../api/types_response.ts";
import { begunBy, useTags } from "../data/alarms.ts";
import { useAreas } from "../data/areas.ts";
import { wallClock } from "../data/format.ts";
import { usePlan, zoneMiddle, type Plan } from "../data/plan.ts";
import { localText } from "../data/prefs.ts";
import { useForm, useRecord } from "../data/records.ts";
import { isOver, usePoll, useResponse } from "../data/response.ts";
import {
  PlanCanvas, type Highlight, type PlanDot, type PlanMarker, type PlanPermit, type PlanRoute,
} from "../parts/plan_canvas.tsx";
import { ButtonLink } from "../parts/button.tsx";
import { useTitle } from "../parts/shell.tsx";
import { Ready } from "../parts/states.tsx";
import { TaskPanels } from "../parts/task_panel.tsx";
import { BudgetBar } from "./budget_bar.tsx";
import { GatePanel, LogPanel, PermitsPanel, TeamPanel } from "./console_parts.tsx";
import { ModeMark, useDesk } from "./control_parts.tsx";
import { RollCall } from "./roll_call.tsx";

const poll_ms = 2000;

export default function Console({ id }: { id: string }) {
  const query = useResponse(id);
  const isEnded = query.value ? isOver(query.value.response.state) : false;
  const { t } = useDesk();
  useTitle(query.value?.response.number ?? t("consoleTitle"));
  usePoll(`response/${id}`, isEnded ? 60000 : poll_ms);
  return (
    <Ready query={query}>
      {(view) => <Body view={view} askedAt={query.at} />}
    </Ready>
  );
}

// The server's "now" of the answer, carried on by this machine's clock.
export function useViewNow(view: ResponseView, askedAt: number): () => number {
  return useMemo(() => {
    const base = Date.parse(view.now);
    return () => base + (Date.now() - askedAt);
  }, [view.now, askedAt]);
}

function Body({ view, askedAt }: { view: ResponseView; askedAt: number }) {
  const { t } = useDesk();
  const now = useViewNow(view, askedAt);
  const [picked, pick] = useState<string | null>(null);
  const { mode } = view.response;
  return (
    <div className={`console ${mode}`}>
      <Head view={view} />
      <BudgetBar view={view} now={now} />
      <section className="panel console-plan" aria-labelledby="cplan">
        <h2 id="cplan">
          <ModeMark mode={mode} /> {t("routesAndGas")}
          <Legend />
        </h2>
        <ConsolePlan view={view} picked={picked} onPick={pick} />
      </section>
      <RollCall view={view} picked={picked} onPick={pick} />
      <div className="console-side">
        <CommandTask id={view.response.id} mode={mode} />
        <PermitsPanel view={view} />
        <GatePanel view={view} />
        <TeamPanel view={view} />
        <LogPanel view={view} />
      </div>
      <p className={`mode-foot ${mode}`} aria-hidden="true">
        {t(mode === "drill" ? "modeDrillFoot" : "modeRealFoot")}
      </p>
    </div>
  );
}

function Head({ view }: { view: ResponseView }) {
  const { t, lang } = useDesk();
  const { response: one } = view;
  const form = useForm("response").value;
  const tags = useTags().value?.rows ?? [];
  const state = localText(form?.states[one.state], lang) || t(stateKey(one.state));
  const levels = ["levelSite", "levelWorkshop", "levelCompany"] as const;
  return (
    <header className="console-head">
      <ModeMark mode={one.mode} isLarge />
      <div className="grow">
        <h1>
          <span className="num">{one.number}</span> {localText(one.procedure_name, lang)}
        </h1>
        <p>
          {localText(one.area_name, lang)} · {t(levels[one.level - 1] ?? "levelSite")} ·{" "}
          {t("dangerWithin", { n: one.radius_m })}
          {one.alarm_name && (
            <> · <b>{one.alarm_code} {begunBy(tags, one.alarm_code, one.alarm_name, lang)}</b></>
          )}
          {" · "}<span className="num">{wallClock(Date.parse(one.raised_at))}</span>
        </p>
      </div>
      <HeadCount view={view} />
      <span className={`state ${isOver(one.state) ? "off" : "running-state"}`}>{state}</span>
      <ButtonLink href={`#/report/${one.id}`} icon="file">{t("reportTitle")}</ButtonLink>
    </header>
  );
}

function stateKey(state: string) {
  const keys = {
    asked: "stateAsked", responding: "stateResponding", all_counted: "stateCounted",
    closed: "stateClosed", stopped: "stateStopped", false_alarm: "stateFalse",
  } as const;
  return state in keys ? keys[state as keyof typeof keys] : "stateResponding";
}

function HeadCount({ view }: { view: ResponseView }) {
  const { t } = useDesk();
  const { counts } = view;
  return (
    <dl className="head-count" aria-label={t("rollTitle")}>
      <div className={counts.unknown > 0 ? "unknown" : "zero"}>
        <dt>{t("unknown")}</dt><dd className="num">{counts.unknown}</dd>
      </div>
      <div className={counts.unsafe > 0 ? "unsafe" : "zero"}>
        <dt>{t("unsafe")}</dt><dd className="num">{counts.unsafe}</dd>
      </div>
      <div className="safe"><dt>{t("safe")}</dt><dd className="num">{counts.safe}</dd></div>
      <div><dt>{t("totalPeople")}</dt><dd className="num">{counts.total}</dd></div>
    </dl>
  );
}

function Legend() {
  const { t } = useDesk();
  return (
    <span className="legend soft">
      <i className="dot unknown" aria-hidden="true">?</i>{t("unknown")}
      <i className="dot unsafe" aria-hidden="true" />{t("unsafe")}
      <i className="dot safe" aria-hidden="true" />{t("safe")}
      <i className="gas" aria-hidden="true" />{t("gas")}
      <i className="way" aria-hidden="true" />{t("wayOut")}
    </span>
  );
}

interface PlanProps {
  view: ResponseView;
  picked: string | null;
  onPick: (id: string | null) => void;
}
function useScene({ view, picked }: PlanProps, plan: Plan | undefined) {
  const areas = useAreas();
  return useMemo(() => {
    const middle = (code: string) => {
      const zone = plan?.zones.find((one) => one.code === areas.codeOf(code));
      return zone ? zoneMiddle(zone) : null;
    };
    const people = view.people.flatMap((person): PlanDot[] => {
      const at = person.x !== null && person.y !== null
        ? [person.x, person.y] as const : middle(person.zone);
      return at ? [{ id: person.id, x: at[0], y: at[1], zone: person.zone,
        status: person.status, isStale: person.status === "unknown" }] : [];
    });
    const routes = view.people.flatMap((person): PlanRoute[] =>
      person.route && person.status !== "safe" ? [{
        id: person.id, points: person.route.points, crosses_gas: person.route.crosses_gas,
        isStrong: person.id === picked,
      }] : []);
    const permits = view.permits.flatMap((permit): PlanPermit[] => {
      const at = middle(permit.area);
      return at ? [{ id: permit.id, x: at[0], y: at[1], kind: permit.kind, text: permit.number,
        isSuspended: permit.state === "suspended" }] : [];
    });
    const { x, y, alarm_code } = view.response;
    const markers: PlanMarker[] = x !== null && y !== null
      ? [{ id: "source", x, y, text: alarm_code ?? "", priority: 1 }] : [];
    return { people, routes, permits, markers, risks: areas.risks };
  }, [view, plan, areas, picked]);
}

function ConsolePlan(props: PlanProps) {
  const plan = usePlan();
  const scene = useScene(props, plan.value);
  const { picked, onPick, view } = props;
  const highlight = useMemo((): Highlight | null =>
    picked ? { kind: "person", id: picked } : null, [picked]);
  return (
    <Ready query={plan}>
      {(known) => (
        <PlanCanvas
          plan={known} {...scene} hazard={view.hazard} highlight={highlight}
          onPick={(pick) => onPick(pick.kind === "person" ? pick.id : null)}
        />
      )}
    </Ready>
  );
}

// Stop, upgrade and close are outcomes of the command task; whoever holds it finds it here.
function CommandTask({ id, mode }: { id: string; mode: Mode }) {
  const form = useForm("response");
  const view = useRecord("response", id);
  if (!form.value || !view.value) return null;
  if (view.value.tasks.length === 0) return null;
  return (
    <div className="command">
      <ModeMark mode={mode} />
      <TaskPanels form={form.value} view={view.value} />
    </div>
  );
}
