// The first page of an empty plant: its name and the first account.
import { useState, type FormEvent } from "react";
import { asRefusal, type Refusal } from "../api/client.ts";
import { setUp } from "../data/session.ts";
import { go } from "../data/route.ts";
import { useSeat, type SeatKey } from "../text/desk.ts";
import { Button } from "../parts/button.tsx";
import { PasswordField, TextField } from "../parts/field.tsx";
import { LanguageButton, Mark, useTitle } from "../parts/shell.tsx";
import { Refused } from "../parts/states.tsx";

const empty = {
  plant_name_zh: "", plant_name_en: "", plant_code: "", admin_login: "", admin_name: "",
  admin_password: "",
};
type Key = keyof typeof empty;
const labels: [Key, SeatKey][] = [
  ["plant_name_zh", "setupPlantZh"], ["plant_name_en", "setupPlantEn"],
  ["plant_code", "setupPlantCode"], ["admin_name", "setupAdminName"],
  ["admin_login", "setupAdminLogin"],
];

export function FirstAccount() {
  const { t } = useSeat();
  useTitle(t("setupTitle"));
  const [fields, setFields] = useState(empty);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [isBusy, setBusy] = useState(false);
  const set = (key: Key) => (value: string) => setFields({ ...fields, [key]: value });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setRefusal(null);
    try {
      await setUp(fields);
      go("setup/org");
    } catch (reason) {
      setRefusal(asRefusal(reason));
      setBusy(false);
    }
  };
  const faultOf = (key: Key) => (refusal?.field === key ? refusal.message : undefined);
  const isFull = Object.entries(fields).every(([key, value]) =>
    key === "plant_name_en" || value.trim() !== "");
  return (
    <main className="login" id="main">
      <div className="login-top"><LanguageButton /></div>
      <Mark isLarge />
      <form className="login-card wide" onSubmit={(event) => void submit(event)}>
        <h1>{t("setupTitle")}</h1>
        <p className="soft">{t("setupIntro")}</p>
        <div className="two">
          {labels.map(([key, text]) => (
            <TextField
              key={key} label={t(text)} value={fields[key]} onChange={set(key)}
              isRequired={key !== "plant_name_en"} fault={faultOf(key)}
              hint={key === "plant_code" ? t("setupCodeHint") : undefined}
            />
          ))}
          <PasswordField
            label={t("loginPassword")} value={fields.admin_password} hint={t("passwordRule")}
            onChange={set("admin_password")} isRequired fault={faultOf("admin_password")}
            autoComplete="new-password"
          />
        </div>
        {refusal && <Refused refusal={refusal} />}
        <Button
          text={t("setupCreate")} kind="main" isSubmit isBusy={isBusy} isOff={!isFull}
          run={() => {}}
        />
      </form>
    </main>
  );
}
