// Applying for a permit, one page after the other: kind, place and time, people, the block of the
// kind, hazards, and a last look with what it conflicts with. What is filled in survives a reload.
import { lazy, Suspense, useEffect, useState } from "react";
import * as calls from "../api/calls.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import type { FieldValue, FormSource } from "../api/types.ts";
import {
  dropWish, fieldsOn, fillWish, goStep, missingOn, openWish, useWish, wishBody, wishSteps,
  type Wish, type WishStep,
} from "../data/permit_wish.ts";
import { signedPhotos } from "../data/permit_form.ts";
import { refresh } from "../data/query.ts";
import { fieldTitle, useForm } from "../data/records.ts";
import { go } from "../data/route.ts";
import { useMe } from "../data/session.ts";
import { createRoll, type Roll } from "../data/shots.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { Button } from "../parts/button.tsx";
import { Loading, Ready, Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import { Frame } from "./frame.tsx";
import { KindStep } from "./permit_apply_kind.tsx";
import { Inputs, kindOf, type StepProps } from "./permit_apply_parts.tsx";

const PlaceStep = lazy(() => import("./permit_apply_place.tsx"));
const CheckStep = lazy(() => import("./permit_apply_check.tsx"));
const JsaRows = lazy(() => import("../parts/permit_jsa.tsx"));

export default function ApplyPage() {
  const me = useMe();
  const form = useForm("permit");
  const wish = useWish();
  useEffect(() => openWish(me.id), [me.id]);
  return (
    <Ready query={form}>
      {(source) => wish.owner === me.id ? <Wizard form={source} wish={wish} /> : null}
    </Ready>
  );
}

function useSend(form: FormSource, wish: Wish, rolls: Record<string, Roll>) {
  const { p } = usePermitPhone();
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const send = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      const photos = await signedPhotos(rolls);
      const fields = wishBody({ ...wish.fields, ...photos });
      const { record } = await calls.createRecord(form.id, wish.id, fields, wish.key);
      refresh("records/permit");
      refresh("tasks");
      dropWish();
      say(p("applied", { number: record.number }));
      go(`case/permit/${record.id}`);
    } catch (reason) {
      const why = asRefusal(reason);
      setRefusal(why);
      const field = why.field.split(".")[0] ?? "";
      const step = wishSteps.find((one) => fieldsOn(one, kindOf(wish), form).includes(field));
      if (step && field) goStep(step);
    }
    setBusy(false);
  };
  return { isBusy, refusal, send };
}

function Wizard({ form, wish }: { form: FormSource; wish: Wish }) {
  const { p, t, lang } = usePermitPhone();
  const [rolls] = useState(() => ({ drawing: createRoll() }));
  const [shown, setShown] = useState<string[]>([]);
  const sending = useSend(form, wish, rolls);
  const at = wishSteps.indexOf(wish.step);
  const missing = missingOn(wish.step, form, wish.fields);
  const move = (by: number) => {
    if (by > 0 && missing.length > 0) return setShown(missing);
    setShown([]);
    goStep(wishSteps[at + by] ?? "kind");
    scrollTo(0, 0);
  };
  const fill = (field: string, value: FieldValue) => fillWish({ [field]: value });
  const props = { form, wish, missing: shown.filter((field) => missing.includes(field)), fill };
  const isLast = at === wishSteps.length - 1;
  const names = props.missing.map((field) => fieldTitle(form, field, lang)).join(", ");
  return (
    <Frame
      title={p("apply")} back="#/permits"
      action={(
        <>
          {names && <p className="fault" role="alert">{p("lacking", { list: names })}</p>}
          <div className="wizard-moves">
            {at > 0 && <Button text={t("back")} icon="back" run={() => move(-1)} />}
            {isLast
              ? (
                <Button
                  text={p("applySend")} kind="main" icon="check" isBusy={sending.isBusy}
                  run={() => void sending.send()}
                />
              )
              : <Button text={p("wizardNext")} kind="main" icon="next" run={() => move(1)} />}
          </div>
        </>
      )}
    >
      <Progress step={wish.step} />
      {sending.refusal && <Refused refusal={sending.refusal} />}
      <Suspense fallback={<Loading />}><Step {...props} rolls={rolls} /></Suspense>
      <Button text={p("applyDrop")} kind="quiet" icon="trash" run={dropWish} />
    </Frame>
  );
}

function Progress({ step }: { step: WishStep }) {
  const { p } = usePermitPhone();
  const at = wishSteps.indexOf(step);
  return (
    <div className="wizard-progress">
      <p className="strong num">
        {p("wizardStep", { n: at + 1, of: wishSteps.length })} · {p(`wish_${step}`)}
      </p>
      <progress max={wishSteps.length} value={at + 1} aria-label={p("apply")} />
    </div>
  );
}

function Step(props: StepProps & { rolls: Record<string, Roll> }) {
  const { form, wish, fill } = props;
  switch (wish.step) {
    case "kind": return <KindStep {...props} />;
    case "place": return <PlaceStep {...props} />;
    case "hazards": return <JsaRows value={wish.fields["jsa"]} onChange={(v) => fill("jsa", v)} />;
    case "check": return <CheckStep {...props} />;
    default: return <Inputs {...props} fields={fieldsOn(wish.step, kindOf(wish), form)} />;
  }
}
