// A gas test at one point: place of the sample, readings by big buttons with the limits beside
// them, instrument and its calibration, the photo of the display. The verdict is the server's.
import { useState } from "react";
import type { FieldValue, FormSource, RecordRow } from "../api/types.ts";
import { serverNow } from "../data/clock.ts";
import { asksToxic, instrumentKept, keepInstrument, overLimit } from "../data/permit_gas.ts";
import { verdictTone } from "../data/permit_rows.ts";
import { choiceText, isFilled, placeOf, useForm, useRecord } from "../data/records.ts";
import { useMe } from "../data/session.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { Button, ButtonLink } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { NewForm } from "../parts/permit_form.tsx";
import { Ready } from "../parts/states.tsx";
import { Frame } from "./frame.tsx";
import { InstrumentPick } from "./permit_gas_instrument.tsx";
import { GasLines } from "./permit_card_parts.tsx";

export default function GasPage({ id }: { id: string }) {
  const { p } = usePermitPhone();
  const form = useForm("permit_gas");
  const permit = useForm("permit");
  const view = useRecord("permit", id);
  return (
    <Frame title={p("wayGas")} back={`#/case/permit/${id}`}>
      <Ready query={form}>
        {(source) => (
          <Ready query={permit}>
            {(own) => (
              <Ready query={view}>
                {({ record }) => <Test form={source} permit={own} record={record} />}
              </Ready>
            )}
          </Ready>
        )}
      </Ready>
    </Frame>
  );
}

const first = ["level", "point", "lel", "o2", "toxic", "photos", "instrument",
  "toxic_substance", "substance", "combustible_vol"];
const seldom = ["toxic_substance", "substance", "combustible_vol"];
const ofRegister = ["calibrated_until", "cal_gas"];

interface TestProps {
  form: FormSource;
  permit: FormSource;
  record: RecordRow;
}
function Test({ form, permit, record }: TestProps) {
  const { p, lang } = usePermitPhone();
  const me = useMe();
  const [sent, setSent] = useState<RecordRow | null>(null);
  const [round, setRound] = useState(0);
  if (sent) {
    return (
      <Sent form={form} permit={permit} record={record} sent={sent} onMore={() => {
        setRound(round + 1);
        setSent(null);
      }} />
    );
  }
  const kept = instrumentKept();
  const toxic = record["toxic_substance"];
  return (
    <>
      <p className="soft">{record.number} · {placeOf(record, lang)}</p>
      <NewForm
        key={round} form={form} first={first} isHeld sendText={p("gasSend")}
        given={{ permit: record.id, analyst: me.id }}
        start={{ ...kept, ...(isFilled(toxic) ? { toxic_substance: toxic as FieldValue } : {}) }}
        skip={["sampled_at", "verdict", "place", ...ofRegister]} place={placeOf(record, lang)}
        folded={{
          title: p("moreReadings"), fields: asksToxic(record) ? seldom : ["toxic", ...seldom],
        }}
        more={() => ({ sampled_at: new Date(serverNow()).toISOString() })}
        draw={(field, state) =>
          field === "instrument" ? <InstrumentPick form={form} state={state} /> : null}
        noteOf={(field, fields) => <Limit field={field} value={fields[field]} record={record} />}
        onDone={(row) => {
          keepInstrument(row);
          setSent(row);
          scrollTo(0, 0);
        }}
      />
    </>
  );
}

// The limit stands beside the reading; over it says so in words and asks to stop.
function Limit({ field, value, record }: {
  field: string; value: FieldValue | undefined; record: RecordRow;
}) {
  const { p } = usePermitPhone();
  const judged = overLimit(field, value, record);
  if (!judged) return null;
  return (
    <p
      className={judged.isOver ? "limit-line bad" : "limit-line"}
      role={judged.isOver ? "alert" : undefined}
    >
      {judged.isOver && <Icon name="warn" />}
      <span className="num">{p("limitOf", { limit: judged.text })}</span>
      {judged.isOver && <b>{p("overLimit")}</b>}
    </p>
  );
}

interface SentProps extends TestProps {
  sent: RecordRow;
  onMore: () => void;
}
function Sent({ form, permit, record, sent, onMore }: SentProps) {
  const { p, lang } = usePermitPhone();
  const verdict = sent["verdict"];
  const tone = verdictTone(verdict);
  return (
    <div className="case">
      <section className={`gas-verdict ${tone}`} role="status">
        <Icon name={tone === "bad" ? "warn" : "check"} />
        <p className="big">
          {isFilled(verdict) ? choiceText(form, "verdict", verdict, lang) : p("gasSent")}
        </p>
        {tone === "bad" && <p className="strong">{p("gasBad")}</p>}
      </section>
      <GasLines record={record} form={permit} isOff={false} />
      <div className="actions">
        <Button text={p("gasMore")} kind="main" icon="plus" run={onMore} />
        <ButtonLink href={`#/case/permit/${record.id}`} icon="back">{p("toPermit")}</ButtonLink>
      </div>
    </div>
  );
}
