// How the server is doing, for administrators: clock, store, backup, keys, queues, and the phones
// whose signatures count.
import { useState } from "react";
import { diagnostics, status } from "../api/calls_desk.ts";
import { devices, revokeDevice } from "../api/calls_hazard.ts";
import { asRefusal } from "../api/client.ts";
import type { Status } from "../api/types_desk.ts";
import type { Device } from "../api/types_hazard.ts";
import { serverNow } from "../data/clock.ts";
import { dayOf } from "../data/desk_figures.ts";
import { bytesText } from "../data/desk_system.ts";
import { saveAs } from "../data/desk_save.ts";
import { ago, amount, dateTime } from "../data/format.ts";
import { refresh, useQuery } from "../data/query.ts";
import { usePoll } from "../data/response.ts";
import { useWork, workText, type WorkKey } from "../text/desk_work.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { TextArea } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { useSending } from "../parts/sending.ts";
import { useTitle } from "../parts/shell.tsx";
import { Empty, Ready, Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import "../styles/desk_work.css";

const every_ms = 5000;

export default function SystemPage() {
  const { w } = useWork();
  useTitle(w("systemTitle"));
  const query = useQuery("status", status);
  usePoll("status", every_ms);
  const [isBusy, setBusy] = useState(false);
  const bundle = async () => {
    setBusy(true);
    try {
      saveAs(await diagnostics(), `anlan-diagnostics-${dayOf(serverNow())}.zip`);
      say(w("diagnosticsDone"));
    } catch (reason) {
      say(asRefusal(reason).message || w("diagnosticsFailed"), false);
    }
    setBusy(false);
  };
  return (
    <div className="list-page system">
      <div className="row">
        <h1>{w("systemTitle")}</h1>
        <span className="soft grow">{w("systemHint")}</span>
        <Button
          text={w("diagnostics")} icon="download" isBusy={isBusy} run={() => void bundle()}
        />
      </div>
      <Ready query={query}>{(answer) => <Cards status={answer} />}</Ready>
      <Devices />
    </div>
  );
}

type Tone = "good" | "warn" | "bad" | "plain";
interface CardProps {
  title: string;
  word: string;
  tone: Tone;
  facts: [string, string][];
}
function Card({ title, word, tone, facts }: CardProps) {
  return (
    <li className={`panel status-card ${tone}`}>
      <h2>{title}</h2>
      <p className="status-word">
        {tone !== "plain" && <Icon name={tone === "good" ? "check" : "warn"} />}
        <span>{word}</span>
      </p>
      <dl className="facts">
        {facts.map(([name, text]) => (
          <div key={name}><dt>{name}</dt><dd className="num">{text || "—"}</dd></div>
        ))}
      </dl>
    </li>
  );
}

function Cards({ status }: { status: Status }) {
  return (
    <ul className="status-cards">
      <StoreCard status={status} /><TimeCard status={status} /><BackupCard status={status} />
      <QueueCard status={status} /><KeyCard status={status} /><ProgramCard status={status} />
      <SchemaCard status={status} />
    </ul>
  );
}

function StoreCard({ status: { store } }: { status: Status }) {
  const { w, lang } = useWork();
  const why: string = `trouble_${store.why}`;
  const word = store.is_writable ? w("storeGood")
    : why in workText.zh ? w(why as WorkKey) : w("storeBad");
  return (
    <Card title={w("store")} word={word} tone={store.is_writable ? "good" : "bad"} facts={[
      [w("storeKind"), store.kind],
      [w("storeBytes"), bytesText(store.bytes, lang)],
      [w("storeFree"), bytesText(store.free_bytes, lang)],
      [w("storeCommit"), store.last_commit_ms === null ? ""
        : `${amount(Math.round(store.last_commit_ms * 10) / 10, lang)} ms`],
    ]} />
  );
}
function TimeCard({ status: { time } }: { status: Status }) {
  const { w, lang } = useWork();
  const offset = time.offset_ms;
  return (
    <Card
      title={w("clock")} word={w(time.is_trusted ? "clockTrusted" : "clockNot")}
      tone={time.is_trusted ? "good" : "warn"} facts={[
        [w("clockSource"), time.source && time.source !== "none" ? time.source : "—"],
        [w("clockOffset"), typeof offset === "number" ? `${amount(offset, lang)} ms` : ""],
        [w("clockStepped"), time.stepped_at ? dateTime(time.stepped_at) : w("never")],
        [w("clockHere"), dateTime(serverNow())],
      ]}
    />
  );
}
function BackupCard({ status: { backup } }: { status: Status }) {
  const { w, texts } = useWork();
  const at = backup.last_at;
  return (
    <Card
      title={w("backup")} tone={backup.is_due ? "warn" : "good"}
      word={at ? w(backup.is_due ? "backupDue" : "backupGood", { ago: ago(at, serverNow(), texts) })
        : w("backupNever")}
      facts={[[w("backupAt"), dateTime(at)], [w("backupFolder"), backup.folder]]}
    />
  );
}
function QueueCard({ status: { writer, live, vision } }: { status: Status }) {
  const { w, lang } = useWork();
  const isUp = vision?.is_up ?? false;
  return (
    <Card
      title={w("queues")} word={w(isUp ? "visionUp" : "visionDown")} tone={isUp ? "good" : "warn"}
      facts={[
        [w("visionWaiting"), vision?.waiting === undefined ? "" : amount(vision.waiting, lang)],
        [w("writerQueue"), amount(writer.queue, lang)],
        [w("liveSockets"), amount(live.sockets, lang)],
        [w("liveBytes"), bytesText(live.bytes, lang)],
      ]}
    />
  );
}
function KeyCard({ status: { keys } }: { status: Status }) {
  const { w } = useWork();
  const now = keys.find((key) => !key.until);
  return (
    <Card
      title={w("ledgerKeys")} tone={now ? "good" : "bad"}
      word={now ? w("keyNow", { id: now.id.slice(0, 12) }) : w("keyNone")}
      facts={keys.slice(-4).reverse().map((key): [string, string] => [
        key.id.slice(0, 12),
        `${dateTime(key.from)} – ${key.until ? dateTime(key.until) : w("untilNow")}`,
      ])}
    />
  );
}
function ProgramCard({ status }: { status: Status }) {
  const { w, texts } = useWork();
  return (
    <Card title={w("program")} word={status.version} tone="plain" facts={[
      [w("startedAt"), dateTime(status.started_at)],
      [w("runsSince"), ago(status.started_at, serverNow(), texts)],
      [w("packs"), status.packs.join(", ")],
    ]} />
  );
}

function SchemaCard({ status: { schema = [] } }: { status: Status }) {
  const { w, lang } = useWork();
  const now = schema[0];
  if (!now) return null;
  const part = now.rows_total > 0 ? ` ${Math.floor(100 * now.rows / now.rows_total)} %` : "";
  return (
    <Card title={w("schema")} word={w("schemaNow")} tone="plain" facts={[
      [w("schemaForm"), `${now.form} ${now.version}`],
      [w("schemaStep"), `${now.kind} ${now.subject}${part}`],
      [w("schemaLeft"), amount(schema.length, lang)],
      [w("schemaRefused"), amount(now.rows_refused, lang)],
    ]} />
  );
}

function Devices() {
  const { w } = useWork();
  const query = useQuery("devices", devices);
  const [asked, setAsked] = useState<Device | null>(null);
  const heads = [w("deviceName"), w("devicePerson"), w("deviceKey"), w("deviceSince"),
    w("deviceUsed"), w("deviceState")];
  return (
    <section className="panel" aria-labelledby="devices">
      <h2 id="devices">{w("devicesTitle")}</h2>
      <p className="soft">{w("devicesHint")}</p>
      <Ready query={query}>
        {({ rows }) => rows.length === 0
          ? <Empty icon="camera" title={w("devicesNone")} />
          : (
            <div className="table-box" role="group" tabIndex={0} aria-label={w("devicesTitle")}>
              <table className="rows">
                <thead>
                  <tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr>
                </thead>
                <tbody>
                  {rows.map((row) => (
                    <DeviceRow key={row.id} row={row} onAsk={() => setAsked(row)} />
                  ))}
                </tbody>
              </table>
            </div>
          )}
      </Ready>
      {asked && <RevokeDialog device={asked} onClose={() => setAsked(null)} />}
    </section>
  );
}

function DeviceRow({ row, onAsk }: { row: Device; onAsk: () => void }) {
  const { w } = useWork();
  return (
    <tr className={row.revoked_at ? "off" : ""}>
      <td className="strong">{row.name}</td>
      <td>{row.person_name}</td>
      <td className="mono">{row.id.slice(0, 12)}…</td>
      <td className="num">{dateTime(row.created_at)}</td>
      <td className="num">{dateTime(row.last_used_at)}</td>
      <td>
        {row.revoked_at
          ? w("deviceRevoked", { at: dateTime(row.revoked_at), why: row.revoked_reason ?? "" })
          : (
            <Button
              text={w("deviceRevoke")} kind="danger" run={onAsk}
              label={`${w("deviceRevoke")}: ${row.person_name} ${row.name}`}
            />
          )}
      </td>
    </tr>
  );
}

function RevokeDialog({ device, onClose }: { device: Device; onClose: () => void }) {
  const { t, w } = useWork();
  const [why, setWhy] = useState("");
  const { refusal, isBusy, send } = useSending();
  const run = () => send(async () => {
    await revokeDevice(device.id, why.trim());
    refresh("devices");
    say(w("deviceGone"));
    onClose();
  });
  const actions = (
    <>
      <Button text={t("cancel")} run={onClose} />
      <Button
        text={w("deviceRevoke")} kind="danger" isOff={why.trim() === ""} isBusy={isBusy}
        run={() => void run()}
      />
    </>
  );
  return (
    <Dialog
      title={`${w("deviceRevoke")}: ${device.person_name} · ${device.name}`} onClose={onClose}
      actions={actions}
    >
      <p>{w("deviceRevokeHint")}</p>
      <TextArea
        label={w("deviceRevokeWhy")} value={why} onChange={setWhy} isRequired rows={2}
        maxLength={200}
      />
      {refusal && <Refused refusal={refusal} />}
    </Dialog>
  );
}
