// Taking an alarm out of sight for a time needs a reason; a safety alarm needs a second person.
import { useState } from "react";
import * as calls from "../api/calls_response.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import type { Alarm } from "../api/types_response.ts";
import { alarmName } from "../data/alarms.ts";
import { refresh } from "../data/query.ts";
import { useText } from "../text/index.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Chips, PasswordField, TextArea, TextField } from "../parts/field.tsx";
import { Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import { PrioritySign, useDesk } from "./control_parts.tsx";

interface Props {
  alarm: Alarm;
  onClose: () => void;
}

export function AlarmHead({ alarm }: { alarm: Alarm }) {
  const { lang } = useDesk();
  return (
    <p className="alarm-head">
      <PrioritySign priority={alarm.priority} />
      <b className="num">{alarm.code}</b> <span>{alarmName(alarm, lang)}</span>
    </p>
  );
}

function useSend(onClose: () => void, done: string) {
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const send = async (run: () => Promise<unknown>) => {
    setBusy(true);
    setRefusal(null);
    try {
      await run();
      refresh("alarms");
      say(done);
      onClose();
    } catch (reason) {
      setRefusal(asRefusal(reason));
      setBusy(false);
    }
  };
  return { isBusy, refusal, send };
}

interface Second {
  second_login: string;
  second_password: string;
}

const nobody: Second = { second_login: "", second_password: "" };
const isSomebody = (one: Second) => one.second_login !== "" && one.second_password !== "";

function SecondPerson({ second, onChange }: { second: Second; onChange: (to: Second) => void }) {
  const { t } = useDesk();
  const { t: common } = useText();
  return (
    <fieldset className="second">
      <legend>{t("secondPerson")}</legend>
      <TextField
        label={common("loginName")} value={second.second_login}
        onChange={(login) => onChange({ ...second, second_login: login })}
      />
      <PasswordField
        label={common("loginPassword")} value={second.second_password}
        onChange={(password) => onChange({ ...second, second_password: password })}
      />
    </fieldset>
  );
}

const spans_min = [10, 30, 60, 240, 480];
const once = "once";
const minutes_max = 720;

export function ShelveDialog({ alarm, onClose }: Props) {
  const { t } = useDesk();
  const { t: common } = useText();
  const [minutes, setMinutes] = useState("30");
  const [reason, setReason] = useState("");
  const [second, setSecond] = useState(nobody);
  const { isBusy, refusal, send } = useSend(onClose, t("shelved"));
  const needsSecond = alarm.safety;
  const isReady = reason.trim() !== "" && (!needsSecond || isSomebody(second));
  const number = Math.min(minutes_max, Math.max(1, Math.round(Number(minutes) || 1)));
  const run = () => void send(() => calls.shelveAlarm(alarm.id, {
    minutes: minutes === once ? null : number, reason: reason.trim(),
    ...(needsSecond ? second : {}),
  }));
  const choices = [
    ...spans_min.map((n) => ({ value: String(n), text: t("minutesN", { n }) })),
    { value: once, text: t("shelveOnce") },
  ];
  const actions = (
    <>
      <Button text={common("cancel")} run={onClose} />
      <Button text={t("shelve")} kind="main" isBusy={isBusy} isOff={!isReady} run={run} />
    </>
  );
  return (
    <Dialog title={t("shelveTitle")} onClose={onClose} actions={actions}>
      <AlarmHead alarm={alarm} />
      <Chips label={t("shelveFor")} choices={choices} value={minutes} onChange={setMinutes} />
      {minutes !== once && (
        <TextField
          kind="number" label={t("shelveMinutes")} hint={t("shelveMost")} value={minutes}
          onChange={setMinutes}
        />
      )}
      <TextArea
        label={t("reason")} value={reason} onChange={setReason} isRequired maxLength={500} rows={2}
      />
      {needsSecond && <SecondPerson second={second} onChange={setSecond} />}
      {refusal && <Refused refusal={refusal} />}
    </Dialog>
  );
}

const out_hours = [1, 4, 8, 24, 72, 168, 720];

export function OutDialog({ alarm, onClose }: Props) {
  const { t } = useDesk();
  const { t: common } = useText();
  const [reason, setReason] = useState("");
  const [hours, setHours] = useState("8");
  const [link, setLink] = useState("");
  const [second, setSecond] = useState(nobody);
  const isOut = !alarm.out_of_service;
  const needsSecond = alarm.safety && isOut;
  const isReady = reason.trim() !== "" && (!needsSecond || isSomebody(second));
  const { isBusy, refusal, send } = useSend(onClose, t(isOut ? "isOutNow" : "isBackNow"));
  const word = t(isOut ? "takeOut" : "putBack");
  const choices = out_hours.map((n) => ({ value: String(n), text: t("hoursN", { n }) }));
  const run = () => void send(() => calls.setOutOfService(alarm.id, {
    is_out: isOut, reason: reason.trim(),
    ...(isOut && { hours: Number(hours), ...(link.trim() && { link: link.trim() }) }),
    ...(needsSecond ? second : {}),
  }));
  const actions = (
    <>
      <Button text={common("cancel")} run={onClose} />
      <Button
        text={word} kind="main" isBusy={isBusy} isOff={!isReady} run={run}
      />
    </>
  );
  return (
    <Dialog title={word} onClose={onClose} actions={actions}>
      <AlarmHead alarm={alarm} />
      {isOut && <p className="banner warn"><span>{t("outWarning")}</span></p>}
      {isOut && (
        <>
          <Chips
            label={t("outFor")} choices={choices} value={hours} onChange={setHours}
          />
          <TextField label={t("outLink")} hint={t("outLinkHint")} value={link} onChange={setLink} />
        </>
      )}
      <TextArea
        label={t("reason")} value={reason} onChange={setReason} isRequired maxLength={500} rows={2}
      />
      {needsSecond && <SecondPerson second={second} onChange={setSecond} />}
      {refusal && <Refused refusal={refusal} />}
    </Dialog>
  );
}
