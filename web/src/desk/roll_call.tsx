// The roll call: unknown people first, each with the age of the last sight, signed off by hand with
// a word on how it is known.
import { useMemo, useState } from "react";
import * as calls from "../api/calls_response.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import type { ResponsePerson, ResponseView, SafetyStatus } from "../api/types_response.ts";
import { useAreas } from "../data/areas.ts";
import { span } from "../data/format.ts";
import { refresh } from "../data/query.ts";
import { isOver, rollOf } from "../data/response.ts";
import { sheet } from "../data/watchkeeper.ts";
import { useText } from "../text/index.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Chips, TextArea } from "../parts/field.tsx";
import { Empty, Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import type { DeskKey } from "../text/desk.ts";
import { ModeMark, useDesk } from "./control_parts.tsx";

interface RollProps {
  view: ResponseView;
  picked: string | null;
  onPick: (id: string | null) => void;
}
const statuses: SafetyStatus[] = ["unknown", "unsafe", "safe"];
const rows_max = 400;

export function RollCall({ view, picked, onPick }: RollProps) {
  const { t } = useDesk();
  const [status, setStatus] = useState<SafetyStatus | null>(null);
  const [words, setWords] = useState("");
  const [signing, sign] = useState<ResponsePerson | null>(null);
  const rows = useMemo(() => rollOf(view.people, status, words), [view.people, status, words]);
  return (
    <section className="panel roll" aria-labelledby="roll">
      <h2 id="roll">
        <ModeMark mode={view.response.mode} /> {t("rollTitle")}
        <span className="soft num">{t("rollCount", { n: rows.length })}</span>
      </h2>
      <div className="roll-filter">
        <div className="chips" role="group" aria-label={t("rollFilter")}>
          {statuses.map((one) => (
            <button
              key={one} type="button" className={`chip ${one}`} aria-pressed={status === one}
              onClick={() => setStatus(status === one ? null : one)}
            >
              {t(one)} <b className="num">{view.counts[one]}</b>
            </button>
          ))}
        </div>
        <input
          type="search" value={words} placeholder={t("rollSearch")} aria-label={t("rollSearch")}
          onChange={(event) => setWords(event.target.value)}
        />
      </div>
      {rows.length === 0 && <Empty icon="people" title={t("rollEmpty")} />}
      {rows.length > 0 && (
        <div className="table-box tall" role="group" tabIndex={0} aria-label={t("rollTitle")}>
          <RollTable rows={rows.slice(0, rows_max)} picked={picked} onPick={onPick} onSign={sign}
            isEnded={isOver(view.response.state)} />
        </div>
      )}
      {signing && (
        <SignOff
          person={signing} view={view} onClose={() => sign(null)}
        />
      )}
    </section>
  );
}

interface RollTableProps {
  rows: ResponsePerson[];
  picked: string | null;
  isEnded: boolean;
  onPick: (id: string | null) => void;
  onSign: (person: ResponsePerson) => void;
}
function RollTable({ rows, picked, isEnded, onPick, onSign }: RollTableProps) {
  const { t } = useDesk();
  const heads = [t("colPerson"), t("colStatus"), t("colSeen"), t("colWhere"), t("colActs")];
  return (
    <table className="rows tight roll-table">
      <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
      <tbody>
        {rows.map((person) => (
          <RollLine
            key={person.id} person={person} isPicked={person.id === picked} isEnded={isEnded}
            onPick={onPick} onSign={onSign}
          />
        ))}
      </tbody>
    </table>
  );
}

type LineProps = Omit<RollTableProps, "rows" | "picked"> & {
  person: ResponsePerson;
  isPicked: boolean;
};
const kindKeys: Record<string, DeskKey> = {
  staff: "kindStaff", contractor: "kindContractor", visitor: "kindVisitor",
  vehicle: "kindVehicle",
};
const whyKeys: Record<string, DeskKey> = {
  muster: "whyMuster", said_safe: "whySaidSafe", signed_off: "whySignedOff", left: "whyLeft",
  inside: "whyInside", silent: "whySilent", never_seen: "whyNever", said_unsafe: "whySaidUnsafe",
  doubtful: "whyDoubtful",
};
const sourceKeys: Record<string, DeskKey> = {
  position: "fromPosition", gate: "fromGate", permit: "fromPermit", visitor: "fromVisitor",
  phone: "fromPhone", person: "fromPerson",
};

function RollLine({ person, isPicked, isEnded, onPick, onSign }: LineProps) {
  const { t, lang } = useDesk();
  const { texts } = useText();
  const areas = useAreas();
  const kind = kindKeys[person.kind];
  const why = whyKeys[person.why];
  const source = sourceKeys[person.source];
  const { message } = person;
  return (
    <tr className={person.status} aria-current={isPicked || undefined}>
      <td>
        <button
          type="button" className="plain-link" aria-pressed={isPicked}
          onClick={() => onPick(isPicked ? null : person.id)}
        >{person.holder}</button>
        {kind && <span className="soft nowrap"> {t(kind)}</span>}
      </td>
      <td>
        <span className={`status ${person.status}`}>{t(person.status)}</span>
        {why && <span className="soft"> {t(why)}</span>}
      </td>
      <td className="num nowrap">
        {person.age_ms === null
          ? t("neverSeen") : t("seenAgo", { span: span(person.age_ms, texts) })}
        {source && <span className="soft"> · {t(source)}</span>}
      </td>
      <td>
        {areas.nameOf(person.zone, lang) || t("outside")}
        {person.route && person.status !== "safe" && (
          <span className={person.route.crosses_gas ? "through-gas" : "soft"}>
            {" → "}{person.route.haven} {Math.round(person.route.seconds)} s
            {person.route.crosses_gas && ` · ${t("throughGas")}`}
          </span>
        )}
        {message && <span className="soft"> · {t(messageKey(message))}</span>}
      </td>
      <td>
        <span className="acts">
          {!isEnded && (
            <button
              type="button" className="act" aria-label={`${t("signOff")} ${person.holder}`}
              onClick={() => onSign(person)}
            >{t("signOff")}</button>
          )}
          <button
            type="button" className="act" aria-label={`${t("track")} ${person.holder}`}
            onClick={() => sheet.set({ kind: "track", badge: person.badge })}
          >{t("track")}</button>
        </span>
      </td>
    </tr>
  );
}

function messageKey(message: NonNullable<ResponsePerson["message"]>): DeskKey {
  if (message.acknowledged_at) return "msgAcked";
  if (message.read_at) return "msgRead";
  if (message.delivered_at) return "msgDelivered";
  return message.sent_at ? "msgSent" : "msgNone";
}

interface SignProps {
  person: ResponsePerson;
  view: ResponseView;
  onClose: () => void;
}
function SignOff({ person, view, onClose }: SignProps) {
  const { t } = useDesk();
  const { t: common } = useText();
  const [status, setStatus] = useState<SafetyStatus>("safe");
  const [note, setNote] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const send = async () => {
    setBusy(true);
    setRefusal(null);
    const { id } = view.response;
    try {
      await calls.rollCall(id, person.badge, status, note.trim());
      refresh(`response/${id}`);
      say(t("signedOff", { name: person.holder }));
      onClose();
    } catch (reason) {
      setRefusal(asRefusal(reason));
      setBusy(false);
    }
  };
  const actions = (
    <>
      <Button text={common("cancel")} run={onClose} />
      <Button
        text={t("signOff")} kind="main" isBusy={isBusy} isOff={note.trim() === ""}
        run={() => void send()}
      />
    </>
  );
  return (
    <Dialog title={`${t("signOff")} · ${person.holder}`} onClose={onClose} actions={actions}>
      <p><ModeMark mode={view.response.mode} /></p>
      <Chips
        label={t("colStatus")} value={status}
        onChange={(value) => setStatus(value as SafetyStatus)}
        choices={statuses.map((one) => ({ value: one, text: t(one) }))}
      />
      <TextArea
        label={t("signHow")} value={note} onChange={setNote} isRequired maxLength={500} rows={2}
      />
      {refusal && <Refused refusal={refusal} />}
    </Dialog>
  );
}
