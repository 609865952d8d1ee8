// One field of a form, to be filled in, by its kind.
import { lazy, Suspense, useState } from "react";
import type { FieldSource, FieldValue, FormSource } from "../api/types.ts";
import { serverNow } from "../data/clock.ts";
import { localInput } from "../data/format.ts";
import { fieldTitle } from "../data/records.ts";
import { localText } from "../data/prefs.ts";
import type { Roll } from "../data/shots.ts";
import { useText } from "../text/index.ts";
import { LevelMark } from "./badge.tsx";
import { Capture } from "./capture.tsx";
import { Chips, TextArea, TextField, Toggle, type Common } from "./field.tsx";
import { PickFrom, PickPerson, PickRecord, PickUnit } from "./picker.tsx";
import { asLevel } from "../data/records.ts";

const Rows = lazy(() => import("./rows.tsx"));

export interface InputProps {
  form: FormSource;
  field: string;
  value: FieldValue | undefined;
  onChange: (value: FieldValue) => void;
  isRequired?: boolean;
  fault?: string;
  org?: string;
  photos?: { roll: Roll; place: string; ghostUrl?: string };
}

export function Input(props: InputProps) {
  const { lang } = useText();
  const source = props.form.data.properties[props.field];
  if (!source) return null;
  const common: Common = {
    label: fieldTitle(props.form, props.field, lang),
    isRequired: props.isRequired,
    fault: props.fault,
  };
  const text = typeof props.value === "string" ? props.value : "";
  switch (source["x-kind"]) {
    case "choice":
      return <ChoiceInput {...props} source={source} common={common} />;
    case "boolean":
      return <Toggle label={common.label} value={props.value === true} onChange={props.onChange} />;
    case "person":
      return (
        <PickPerson {...common} value={text || null} onChange={props.onChange} org={props.org} />
      );
    case "ref":
      return (
        <PickRecord
          {...common} form={source["x-ref"] ?? ""} value={text || null} onChange={props.onChange}
        />
      );
    case "org":
      return <PickUnit {...common} value={text || null} onChange={props.onChange} />;
    case "date":
      return <TextField {...common} kind="date" value={text} onChange={props.onChange} />;
    case "instant":
      return <InstantInput common={common} value={text} onChange={props.onChange} />;
    case "photos":
      return props.photos ? (
        <div className="field">
          <span className="label">{common.label}</span>
          <Capture
            label={common.label} count_max={source.maxItems ?? 6} {...props.photos}
            isVideo={source["x-video"] === true}
          />
          {props.fault && <p className="fault">{props.fault}</p>}
        </div>
      ) : null;
    case "decimal":
    case "integer":
      return (
        <TextField
          {...common} kind="number" value={props.value === undefined ? "" : String(props.value)}
          onChange={(value) => props.onChange(value === "" ? null : Number(value))}
        />
      );
    case "subform":
      return <Suspense fallback={null}><Rows {...props} common={common} /></Suspense>;
    default: {
      const Text = source["x-kind"] === "longtext" ? TextArea : TextField;
      return (
        <Text {...common} value={text} onChange={props.onChange} maxLength={source.maxLength} />
      );
    }
  }
}

const chips_max = 12;
function ChoiceInput(props: InputProps & { source: FieldSource; common: Common }) {
  const { t, lang } = useText();
  const choices = (props.source.enum ?? []).map((value) => {
    const level = props.field.startsWith("level") ? asLevel(value) : null;
    const text = localText(props.source["x-texts"]?.[value], lang) || value;
    return level ? { value, text, mark: <LevelMark level={level} /> } : { value, text };
  });
  const picking = {
    ...props.common, choices, onChange: props.onChange,
    value: typeof props.value === "string" ? props.value : null,
  };
  return choices.length > chips_max
    ? <PickFrom {...picking} searchText={t("search")} /> : <Chips {...picking} />;
}

interface InstantProps {
  common: Common;
  value: string;
  onChange: (value: string | null) => void;
}
const quick_hours = [4, 24, 72, 168];

function InstantInput({ common, value, onChange }: InstantProps) {
  const { t } = useText();
  const [hours, setHours] = useState<string | null>(null);
  const pick = (chosen: string) => {
    setHours(chosen);
    onChange(new Date(serverNow() + Number(chosen) * 3600000).toISOString());
  };
  const choices = quick_hours.map((count) => ({
    value: String(count),
    text: count < 72 ? t("quickHours", { n: count }) : t("quickDays", { n: count / 24 }),
  }));
  const type = (local: string) => {
    setHours(null);
    const at = new Date(local);
    onChange(Number.isNaN(at.getTime()) ? null : at.toISOString());
  };
  return (
    <div className="pick">
      <Chips {...common} choices={choices} value={hours} onChange={pick} />
      <TextField
        kind="datetime-local" label={t("pickOther")} value={localInput(value || null)}
        onChange={type}
      />
    </div>
  );
}
