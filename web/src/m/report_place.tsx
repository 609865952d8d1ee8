// Where it is: from the label that was scanned, from the position, or the last place of this phone.
import { lazy, Suspense, useEffect, useState } from "react";
import type { FieldValue, RecordRow } from "../api/types.ts";
import { useNow } from "../data/clock.ts";
import { fill, useDraft } from "../data/draft.ts";
import { findCode } from "../data/place_code.ts";
import { useFix } from "../data/position.ts";
import { masterName } from "../data/records.ts";
import { nearestArea } from "../data/report.ts";
import { lastPlace, lastPlaces, suggest, suggestedFirst } from "../data/suggest.ts";
import { useLoopText, type LoopSpeech } from "../text/loop.ts";
import { Button } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { PickFrom } from "../parts/picker.tsx";
import { Part } from "./part.tsx";
import type { Known } from "./report_sheet.tsx";

const Scanner = lazy(() => import("./scanner.tsx"));

type From = "code" | "gps" | "last" | "person" | null;
export interface Place {
  area: RecordRow | undefined;
  device: RecordRow | undefined;
  from: From;
  scanned: string;
  isUnknownCode: boolean;
  choose: (field: "area" | "device", value: string | undefined) => void;
  scan: (code: string) => boolean;
}

const text = (value: FieldValue | undefined) => (typeof value === "string" ? value : "");

export function usePlace({ areas, devices }: Known, code: string): Place {
  const { fields, isAnonymous } = useDraft();
  const fix = useFix();
  const [from, setFrom] = useState<From>(null);
  const [scanned, setScanned] = useState("");
  const scan = (wanted: string) => {
    const { area, device } = findCode(wanted, areas, devices);
    if (!area) return false;
    fill("area", area.id);
    fill("device", device?.id);
    setFrom("code");
    setScanned(wanted);
    return true;
  };
  const isUnknownCode = code !== "" && !findCode(code, areas, devices).area;
  useEffect(() => {
    if (code) scan(code);
  }, [code]);
  // The better source takes the place of the worse, never of what the person chose.
  useEffect(() => {
    const near = fix.state === "known" && !isAnonymous ? nearestArea(areas, fix.position) : null;
    const mayTake = !fields["area"] || from === "last";
    if (near && mayTake) {
      if (near.id !== fields["area"]) fill("device", undefined);
      fill("area", near.id);
      setFrom("gps");
    } else if (!fields["area"] && !code && from === null) {
      const last = lastPlace(lastPlaces(), areas, Date.now());
      if (last) {
        fill("area", last);
        setFrom("last");
      }
    }
  }, [fix.state, isAnonymous]);
  return {
    from, scanned, isUnknownCode, scan,
    area: areas.find((row) => row.id === fields["area"]),
    device: devices.find((row) => row.id === fields["device"]),
    choose: (field, value) => {
      setFrom("person");
      setScanned("");
      if (field === "area") fill("device", undefined);
      fill(field, value);
    },
  };
}

function ageText(at: number, now: number, { p }: LoopSpeech): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  if (seconds < 5) return p("ageNow");
  return seconds < 60 ? p("ageSeconds", { n: seconds })
    : p("ageMinutes", { n: Math.floor(seconds / 60) });
}

export function PositionLine({ isAnonymous }: { isAnonymous: boolean }) {
  const fix = useFix();
  const speech = useLoopText();
  useNow();
  const { p } = speech;
  const line = () => {
    if (isAnonymous) return p("gpsOff");
    if (fix.state !== "known") return p(fix.state === "asking" ? "gpsAsking" : "gpsRefused");
    const age = ageText(fix.at, Date.now(), speech);
    return p("gpsKnown", { m: Math.round(fix.position.accuracy_m), age });
  };
  return <p className="soft position num"><Icon name="place" /><span>{line()}</span></p>;
}

function sourceOf(place: Place, accuracy_m: number, { p }: LoopSpeech): string | undefined {
  if (place.from === "code") return p("placeByCode");
  if (place.from === "gps") return p("placeByGps", { m: accuracy_m });
  return place.from === "last" ? p("placeByLast") : undefined;
}

export function PlacePart({ known, place }: { known: Known; place: Place }) {
  const speech = useLoopText();
  const { t, p, lang } = speech;
  const { fields } = useDraft();
  const [isScanning, setScanning] = useState(false);
  const fix = useFix();
  const accuracy_m = fix.state === "known" ? Math.round(fix.position.accuracy_m) : 0;
  const area = text(fields["area"]) || null;
  const places = lastPlaces().map((one) => one.area);
  const named = (row: RecordRow) => ({ value: row.id, text: masterName(row, lang) });
  return (
    <section className="place-part">
      {place.isUnknownCode && (
        <p className="banner warn" role="status">{p("placeUnknownCode")}</p>
      )}
      <PickFrom
        label={t("sectionPlace")} number={1} value={area} searchText={t("search")}
        choices={suggestedFirst(known.areas.map(named), places)}
        hint={sourceOf(place, accuracy_m, speech)}
        onChange={(value) => place.choose("area", value)}
      />
      <Button text={p("scan")} icon="qr" run={() => setScanning(true)} />
      {isScanning && (
        <Part isSilent>
          <Suspense fallback={null}>
            <Scanner onCode={place.scan} onClose={() => setScanning(false)} />
          </Suspense>
        </Part>
      )}
      <DevicePart known={known} place={place} area={area} />
    </section>
  );
}

function DevicePart({ known, place, area }: { known: Known; place: Place; area: string | null }) {
  const { t, lang } = useLoopText();
  const { fields } = useDraft();
  const there = known.devices.filter((row) => row["area"] === area);
  if (there.length === 0) return null;
  const usual = suggest(known.recent, area, null).devices;
  const choices = there.map((row) => ({
    value: row.id, text: `${String(row["code"])} ${masterName(row, lang)}`,
  }));
  return (
    <PickFrom
      label={`${t("sectionDevice")} · ${t("optional")}`} searchText={t("searchDevice")}
      choices={suggestedFirst(choices, usual)} value={text(fields["device"]) || null}
      onChange={(value) => place.choose("device", value === fields["device"] ? undefined : value)}
    />
  );
}
