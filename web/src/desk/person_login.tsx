// What an administrator does to somebody's ways to log in: for a lost phone, for an account of the
// provider that has changed.
import { useState } from "react";
import { removeFactorOf, unlinkProvider } from "../api/calls_factor.ts";
import { useFactorText } from "../text/factor.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { useSending } from "../parts/sending.ts";
import { Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";

export default function PersonLogin({ id, name }: { id: string; name: string }) {
  const { p } = useFactorText();
  const [isOpen, setOpen] = useState(false);
  const { refusal, isBusy, send } = useSending();
  const act = (run: () => Promise<object>, done: string) => void send(async () => {
    await run();
    say(done);
    setOpen(false);
  });
  return (
    <>
      <Button
        text={p("adminMenu", { name })} icon="shield" kind="quiet" isIconOnly
        run={() => setOpen(true)}
      />
      {isOpen && (
        <Dialog title={p("adminMenu", { name })} onClose={() => setOpen(false)}>
          <div className="stack">
            <p>{p("adminRemoveHint", { name })}</p>
            {refusal && <Refused refusal={refusal} />}
            <Button
              text={p("adminRemove")} kind="danger" isBusy={isBusy}
              run={() => act(() => removeFactorOf(id), p("adminRemoved", { name }))}
            />
            <Button
              text={p("adminUnlink")} isBusy={isBusy}
              run={() => act(() => unlinkProvider(id), p("adminUnlinked", { name }))}
            />
          </div>
        </Dialog>
      )}
    </>
  );
}
