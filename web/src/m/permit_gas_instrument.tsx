// The instrument of a gas test: one of the register that may be used today, picked or by its label.
import { lazy, Suspense, useEffect, useState } from "react";
import type { FormSource } from "../api/types.ts";
import { useNow } from "../data/clock.ts";
import { isUsable, takenOver } from "../data/gas_instrument.ts";
import type { NewRecord } from "../data/permit_form.ts";
import { fieldTitle, useAllRows } from "../data/records.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { Button } from "../parts/button.tsx";
import { PickFrom } from "../parts/picker.tsx";
import { Ready } from "../parts/states.tsx";
import { Part } from "./part.tsx";

const Scanner = lazy(() => import("./scanner.tsx"));

export function InstrumentPick({ form, state }: { form: FormSource; state: NewRecord }) {
  const { p, t, lang } = usePermitPhone();
  const query = useAllRows("gas_instrument", { sort: "code" });
  const now = useNow();
  const [isScanning, setScanning] = useState(false);
  const rows = (query.value ?? []).filter((row) => isUsable(row, now));
  const code = String(state.fields["instrument"] ?? "");
  const picked = rows.find((row) => row["code"] === code);
  const take = (wanted: string) => {
    const row = rows.find((one) => one["code"] === wanted);
    if (!row) return false;
    for (const [field, value] of Object.entries(takenOver(row))) state.fill(field, value);
    return true;
  };
  // The one of last time: as the register has it today, or none.
  useEffect(() => {
    if (!query.value || !code || take(code)) return;
    state.fill("instrument", null);
    state.fill("calibrated_until", null);
  }, [query.value]);
  const isLacking = ["instrument", "calibrated_until"].some((one) => state.missing.includes(one));
  const refused = state.refusal?.field === "instrument" ? state.refusal.message : undefined;
  return (
    <Ready query={query}>
      {() => (
        <>
          {rows.length === 0 && <p className="limit-line bad" role="alert">{p("gasNoMeter")}</p>}
          <PickFrom
            label={fieldTitle(form, "instrument", lang)} value={picked ? code : null}
            searchText={t("search")} isRequired fault={isLacking ? t("required") : refused}
            choices={rows.map((row) => ({
              value: String(row["code"]), text: `${row["code"]} · ${row["model"]}`,
            }))}
            onChange={take}
          />
          {picked && (
            <p className="limit-line num">
              {p("gasCalibrated", { day: String(picked["calibrated_until"]) })}
            </p>
          )}
          <Button text={p("scanMeter")} icon="qr" run={() => setScanning(true)} />
          {isScanning && (
            <Part isSilent>
              <Suspense fallback={null}>
                <Scanner onCode={take} onClose={() => setScanning(false)} />
              </Suspense>
            </Part>
          )}
        </>
      )}
    </Ready>
  );
}
