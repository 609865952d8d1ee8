// Reporting a hazard in at most six taps: photo, area, kind, worst outcome, people near, submit.
// The level is not asked for: a table grades it, and the reason is shown afterwards.
import { useEffect, useState } from "react";
import type { FieldValue, FormSource, RecordRow } from "../api/types.ts";
import { discardDraft, fill, openDraft, roll, useDraft } from "../data/draft.ts";
import { useFix } from "../data/position.ts";
import { localText } from "../data/prefs.ts";
import { masterName, useAllRows, useForm } from "../data/records.ts";
import { nearestArea, useSubmit } from "../data/report.ts";
import { useMe } from "../data/session.ts";
import { useStore } from "../data/store.ts";
import { useText, type TextKey } from "../text/index.ts";
import { Button } from "../parts/button.tsx";
import { Capture } from "../parts/capture.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Chips, TextArea, Toggle } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { PickFrom } from "../parts/picker.tsx";
import { Ready, Refused } from "../parts/states.tsx";
import { Frame } from "./frame.tsx";
import { ReportDone } from "./report_done.tsx";

export default function Report({ code }: { code: string }) {
  const { t } = useText();
  const me = useMe();
  const form = useForm("hazard");
  const areas = useAllRows("area", { sort: "code" });
  const devices = useAllRows("device", { sort: "code" });
  useEffect(() => openDraft(me.id), [me.id]);
  const [done, setDone] = useState<RecordRow | null>(null);
  if (done && form.value) {
    return <ReportDone first={done} form={form.value} onAnother={() => setDone(null)} />;
  }
  if (!form.value || !areas.value || !devices.value) {
    return (
      <Frame title={t("reportTitle")}>
        <Ready query={form}>{() => (
          <Ready query={areas}>{() => <Ready query={devices}>{() => null}</Ready>}</Ready>
        )}</Ready>
      </Frame>
    );
  }
  return (
    <Sheet
      form={form.value} areas={areas.value} devices={devices.value} code={code} onDone={setDone}
    />
  );
}

interface SheetProps {
  form: FormSource;
  areas: RecordRow[];
  devices: RecordRow[];
  code: string;
  onDone: (record: RecordRow) => void;
}

function usePlaceFromCode({ areas, devices, code }: SheetProps): TextKey | null {
  const device = devices.find((row) => row["code"] === code);
  const area = areas.find((row) => row.id === device?.["area"] || row["code"] === code);
  useEffect(() => {
    if (!code || !area) return;
    fill("area", area.id);
    fill("device", device?.id);
  }, [code, area?.id, device?.id]);
  if (!code) return null;
  return area ? "scanPlace" : "scanUnknown";
}

// The position may be known before anything was chosen; then the nearest area is proposed.
function useNearest(areas: RecordRow[]): void {
  const fix = useFix();
  const { fields } = useDraft();
  useEffect(() => {
    if (fix.state !== "known" || fields["area"]) return;
    const near = nearestArea(areas, fix.position);
    if (near) fill("area", near.id);
  }, [fix.state]);
}

function Sheet(props: SheetProps) {
  const { form, areas, devices } = props;
  const { t, lang } = useText();
  const { fields } = useDraft();
  const submit = useSubmit(props.onDone);
  const scanned = usePlaceFromCode(props);
  const area = areas.find((row) => row.id === fields["area"]);
  const device = devices.find((row) => row.id === fields["device"]);
  const place = [area && masterName(area, lang), device && String(device["code"])]
    .filter(Boolean).join(" / ");
  useNearest(areas);
  useEffect(() => {
    if (!place) return;
    const timer = setTimeout(() => void roll.restamp(place), 500);
    return () => clearTimeout(timer);
  }, [place]);
  return (
    <Frame title={t("reportTitle")} action={<SubmitBar submit={submit} />}>
      <section className="panel">
        <Capture roll={roll} place={place} count_max={6} label={t("photo")} />
        <PositionLine />
      </section>
      {scanned && <p className="banner info" role="status">{t(scanned)}</p>}
      <Place {...props} />
      <ChoiceChips form={form} field="category" number={2} label={t("sectionCategory")} />
      <ChoiceChips form={form} field="consequence" number={3} label={t("sectionConsequence")} />
      <ChoiceChips form={form} field="exposure" number={4} label={t("sectionExposure")} />
      {fields["exposure"] === "now" && (
        <Toggle
          label={t("jobStopped")} value={fields["job_stopped"] === true}
          onChange={(value) => fill("job_stopped", value)}
        />
      )}
      <TextArea
        label={t("sectionWords")} value={words(fields["description"])} rows={3} maxLength={1000}
        onChange={(value) => fill("description", value || undefined)} hint={t("wordsHint")}
      />
      <Discard />
      {submit.refusal && <Refused refusal={submit.refusal} />}
    </Frame>
  );
}

const words = (value: FieldValue | undefined) => (typeof value === "string" ? value : "");

function PositionLine() {
  const fix = useFix();
  const { t } = useText();
  const text = fix.state === "known"
    ? t("positionKnown", { m: Math.round(fix.position.accuracy_m) })
    : t(fix.state === "asking" ? "positionAsking" : "positionRefused");
  return <p className="soft position"><Icon name="place" /><span>{text}</span></p>;
}

function Place({ areas, devices }: SheetProps) {
  const { t, lang } = useText();
  const { fields } = useDraft();
  const area = words(fields["area"]) || null;
  const there = devices.filter((row) => row["area"] === area);
  const named = (row: RecordRow) => ({ value: row.id, text: masterName(row, lang) });
  const tagged = (row: RecordRow) => ({
    value: row.id, text: `${String(row["code"])} ${masterName(row, lang)}`,
  });
  return (
    <>
      <PickFrom
        label={t("sectionPlace")} number={1} choices={areas.map(named)} value={area}
        searchText={t("search")}
        onChange={(value) => {
          fill("area", value);
          fill("device", undefined);
        }}
      />
      {there.length > 0 && (
        <PickFrom
          label={`${t("sectionDevice")} · ${t("optional")}`} choices={there.map(tagged)}
          value={words(fields["device"]) || null} searchText={t("searchDevice")}
          onChange={(value) => fill("device", value === fields["device"] ? undefined : value)}
        />
      )}
    </>
  );
}

interface ChoiceProps {
  form: FormSource;
  field: string;
  number: number;
  label: string;
}
function ChoiceChips({ form, field, number, label }: ChoiceProps) {
  const { lang } = useText();
  const { fields } = useDraft();
  const source = form.data.properties[field];
  const choices = (source?.enum ?? []).map((value) => ({
    value, text: localText(source?.["x-texts"]?.[value], lang) || value,
  }));
  return (
    <Chips
      label={label} number={number} choices={choices} value={words(fields[field]) || null}
      onChange={(value) => fill(field, value)}
    />
  );
}

function Discard() {
  const { t } = useText();
  const [isAsking, setAsking] = useState(false);
  const actions = (
    <>
      <Button text={t("cancel")} run={() => setAsking(false)} />
      <Button
        text={t("draftDiscard")} kind="danger" icon="trash"
        run={() => {
          discardDraft();
          setAsking(false);
        }}
      />
    </>
  );
  return (
    <div className="discard">
      <span className="soft">{t("draftKept")}</span>
      <Button text={t("draftDiscard")} kind="quiet" icon="trash" run={() => setAsking(true)} />
      {isAsking && (
        <Dialog title={t("draftDiscard")} onClose={() => setAsking(false)} actions={actions}>
          <p>{t("draftDiscardAsk")}</p>
        </Dialog>
      )}
    </div>
  );
}

function SubmitBar({ submit }: { submit: ReturnType<typeof useSubmit> }) {
  const { t } = useText();
  const { list, isBusy } = useStore(roll.store);
  const isSending = isBusy || list.some((shot) => shot.share < 1 && !shot.refusal);
  const lacking = submit.lacking.map((key) => t(key)).join(", ");
  const wait = submit.isWaiting ? t(isSending ? "submitPhotos" : "submitBusy") : t("submit");
  return (
    <>
      {lacking && <p className="soft" role="status">{t("submitMissing", { list: lacking })}</p>}
      <Button
        text={wait} kind="main" isBusy={submit.isWaiting} isOff={submit.lacking.length > 0}
        run={submit.run}
      />
    </>
  );
}
