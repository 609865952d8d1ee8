// A call for help of somebody else: who, where, since when, and taking it.
import type { FormSource, Position, RecordView } from "../api/types.ts";
import { useNow } from "../data/clock.ts";
import { span, wallClock } from "../data/format.ts";
import { titleOf, useForm, useRecord } from "../data/records.ts";
import { usePoll } from "../data/response.ts";
import { useKeptPlan } from "../data/running.ts";
import { usePhoneText } from "../text/phone.ts";
import { StateBadge } from "../parts/badge.tsx";
import { Icon } from "../parts/icon.tsx";
import { PlanCanvas } from "../parts/plan_canvas.tsx";
import { Ready } from "../parts/states.tsx";
import { Frame } from "./frame.tsx";
import { Work } from "./work.tsx";
import "../styles/m_now.css";

export default function SosCase({ id }: { id: string }) {
  const { p } = usePhoneText();
  const form = useForm("sos");
  const view = useRecord("sos", id);
  usePoll(`record/sos/${id}`, 4000);
  return (
    <Frame title={p("sosTitle")}>
      <Ready query={form}>
        {(source) => (
          <Ready query={view}>{(value) => <Body form={source} view={value} />}</Ready>
        )}
      </Ready>
    </Frame>
  );
}

function Body({ form, view }: { form: FormSource; view: RecordView }) {
  const { p, lang, texts } = usePhoneText();
  const plan = useKeptPlan();
  const now = useNow();
  const { record } = view;
  const at = Date.parse(String(record["at"] ?? record.created_at));
  const where = record["position"] as Position | null | undefined;
  const [x, y] = [Number(record["x"] ?? NaN), Number(record["y"] ?? NaN)];
  const isOnPlan = !Number.isNaN(x) && !Number.isNaN(y);
  const who = titleOf(record, "reporter", lang) || titleOf(record, "created_by", lang);
  const marker = { id: record.id, x, y, text: "SOS", priority: 1 as const, isUnacked: true };
  return (
    <div className="case">
      <section className="help-state told">
        <Icon name="warn" />
        <p className="help-head">{who || record.number}</p>
        <p className="num">{wallClock(at)} · {span(now - at, texts)}</p>
        {where && (
          <p className="num">
            {where.lat.toFixed(5)}, {where.lon.toFixed(5)} ±{where.accuracy_m} m
          </p>
        )}
      </section>
      <p className="case-head">
        <span className="soft num">{record.number}</span>
        <StateBadge form={form} state={record.state} />
      </p>
      {isOnPlan && plan && (
        <div className="way-plan">
          <PlanCanvas plan={plan} markers={[marker]} label={p("sosPlace")} />
        </div>
      )}
      <p className="sos-what">{p("doSos")}</p>
      <Work form={form} view={view} />
    </div>
  );
}
