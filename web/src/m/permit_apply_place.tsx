// Where and when: the label of the place, the area by name, a point on the plan; from when, for how
// long.
import { lazy, Suspense, useState } from "react";
import type { Point } from "../api/types_response.ts";
import { serverNow } from "../data/clock.ts";
import { dateTime } from "../data/format.ts";
import { useKeptAreas, useKeptDevices } from "../data/kept.ts";
import { fillWish } from "../data/permit_wish.ts";
import { findCode } from "../data/place_code.ts";
import { fieldTitle, masterName } from "../data/records.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { Button } from "../parts/button.tsx";
import { Chips } from "../parts/field.tsx";
import { PermitInput } from "../parts/permit_input.tsx";
import { PickFrom } from "../parts/picker.tsx";
import { Part } from "./part.tsx";
import { Inputs, type StepProps } from "./permit_apply_parts.tsx";

const PointOnPlan = lazy(() => import("./permit_apply_point.tsx"));
const Scanner = lazy(() => import("./scanner.tsx"));

export default function PlaceStep(props: StepProps) {
  const { form, wish, missing } = props;
  const { p, t, lang } = usePermitPhone();
  const areas = useKeptAreas().value ?? [];
  const devices = useKeptDevices().value ?? [];
  const [isScanning, setScanning] = useState(false);
  const area = String(wish.fields["area"] ?? "");
  const onCode = (code: string) => {
    const found = findCode(code, areas, devices);
    if (!found.area) return false;
    fillWish({ area: found.area.id, device: found.device?.id ?? null });
    return true;
  };
  const code = String(areas.find((row) => row.id === area)?.["code"] ?? "");
  const toPoint = (at: Point, zone: string) => {
    const known = areas.find((row) => row["code"] === zone);
    const round = (n: number) => Math.round(n * 10) / 10;
    fillWish({
      x: round(at[0]), y: round(at[1]),
      ...(known ? { area: known.id, ...(known.id === area ? {} : { device: null }) } : {}),
    });
  };
  return (
    <>
      <Button text={p("scanPlace")} icon="qr" run={() => setScanning(true)} />
      {isScanning && (
        <Part isSilent>
          <Suspense fallback={null}>
            <Scanner onCode={onCode} onClose={() => setScanning(false)} />
          </Suspense>
        </Part>
      )}
      <PickFrom
        label={fieldTitle(form, "area", lang)} value={area || null} searchText={t("search")}
        choices={areas.map((row) => ({ value: row.id, text: masterName(row, lang) }))}
        onChange={(id) => fillWish({ area: id, device: null, x: null, y: null })} isRequired
        fault={missing.includes("area") ? t("required") : undefined}
      />
      <Suspense fallback={null}>
        <PointOnPlan x={wish.fields["x"]} y={wish.fields["y"]} zone={code} onPoint={toPoint} />
      </Suspense>
      <Devices {...props} area={area} />
      <Inputs {...props} fields={["is_outdoor"].filter((one) => one in form.data.properties)} />
      <When {...props} />
      <Reach {...props} />
    </>
  );
}

function Devices({ form, wish, fill, area }: StepProps & { area: string }) {
  const { t, lang } = usePermitPhone();
  const there = (useKeptDevices().value ?? []).filter((row) => row["area"] === area);
  if (there.length === 0) return null;
  return (
    <PickFrom
      label={`${fieldTitle(form, "device", lang)} · ${t("optional")}`}
      searchText={t("searchDevice")} value={String(wish.fields["device"] ?? "") || null}
      choices={there.map((row) => ({
        value: row.id, text: `${String(row["code"])} ${masterName(row, lang)}`,
      }))}
      onChange={(id) => fill("device", id === wish.fields["device"] ? null : id)}
    />
  );
}

function Reach({ form, wish, fill }: StepProps) {
  const { p } = usePermitPhone();
  return (
    <details className="panel">
      <summary>{p("heightBand")}</summary>
      {["z_low_m", "z_high_m", "radius_m"].filter((one) => one in form.data.properties)
        .map((field) => (
          <PermitInput
            key={field} form={form} field={field} value={wish.fields[field]} isHeld
            onChange={(value) => fill(field, value)}
          />
        ))}
    </details>
  );
}

const starts_min = [0, 30, 60, 120];
const spans_h = [2, 4, 8, 24, 72];
const hour_ms = 3600000;

function When({ form, wish, missing }: StepProps) {
  const { p, t, lang } = usePermitPhone();
  const [start, setStart] = useState<string | null>(null);
  const [hours, setHours] = useState<string | null>(null);
  const from = Date.parse(String(wish.fields["valid_from"] ?? ""));
  const to = Date.parse(String(wish.fields["valid_to"] ?? ""));
  const iso = (at: number) => new Date(at).toISOString();
  const pickStart = (minutes: string) => {
    setStart(minutes);
    const begin = serverNow() + Number(minutes) * 60000;
    const length = Number.isNaN(to) || Number.isNaN(from) ? 0 : to - from;
    fillWish({ valid_from: iso(begin), ...(length > 0 ? { valid_to: iso(begin + length) } : {}) });
  };
  const pickSpan = (chosen: string) => {
    setHours(chosen);
    const begin = Number.isNaN(from) ? serverNow() : from;
    fillWish({ valid_from: iso(begin), valid_to: iso(begin + Number(chosen) * hour_ms) });
  };
  return (
    <>
      <Chips
        label={fieldTitle(form, "valid_from", lang)} value={start} onChange={pickStart} isRequired
        fault={missing.includes("valid_from") ? t("required") : undefined}
        choices={starts_min.map((n) => ({
          value: String(n), text: n === 0 ? p("startNow") : p("startIn", { n }),
        }))}
      />
      <Chips
        label={p("howLong")} value={hours} onChange={pickSpan} isRequired
        fault={missing.includes("valid_to") ? t("required") : undefined}
        choices={spans_h.map((n) => ({ value: String(n), text: p("hoursN", { n }) }))}
      />
      {!Number.isNaN(to) && (
        <p className="strong num">{dateTime(from)} – {dateTime(to)}</p>
      )}
    </>
  );
}
