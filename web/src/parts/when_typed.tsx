// The field for a day or a moment where a mouse is: typed, or picked from the browser's calendar.
// What can't be read is told beside it and counts as nothing filled in.
import { useRef, useState } from "react";
import { readWhen, whenText, type WhenKind } from "../data/when.ts";
import { useText } from "../text/index.ts";
import { Icon } from "./icon.tsx";

interface WhenProps {
  id: string;
  kind: WhenKind;
  label: string;
  value: string; // as the browser's own field has it
  onChange: (value: string) => void;
  describedBy: string | undefined;
  isFaulty: boolean;
  isRequired?: boolean;
  isOff?: boolean;
}

export default function Typed(props: WhenProps) {
  const { id, kind, label, value, onChange, describedBy, isOff } = props;
  const { t } = useText();
  const native = useRef<HTMLInputElement>(null);
  // What was typed stands as long as nothing else has set the value meanwhile.
  const [typed, setTyped] = useState<{ text: string; value: string } | null>(null);
  const text = typed && typed.value === value ? typed.text : whenText(value);
  const isGood = readWhen(kind, text) !== null;
  const take = (next: string) => {
    const read = readWhen(kind, next) ?? "";
    setTyped({ text: next, value: read });
    if (read !== value) onChange(read);
  };
  const pattern = t(kind === "date" ? "dayPattern" : "momentPattern");
  const described = [describedBy, !isGood && `${id}p`].filter(Boolean).join(" ");
  return (
    <>
      <span className="when">
        <input
          id={id} type="text" value={text} disabled={isOff} placeholder={pattern}
          aria-required={props.isRequired || undefined}
          aria-describedby={described || undefined} autoComplete="off" spellCheck={false}
          maxLength={16} aria-invalid={props.isFaulty || !isGood || undefined}
          onChange={(event) => take(event.target.value)}
          onBlur={() => isGood && setTyped(null)}
        />
        <button
          type="button" className="when-pick" disabled={isOff}
          aria-label={t("pickDay", { label })} onClick={() => native.current?.showPicker()}
        ><Icon name="clock" /></button>
        <input
          ref={native} type={kind} className="unseen" tabIndex={-1} aria-hidden="true"
          value={value} onChange={(event) => {
            setTyped(null);
            onChange(event.target.value);
          }}
        />
      </span>
      {!isGood && (
        <p className="fault" id={`${id}p`}>
          <Icon name="warn" />{t("whenFault", { pattern })}
        </p>
      )}
    </>
  );
}
