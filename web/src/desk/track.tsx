// Looking at where somebody was: the purpose is asked first, the look is logged by the server and
// shown to that person.
import { useState } from "react";
import * as calls from "../api/calls_response.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import type { Track } from "../api/types_response.ts";
import { useAreas } from "../data/areas.ts";
import { wallClock } from "../data/format.ts";
import { useText } from "../text/index.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { TextArea } from "../parts/field.tsx";
import { Refused } from "../parts/states.tsx";
import { useDesk } from "./control_parts.tsx";

export function TrackDialog({ badge, onClose }: { badge: string; onClose: () => void }) {
  const { t } = useDesk();
  const { t: common } = useText();
  const [purpose, setPurpose] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [track, setTrack] = useState<Track | null>(null);
  const look = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      setTrack(await calls.track(badge, purpose.trim()));
    } catch (reason) {
      setRefusal(asRefusal(reason));
    }
    setBusy(false);
  };
  const actions = track ? <Button text={common("close")} run={onClose} /> : (
    <>
      <Button text={common("cancel")} run={onClose} />
      <Button
        text={t("trackLook")} kind="main" isBusy={isBusy} isOff={purpose.trim() === ""}
        run={() => void look()}
      />
    </>
  );
  return (
    <Dialog title={t("trackTitle")} onClose={onClose} actions={actions}>
      {!track && (
        <>
          <p className="banner warn"><span>{t("trackNotice")}</span></p>
          <TextArea
            label={t("trackPurpose")} value={purpose} onChange={setPurpose} isRequired
            maxLength={200} rows={2}
          />
        </>
      )}
      {refusal && <Refused refusal={refusal} />}
      {track && <TrackRows track={track} />}
    </Dialog>
  );
}

function TrackRows({ track }: { track: Track }) {
  const { t, lang } = useDesk();
  const areas = useAreas();
  return (
    <>
      <h3>{track.holder}</h3>
      {track.rows.length === 0 && <p className="soft">{t("trackEmpty")}</p>}
      <div className="table-box tall" role="group" tabIndex={0} aria-label={t("trackTitle")}>
        <table className="rows tight">
          <thead>
            <tr>
              <th scope="col">{t("colTime")}</th>
              <th scope="col">{t("area")}</th>
              <th scope="col">x, y (m)</th>
            </tr>
          </thead>
          <tbody>
            {track.rows.map((row) => (
              <tr key={row.at}>
                <td className="num">{wallClock(Date.parse(row.at))}</td>
                <td>{areas.nameOf(row.zone, lang) || "—"}</td>
                <td className="num">
                  {row.x === null || row.y === null
                    ? "—" : `${row.x.toFixed(1)}, ${row.y.toFixed(1)}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
