// The key of this phone, and my other phones: whoever has lost one revokes it here.
import { useState } from "react";
import * as calls from "../api/calls_hazard.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import type { Device } from "../api/types_hazard.ts";
import { deviceState, mayHaveKey, renewDevice } from "../data/device.ts";
import { dateTime } from "../data/format.ts";
import { refresh, useQuery } from "../data/query.ts";
import { useMe } from "../data/session.ts";
import { useStore } from "../data/store.ts";
import { useLoopText } from "../text/loop.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { TextArea } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { Refused } from "../parts/states.tsx";
import "../styles/m_loop.css";

export default function DevicesPanel() {
  const { p } = useLoopText();
  const me = useMe();
  const here = useStore(deviceState);
  const query = useQuery("devices", calls.devices);
  const mine = (query.value?.rows ?? []).filter((one) => one.person === me.id);
  const id = here.state === "absent" ? "" : here.device;
  const isRevoked = here.state === "revoked" || mine.some((one) => one.id === id && one.revoked_at);
  const renew = () => void renewDevice(me.id).then(() => refresh("devices"));
  return (
    <section className="panel" aria-labelledby="device">
      <h2 id="device"><Icon name="shield" /> {p("deviceTitle")}</h2>
      <p role="status">
        {!mayHaveKey() ? p("deviceAbsent") : isRevoked ? p("deviceRevoked")
          : here.state === "here" && here.isRegistered ? p("deviceHere") : p("deviceWaiting")}
      </p>
      {id && <p className="soft num mono">{id}</p>}
      {isRevoked && <Button text={p("deviceRenew")} kind="main" icon="refresh" run={renew} />}
      {mine.length > 0 && (
        <ul className="devices" aria-label={p("deviceList")}>
          {mine.map((one) => <Row key={one.id} device={one} isHere={one.id === id} />)}
        </ul>
      )}
    </section>
  );
}

function Row({ device, isHere }: { device: Device; isHere: boolean }) {
  const { p } = useLoopText();
  const [isAsking, setAsking] = useState(false);
  const { revoked_at, revoked_reason, last_used_at } = device;
  return (
    <li>
      <span className="strong">{device.name}{isHere && ` · ${p("deviceThis")}`}</span>
      <span className="soft num">
        {p("deviceSince", { time: dateTime(device.created_at) })}
        {last_used_at && ` · ${p("deviceUsed", { time: dateTime(last_used_at) })}`}
      </span>
      {revoked_at
        ? (
          <span className="fault num">
            {p("deviceEnded", { time: dateTime(revoked_at), why: revoked_reason ?? "" })}
          </span>
        )
        : <Button text={p("deviceRevoke")} kind="danger" run={() => setAsking(true)} />}
      {isAsking && <Revoke device={device} onClose={() => setAsking(false)} />}
    </li>
  );
}

function Revoke({ device, onClose }: { device: Device; onClose: () => void }) {
  const { p, t } = useLoopText();
  const [why, setWhy] = useState("");
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const run = async () => {
    try {
      await calls.revokeDevice(device.id, why.trim());
      refresh("devices");
      onClose();
    } catch (reason) {
      setRefusal(asRefusal(reason));
    }
  };
  const actions = (
    <>
      <Button text={t("cancel")} run={onClose} />
      <Button
        text={p("deviceRevoke")} kind="danger" isOff={why.trim() === ""} run={() => void run()}
      />
    </>
  );
  return (
    <Dialog title={p("deviceRevoke")} onClose={onClose} actions={actions}>
      <div className="stack">
        <p>{p("deviceRevokeAsk")}</p>
        <TextArea
          label={p("deviceRevokeWhy")} value={why} onChange={setWhy} isRequired rows={2}
          maxLength={200}
        />
        {refusal && <Refused refusal={refusal} />}
      </div>
    </Dialog>
  );
}
