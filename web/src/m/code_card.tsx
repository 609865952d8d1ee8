// The code of a report without a name: shown once, kept only where the person wants it.
import { useState } from "react";
import { forgetCode, grouped, keepCode, passCode, useCodes } from "../data/codes.ts";
import { go } from "../data/route.ts";
import { useLoopText } from "../text/loop.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Icon } from "../parts/icon.tsx";

interface CodeProps {
  code: string;
  number: string;
  onSeen: () => void;
}
export function CodeCard({ code, number, onSeen }: CodeProps) {
  const { p, t } = useLoopText();
  const isKept = useCodes().some((one) => one.code === code);
  const [isAsking, setAsking] = useState(false);
  const actions = (
    <>
      <Button text={t("cancel")} run={() => setAsking(false)} />
      <Button text={p("codeDone")} kind="main" run={onSeen} />
    </>
  );
  return (
    <section className="panel code-card" aria-label={p("codeTitle")}>
      <h2><Icon name="shield" /> {p("codeTitle")}</h2>
      <p className="code num">{grouped(code)}</p>
      <p className="soft num">{t("doneNumber")} {number}</p>
      <p>{p("codeHint")}</p>
      {isKept ? (
        <>
          <p className="strong"><Icon name="check" /> {p("codeKept")}</p>
          <Button text={p("codeForget")} icon="trash" run={() => forgetCode(code)} />
        </>
      ) : (
        <>
          <Button text={p("codeKeep")} icon="download" run={() => keepCode(code, number)} />
          <p className="soft">{p("codeKeepHint")}</p>
        </>
      )}
      <Button
        text={p("codeOpen")} icon="eye"
        run={() => {
          passCode(code);
          go("follow");
        }}
      />
      <Button
        text={p("codeDone")} kind="main" icon="check"
        run={() => (isKept ? onSeen() : setAsking(true))}
      />
      {isAsking && (
        <Dialog title={p("codeDone")} onClose={() => setAsking(false)} actions={actions}>
          <p>{p("codeDoneAsk")}</p>
        </Dialog>
      )}
    </section>
  );
}
