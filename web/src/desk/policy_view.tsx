// Looking with a person's eyes: whose, why, and off it goes.
import { useState } from "react";
import { beginView } from "../api/calls_policy.ts";
import { asRefusal } from "../api/client.ts";
import { usePolicy } from "../text/policy_words.ts";
import { Button } from "../parts/button.tsx";
import { TextField } from "../parts/field.tsx";
import { PickPerson } from "../parts/picker.tsx";
import { say } from "../parts/toast.tsx";

export function PolicyView() {
  const { t } = usePolicy();
  const [person, setPerson] = useState("");
  const [reason, setReason] = useState("");
  const [isBusy, setBusy] = useState(false);
  const begin = async () => {
    setBusy(true);
    try {
      await beginView(person, reason.trim());
      // From here on everything is asked anew, with the other eyes.
      location.hash = "#/";
      location.reload();
    } catch (problem) {
      say(asRefusal(problem).message, false);
      setBusy(false);
    }
  };
  return (
    <div className="panel policy-form">
      <p>{t("viewHint")}</p>
      <PickPerson
        label={t("person")} value={person} onChange={setPerson}
      />
      <TextField
        label={t("reason")} hint={t("reasonHint")} value={reason} onChange={setReason}
        maxLength={200} isRequired
      />
      <Button
        text={t("viewBegin")} icon="person" kind="main" isBusy={isBusy}
        isOff={!person || !reason.trim()} run={() => void begin()}
      />
    </div>
  );
}
