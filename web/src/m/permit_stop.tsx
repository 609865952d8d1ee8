// Stopping is always possible, for everybody, without a link too: one press and the reason.
import { useState } from "react";
import { useLink } from "../data/live.ts";
import { post } from "../data/outbox.ts";
import { usePermitPhone, type PermitPhoneKey } from "../text/permit_phone.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Icon } from "../parts/icon.tsx";
import { buzz } from "../parts/siren.ts";
import { say } from "../parts/toast.tsx";

const whys: PermitPhoneKey[] = [
  "stopGas", "stopFire", "stopPeople", "stopGuard", "stopWeather", "stopUnsafe",
];

export function StopWork({ id }: { id: string }) {
  const { p } = usePermitPhone();
  const link = useLink();
  const [isAsking, setAsking] = useState(false);
  const stop = (reason: string) => {
    post({
      kind: "suspend", about: id, path: `/api/permits/${encodeURIComponent(id)}/suspend`,
      body: { reason },
    });
    buzz([200, 100, 200]);
    say(p(link.state === "up" ? "stopDone" : "stopKept"));
    setAsking(false);
    scrollTo(0, 0);
  };
  return (
    <>
      <p className="soft">{p("stopHint")}</p>
      <button type="button" className="button help" onClick={() => setAsking(true)}>
        <Icon name="close" /><span>{p("stopButton")}</span>
      </button>
      {isAsking && (
        <Dialog title={p("stopButton")} onClose={() => setAsking(false)}>
          <p className="strong">{p("stopAsk")}</p>
          <div className="stack">
            {whys.map((key) => (
              <Button key={key} text={p(key)} kind="danger" run={() => stop(p(key))} />
            ))}
          </div>
        </Dialog>
      )}
    </>
  );
}
