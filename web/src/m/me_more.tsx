// On the page about me: messages that wake the phone, and who looked at where I was.
import { useEffect, useState } from "react";
import { asRefusal, type Refusal } from "../api/client.ts";
import { dateTime } from "../data/format.ts";
import { pushState, turnPushOff, turnPushOn, type PushState } from "../data/push.ts";
import { useLooks } from "../data/response.ts";
import { usePhoneText, type PhoneKey } from "../text/phone.ts";
import { Button } from "../parts/button.tsx";
import FactorPanel from "../parts/factor_panel.tsx";
import { Icon } from "../parts/icon.tsx";
import { Ready, Refused } from "../parts/states.tsx";
import "../styles/m_now.css";

const words: Record<PushState, PhoneKey> = {
  absent: "pushAbsent", blocked: "pushBlocked", off: "pushOff", on: "pushOn",
};

function PushPanel() {
  const { p } = usePhoneText();
  const [state, setState] = useState<PushState | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  useEffect(() => void pushState().then(setState), []);
  const turn = async (run: () => Promise<PushState>) => {
    setBusy(true);
    setRefusal(null);
    try {
      setState(await run());
    } catch (reason) {
      setRefusal(asRefusal(reason));
      setState(await pushState());
    }
    setBusy(false);
  };
  if (!state) return null;
  return (
    <section className="panel" aria-labelledby="push">
      <h2 id="push"><Icon name="bell" /> {p("pushTitle")}</h2>
      <p role="status">{p(words[state])}</p>
      {state === "off" && (
        <Button
          text={p("pushTurnOn")} kind="main" icon="bell" isBusy={isBusy}
          run={() => void turn(turnPushOn)}
        />
      )}
      {state === "on" &&
        <Button text={p("pushTurnOff")} isBusy={isBusy} run={() => void turn(turnPushOff)} />}
      {state !== "absent" && <p className="soft">{p("pushHint")}</p>}
      {refusal && <Refused refusal={refusal} />}
    </section>
  );
}

function LooksPanel() {
  const { p } = usePhoneText();
  const looks = useLooks();
  return (
    <section className="panel" aria-labelledby="looks">
      <h2 id="looks"><Icon name="eye" /> {p("looksTitle")}</h2>
      <Ready query={looks}>
        {({ rows }) => rows.length === 0 ? <p>{p("looksNone")}</p> : (
          <ul className="looks">
            {rows.map((row) => (
              <li key={`${row.at}${row.by_name}`}>
                <b>{row.by_name}</b> <span className="soft num">{dateTime(row.at)}</span>
                <span>{p("looksFor", { purpose: row.purpose })}</span>
              </li>
            ))}
          </ul>
        )}
      </Ready>
      <p className="soft">{p("looksHint")}</p>
    </section>
  );
}

export default function MeMore() {
  return <><FactorPanel /><PushPanel /><LooksPanel /></>;
}
