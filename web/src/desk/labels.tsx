// QR labels on A4, to be put up in the plant. The code leads to the report page with its place.
import { useState } from "react";
import { qrUrl } from "../api/calls.ts";
import type { RecordRow } from "../api/types.ts";
import { masterName, useAllRows } from "../data/records.ts";
import { useSeat } from "../text/desk.ts";
import { Button } from "../parts/button.tsx";
import { useTitle } from "../parts/shell.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { FilterChips } from "./filter_chips.tsx";

export default function Labels() {
  const { t, lang } = useSeat();
  useTitle(t("labelsTitle"));
  const areas = useAllRows("area", { sort: "code" });
  const devices = useAllRows("device", { sort: "code" });
  const [picked, setPicked] = useState("");
  return (
    <Ready query={areas}>
      {(places) => (
        <Ready query={devices}>
          {(things) => {
            const shown = labelsOf(places, things, picked);
            return (
              <div className="list-page">
                <div className="row no-print">
                  <div>
                    <h1>{t("labelsTitle")}</h1>
                    <p className="soft">{t("labelsHint")}</p>
                  </div>
                  <Button
                    text={t("labelsPrint")} icon="print" kind="main" run={() => print()}
                    isOff={shown.length === 0}
                  />
                </div>
                <div className="panel no-print">
                  <FilterChips
                    label={t("labelsPick")} value={picked} onChange={setPicked}
                    choices={places.map((row) => ({ value: row.id, text: masterName(row, lang) }))}
                  />
                </div>
                {shown.length === 0 ? <Empty icon="qr" /> : (
                  <ul className="labels">
                    {shown.map((row) => <Label key={row.id} row={row} areas={places} />)}
                  </ul>
                )}
              </div>
            );
          }}
        </Ready>
      )}
    </Ready>
  );
}

function labelsOf(areas: RecordRow[], devices: RecordRow[], picked: string): RecordRow[] {
  return areas.filter((area) => !picked || area.id === picked).flatMap((area) => [
    area, ...devices.filter((device) => device["area"] === area.id),
  ]);
}

function Label({ row, areas }: { row: RecordRow; areas: RecordRow[] }) {
  const { t, lang } = useSeat();
  const code = String(row["code"]);
  const name = masterName(row, lang);
  const area = areas.find((one) => one.id === row["area"]);
  const target = `${location.origin}/q/${encodeURIComponent(code)}`;
  return (
    <li className="label-card">
      <img src={qrUrl(target)} alt={t("labelQr", { name })} />
      <div>
        <p className="label-name">{name}</p>
        {area && <p>{masterName(area, lang)}</p>}
        <p className="num label-code">{code}</p>
        <p>{t("labelsScan")}</p>
      </div>
    </li>
  );
}
