// A person starts a response: drill or real is asked plainly, and a real one twice.
import { useRef, useState } from "react";
import * as calls from "../api/calls_response.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import { newId } from "../api/id.ts";
import type { Alarm, Mode } from "../api/types_response.ts";
import { useTag } from "../data/alarms.ts";
import { useAreas } from "../data/areas.ts";
import { usePlan, zoneMiddle } from "../data/plan.ts";
import { masterName } from "../data/records.ts";
import { refresh } from "../data/query.ts";
import { go } from "../data/route.ts";
import { useText } from "../text/index.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Chips, Toggle } from "../parts/field.tsx";
import { Refused } from "../parts/states.tsx";
import { ModeMark, useDesk } from "./control_parts.tsx";
import { AlarmHead } from "./shelve.tsx";

interface StartProps {
  alarm: Alarm | null;
  onClose: () => void;
}

interface Wish {
  mode: Mode | null;
  area: string;
  level: string;
}
// Where it is: at the alarm's tag, else in the middle of the area.
function useStart({ alarm, onClose }: StartProps) {
  const plan = usePlan().value;
  const tag = useTag(alarm?.tag);
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const key = useRef(newId());
  const send = async ({ mode, area, level }: Wish) => {
    if (!mode) return;
    setBusy(true);
    setRefusal(null);
    const zone = plan?.zones.find((one) => one.code === area);
    const [x, y] = tag?.x != null && tag.y != null
      ? [tag.x, tag.y] : zone ? zoneMiddle(zone) : [undefined, undefined];
    try {
      const { record } = await calls.startResponse({
        mode, area, level: Number(level), ...(alarm ? { alarm: alarm.id } : {}),
        ...(x !== undefined && y !== undefined ? { x, y } : {}),
      }, key.current);
      refresh("responses");
      onClose();
      go(`response/${record.id}`);
    } catch (reason) {
      const why = asRefusal(reason);
      if (!why.isOffline) key.current = newId();
      setRefusal(why);
      setBusy(false);
    }
  };
  return { isBusy, refusal, send };
}

export function StartDialog({ alarm, onClose }: StartProps) {
  const { t, lang } = useDesk();
  const { t: common } = useText();
  const areas = useAreas();
  const [mode, setMode] = useState<Mode | null>(null);
  const [area, setArea] = useState(alarm ? areas.codeOf(alarm.area) : "");
  const [level, setLevel] = useState("1");
  const [isSure, setSure] = useState(false);
  const { isBusy, refusal, send } = useStart({ alarm, onClose });
  const isReady = mode !== null && area !== "" && (mode === "drill" || isSure);
  const actions = (
    <>
      <Button text={common("cancel")} run={onClose} />
      <Button
        text={t(mode === "real" ? "startReal" : mode === "drill" ? "startDrill" : "start")}
        kind={mode === "real" ? "danger" : "main"} isBusy={isBusy} isOff={!isReady}
        run={() => void send({ mode, area, level })}
      />
    </>
  );
  return (
    <Dialog title={t("startEmergency")} onClose={onClose} actions={actions}>
      {alarm && <AlarmHead alarm={alarm} />}
      <Chips
        label={t("mode")} value={mode} isRequired onChange={(value) => setMode(value as Mode)}
        choices={[
          { value: "drill", text: t("modeDrillLong") }, { value: "real", text: t("modeRealLong") },
        ]}
      />
      <Chips
        label={t("area")} value={area} onChange={setArea} isRequired
        choices={areas.rows.map((row) => ({
          value: String(row["code"]), text: masterName(row, lang),
        }))}
      />
      <Chips
        label={t("responseLevel")} value={level} onChange={setLevel}
        choices={[
          { value: "1", text: t("levelSite") }, { value: "2", text: t("levelWorkshop") },
          { value: "3", text: t("levelCompany") },
        ]}
      />
      {mode === "real" && (
        <div className="banner bad">
          <ModeMark mode="real" />
          <Toggle label={t("realSure")} value={isSure} onChange={setSure} />
        </div>
      )}
      {refusal && <Refused refusal={refusal} />}
    </Dialog>
  );
}
