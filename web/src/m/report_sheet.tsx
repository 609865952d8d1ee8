// The sheet of a report: camera first, then the place, then a few big chips.
import { useEffect, useState } from "react";
import type { FieldValue, FormSource, RecordRow } from "../api/types.ts";
import {
  chooseAnonymous, chooseKind, discardDraft, fill, roll, useDraft, type ReportKind,
} from "../data/draft.ts";
import type { Op } from "../data/outbox_step.ts";
import { localText } from "../data/prefs.ts";
import { fieldTitle, masterName } from "../data/records.ts";
import { handIn, lackingFields, lackingOf } from "../data/report.ts";
import { useSession } from "../data/session.ts";
import { useStore } from "../data/store.ts";
import { suggest, suggestedFirst } from "../data/suggest.ts";
import { useLoopText } from "../text/loop.ts";
import { Button } from "../parts/button.tsx";
import { Capture } from "../parts/capture.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Chips, Toggle } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { Frame } from "./frame.tsx";
import { PlacePart, PositionLine, usePlace } from "./report_place.tsx";
import { WhenAgo, Words } from "./report_parts.tsx";

export interface Known {
  form: FormSource;
  areas: RecordRow[];
  devices: RecordRow[];
  recent: RecordRow[];
  kinds: ReportKind[];
  wish: string;
}
interface SheetProps {
  known: Known;
  code: string;
  onDone: (op: Op) => void;
}

export const words = (value: FieldValue | undefined) => (typeof value === "string" ? value : "");

export function ReportSheet({ known, code, onDone }: SheetProps) {
  const { p, t, lang } = useLoopText();
  const { fields, kind, isAnonymous } = useDraft();
  const place = usePlace(known, code);
  const label = [
    place.area && masterName(place.area, lang), place.device && String(place.device["code"]),
  ].filter(Boolean).join(" / ");
  const isPerson = useSession().kind === "person";
  useEffect(() => {
    const wish = known.kinds.find((one) => one === known.wish);
    if (wish && wish !== kind) chooseKind(wish);
  }, [known.wish]);
  useEffect(() => {
    const timer = setTimeout(() => void roll.restamp({ place: label, isAnonymous }), 400);
    return () => clearTimeout(timer);
  }, [label, isAnonymous]);
  return (
    <Frame
      title={isPerson ? p(`title_${kind}`) : p("anonymous")} isBare={!isPerson}
      action={<SubmitBar known={known} onDone={onDone} />}
    >
      {known.kinds.length > 1 && <KindChips kinds={known.kinds} kind={kind} />}
      {kind === "near_miss" && <p className="soft">{p("whatNearMiss")}</p>}
      {kind === "violation" && <p className="soft">{p("whatViolation")}</p>}
      <section className="panel">
        <Capture
          roll={roll} place={label} count_max={known.form.data.properties["photos"]?.maxItems ?? 6}
          label={t("photo")} code={place.scanned} isAnonymous={isAnonymous}
        />
        <PositionLine isAnonymous={isAnonymous} />
      </section>
      <PlacePart known={known} place={place} />
      {kind === "hazard" ? <HazardFields known={known} /> : <OtherFields known={known} />}
      <Words
        label={t("sectionWords")} value={words(fields["description"])} hint={t("wordsHint")}
        onChange={(value) => fill("description", value || undefined)} isNameless={isAnonymous}
      />
      {kind === "hazard" && <Nameless isAnonymous={isAnonymous} isForced={!isPerson} />}
      <Discard />
    </Frame>
  );
}

function KindChips({ kinds, kind }: { kinds: ReportKind[]; kind: ReportKind }) {
  const { p } = useLoopText();
  return (
    <div className="kinds">
      <Chips
        label={p("kindLabel")} value={kind}
        choices={kinds.map((value) => ({ value, text: p(`kind_${value}`) }))}
        onChange={(value) => chooseKind(value as ReportKind)}
      />
    </div>
  );
}

function HazardFields({ known }: { known: Known }) {
  const { t, p } = useLoopText();
  const { fields } = useDraft();
  const { form, recent } = known;
  const usual = suggest(recent, words(fields["area"]) || null, words(fields["device"]) || null);
  return (
    <>
      <ChoiceChips
        form={form} field="category" number={2} label={t("sectionCategory")}
        usual={usual.categories}
      />
      <ChoiceChips form={form} field="consequence" number={3} label={t("sectionConsequence")} />
      <ChoiceChips form={form} field="exposure" number={4} label={t("sectionExposure")} />
      {fields["exposure"] === "now" && (
        <Toggle
          label={p("jobStop")} value={fields["job_stopped"] === true}
          onChange={(value) => fill("job_stopped", value)}
        />
      )}
    </>
  );
}

// Whatever choices and texts the form of another kind has, in its own order.
const drawn = ["photos", "area", "device", "description", "position"];
function OtherFields({ known }: { known: Known }) {
  const { lang } = useLoopText();
  const { fields } = useDraft();
  const { form } = known;
  const required = form.data.required ?? [];
  const names = Object.keys(form.data.properties).filter((name) => {
    const mode = form.modes?.[name];
    return !drawn.includes(name) && (mode === undefined || mode === "write");
  });
  return (
    <>
      {names.map((name) => {
        const source = form.data.properties[name];
        const label = fieldTitle(form, name, lang);
        const isRequired = required.includes(name);
        switch (source?.["x-kind"]) {
          case "choice":
            return <ChoiceChips key={name} form={form} field={name} label={label} />;
          case "instant":
            return (
              <WhenAgo
                key={name} label={label} value={words(fields[name])}
                onChange={(value) => fill(name, value)}
              />
            );
          case "text":
          case "longtext":
            return isRequired || name === "person_note" ? (
              <Words
                key={name} label={label} value={words(fields[name])} isNameless={false} rows={2}
                onChange={(value) => fill(name, value || undefined)}
              />
            ) : null;
          default: return null;
        }
      })}
    </>
  );
}

interface ChoiceProps {
  form: FormSource;
  field: string;
  number?: number;
  label: string;
  usual?: string[];
}
function ChoiceChips({ form, field, number, label, usual = [] }: ChoiceProps) {
  const { lang, p } = useLoopText();
  const { fields } = useDraft();
  const source = form.data.properties[field];
  const choices = (source?.enum ?? []).map((value) => ({
    value, text: localText(source?.["x-texts"]?.[value], lang) || value,
    ...(usual.includes(value) ? { mark: <i className="usual" aria-hidden="true" /> } : {}),
  }));
  // Three in a row where every word is short: less to scroll with gloves on.
  const isShort = choices.length > 4 &&
    choices.every(({ text }) => text.length <= (lang === "zh" ? 4 : 11));
  return (
    <div className={isShort ? "chips-short" : undefined}>
      <Chips
        label={label} number={number} choices={suggestedFirst(choices, usual)}
        value={words(fields[field]) || null} onChange={(value) => fill(field, value)}
        hint={usual.length > 0 ? `● ${p("usualHere")}` : undefined}
      />
    </div>
  );
}

function Nameless({ isAnonymous, isForced }: { isAnonymous: boolean; isForced: boolean }) {
  const { p } = useLoopText();
  return (
    <section className="nameless">
      {!isForced && (
        <Toggle label={p("anonymous")} value={isAnonymous} onChange={chooseAnonymous} />
      )}
      {isAnonymous && (
        <div className="panel nameless-note" role="status">
          <p className="strong"><Icon name="shield" /> {p("anonymousOn")}</p>
          <p>{p("anonymousKeep")}</p>
          <p>{p("anonymousDrop")}</p>
          <p>{p("anonymousWarn")}</p>
          <p>{p("anonymousCode")}</p>
        </div>
      )}
    </section>
  );
}

function Discard() {
  const { t } = useLoopText();
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

function useLacking(known: Known): string {
  const { t, lang } = useLoopText();
  const { fields, kind } = useDraft();
  const photos = useStore(roll.store).list.length;
  if (kind === "hazard") {
    return lackingOf(fields, photos, kind).map((key) => t(key)).join(", ");
  }
  const names = lackingFields(known.form, fields, photos);
  return names.map((name) => fieldTitle(known.form, name, lang)).join(", ");
}

function SubmitBar({ known, onDone }: { known: Known; onDone: (op: Op) => void }) {
  const { p } = useLoopText();
  const { isAnonymous } = useDraft();
  const { isBusy } = useStore(roll.store);
  const lacking = useLacking(known);
  const [isSending, setSending] = useState(false);
  const [isTapped, setTapped] = useState(false);
  // Stamping takes a moment on an old phone; who has pressed need not press again.
  useEffect(() => {
    if (!isTapped || isBusy || isSending) return;
    setSending(true);
    handIn().then(onDone, () => setSending(false));
    setTapped(false);
  }, [isTapped, isBusy]);
  return (
    <>
      {lacking && <p className="soft" role="status">{p("lacking", { list: lacking })}</p>}
      <Button
        text={p(isAnonymous ? "sendNameless" : "send")} kind="main" isBusy={isSending || isTapped}
        isOff={lacking !== ""} run={() => setTapped(true)}
      />
    </>
  );
}
