// A day, written as everywhere here whatever language the browser speaks, with the browser's own
// calendar to pick it from.
import { useId, useRef, useState } from "react";
import { dayOf } from "../data/when.ts";
import { useText } from "../text/index.ts";
import { Icon } from "../parts/icon.tsx";

interface Props {
  label: string;
  value: string; // "2026-11-23" or empty
  onChange: (day: string) => void;
  min?: string;
  max?: string;
}

export function DayField({ label, value, onChange, min, max }: Props) {
  const { t } = useText();
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const native = useRef<HTMLInputElement>(null);
  const text = typed ?? value;
  const isGood = dayOf(text, min, max) !== null;
  const take = (next: string) => {
    const day = dayOf(next, min, max);
    setTyped(day === null || day !== next.trim() ? next : null);
    if (day !== null && day !== value) onChange(day);
  };
  return (
    <div className="day-field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id} type="text" inputMode="numeric" placeholder={t("dayPattern")} maxLength={10}
        value={text} aria-invalid={!isGood || undefined} autoComplete="off"
        onChange={(event) => take(event.target.value)} onBlur={() => setTyped(null)}
      />
      <button
        type="button" className="chip" aria-label={t("pickDay", { label })}
        onClick={() => native.current?.showPicker()}
      ><Icon name="clock" /></button>
      <input
        ref={native} type="date" className="unseen" tabIndex={-1} aria-hidden="true"
        value={value} min={min} max={max} onChange={(event) => take(event.target.value)}
      />
    </div>
  );
}
