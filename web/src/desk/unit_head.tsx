// Whom the people of a unit report to: shown in the list of units, set by who administers people.
import { useState } from "react";
import { setHead } from "../api/calls_acts.ts";
import type { OrgUnit } from "../api/types.ts";
import { localText } from "../data/prefs.ts";
import { refresh } from "../data/query.ts";
import { useDelegationText } from "../text/delegation.ts";
import { useText } from "../text/index.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { PickPerson } from "../parts/picker.tsx";
import { useSending } from "../parts/sending.ts";
import { Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";

export function UnitHead({ unit }: { unit: OrgUnit }) {
  const { t, lang } = useDelegationText();
  const [isOpen, setOpen] = useState(false);
  const name = t("headTitle", { unit: localText(unit.name, lang) });
  return (
    <div className="row">
      <span className={unit.head ? "strong" : "soft"}>{unit.head?.name ?? t("headNone")}</span>
      <Button
        text={t("headSet")} label={`${t("headSet")}: ${name}`} kind="quiet"
        run={() => setOpen(true)}
      />
      {isOpen && <HeadDialog unit={unit} title={name} onClose={() => setOpen(false)} />}
    </div>
  );
}

interface HeadProps {
  unit: OrgUnit;
  title: string;
  onClose: () => void;
}
function HeadDialog({ unit, title, onClose }: HeadProps) {
  const { t } = useDelegationText();
  const { t: c } = useText();
  const [person, setPerson] = useState<string | null>(unit.head?.id ?? null);
  const { refusal, isBusy, send } = useSending();
  const save = (who: string | null) => send(async () => {
    await setHead(unit.code, who);
    say(t("headSaved"));
    refresh("org");
    onClose();
  });
  const actions = (
    <>
      <Button text={c("cancel")} run={onClose} />
      {unit.head && (
        <Button text={t("headRemove")} isOff={isBusy} run={() => void save(null)} />
      )}
      <Button
        text={t("headSave")} kind="main" isBusy={isBusy} isOff={!person}
        run={() => void save(person)}
      />
    </>
  );
  return (
    <Dialog title={title} onClose={onClose} actions={actions}>
      <div className="stack">
        <p className="soft">{t("headHint")}</p>
        <PickPerson label={t("head")} value={person} onChange={setPerson} org={unit.path} />
        {refusal && <Refused refusal={refusal} />}
      </div>
    </Dialog>
  );
}
