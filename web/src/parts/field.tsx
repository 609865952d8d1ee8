// Form controls with their label, hint and fault. All are plain HTML below.
import { lazy, Suspense, useId, useState, type ReactNode } from "react";
import { useText } from "../text/index.ts";
import { Button } from "./button.tsx";
import { held } from "./held.ts";
import { Icon } from "./icon.tsx";

// Phones never ask for it: they have pickers of their own.
const WhenTyped = lazy(() => import("./when_typed.tsx"));

export interface Common {
  label: string;
  hint?: string;
  fault?: string;
  isRequired?: boolean;
}
interface Ids {
  id: string;
  describedBy: string | undefined;
  isFaulty: boolean;
}

function useIds(props: Common): Ids {
  const id = useId();
  const described = [props.hint && `${id}h`, props.fault && `${id}f`].filter(Boolean).join(" ");
  return { id, describedBy: described || undefined, isFaulty: !!props.fault };
}

function Frame({ common, ids, children }: { common: Common; ids: Ids; children: ReactNode }) {
  const { t } = useText();
  return (
    <div className={`field${ids.isFaulty ? " faulty" : ""}`}>
      <label htmlFor={ids.id}>
        {common.label}
        {common.isRequired && <span className="need"> {t("required")}</span>}
      </label>
      {children}
      {common.hint && <p className="hint" id={`${ids.id}h`}>{common.hint}</p>}
      {common.fault && (
        <p className="fault" id={`${ids.id}f`}>
          <Icon name="warn" />
          {common.fault}
        </p>
      )}
    </div>
  );
}

interface TextProps extends Common {
  value: string;
  onChange: (value: string) => void;
  kind?: "text" | "password" | "search" | "number" | "datetime-local" | "date" | "tel";
  autoComplete?: string;
  maxLength?: number;
  isOff?: boolean;
}
export function TextField(props: TextProps) {
  const ids = useIds(props);
  if ((props.kind === "date" || props.kind === "datetime-local") && !held()) {
    return (
      <Frame common={props} ids={ids}>
        <Suspense fallback={null}><WhenTyped {...props} {...ids} kind={props.kind} /></Suspense>
      </Frame>
    );
  }
  return (
    <Frame common={props} ids={ids}>
      <input
        id={ids.id}
        type={props.kind ?? "text"}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        aria-describedby={ids.describedBy}
        aria-invalid={ids.isFaulty || undefined}
        aria-required={props.isRequired || undefined}
        autoComplete={props.autoComplete ?? "off"}
        autoCapitalize="none"
        spellCheck={false}
        maxLength={props.maxLength}
        disabled={props.isOff}
        inputMode={props.kind === "number" ? "decimal" : undefined}
        step={props.kind === "number" ? "any" : undefined}
      />
    </Frame>
  );
}

export function PasswordField(props: Omit<TextProps, "kind">) {
  const [isShown, show] = useState(false);
  const { t } = useText();
  return (
    <div className="password">
      <TextField {...props} kind={isShown ? "text" : "password"} />
      <Button
        text={t(isShown ? "hidePassword" : "showPassword")}
        icon="eye" isIconOnly kind="quiet" run={() => show(!isShown)}
      />
    </div>
  );
}

interface AreaProps extends Common {
  value: string;
  onChange: (value: string) => void;
  rows?: number;
  maxLength?: number;
  placeholder?: string;
  isMono?: boolean;
}
export function TextArea(props: AreaProps) {
  const ids = useIds(props);
  return (
    <Frame common={props} ids={ids}>
      <textarea
        id={ids.id}
        className={props.isMono ? "mono" : undefined}
        rows={props.rows ?? 3}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        aria-describedby={ids.describedBy}
        aria-invalid={ids.isFaulty || undefined}
        maxLength={props.maxLength}
        placeholder={props.placeholder}
        spellCheck={false}
      />
    </Frame>
  );
}

interface ToggleProps {
  label: string;
  value: boolean;
  onChange: (value: boolean) => void;
}
export function Toggle({ label, value, onChange }: ToggleProps) {
  return (
    <button
      type="button" role="switch" aria-checked={value} className="toggle"
      onClick={() => onChange(!value)}
    >
      <span className="box" aria-hidden="true">{value && <Icon name="check" />}</span>
      <span>{label}</span>
    </button>
  );
}

export interface Choice {
  value: string;
  text: string;
  mark?: ReactNode;
}
interface ChipsProps extends Common {
  choices: Choice[];
  value: string | null;
  onChange: (value: string) => void;
  number?: number;
}
// One of few: big chips instead of a drop-down.
export function Chips(props: ChipsProps) {
  const ids = useIds(props);
  const move = (event: React.KeyboardEvent, at: number) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const count = props.choices.length;
    const next = (at + step + count) % count;
    const chips = event.currentTarget.parentElement?.querySelectorAll<HTMLElement>(".chip");
    chips?.[next]?.focus();
  };
  const picked = props.choices.findIndex((choice) => choice.value === props.value);
  return (
    <div className={`field${ids.isFaulty ? " faulty" : ""}`}>
      <ChipsLabel {...props} id={ids.id} />
      <div
        className="chips" role="radiogroup" aria-labelledby={ids.id}
        aria-describedby={ids.describedBy}
      >
        {props.choices.map((choice, at) => (
          <button
            key={choice.value} type="button" role="radio" className="chip"
            aria-checked={at === picked}
            tabIndex={at === (picked < 0 ? 0 : picked) ? 0 : -1}
            onClick={() => props.onChange(choice.value)}
            onKeyDown={(event) => move(event, at)}
          >
            {choice.mark}
            <span>{choice.text}</span>
          </button>
        ))}
      </div>
      {props.hint && <p className="hint" id={`${ids.id}h`}>{props.hint}</p>}
      {props.fault && (
        <p className="fault" id={`${ids.id}f`}><Icon name="warn" />{props.fault}</p>
      )}
    </div>
  );
}

function ChipsLabel(props: ChipsProps & { id: string }) {
  const { t } = useText();
  return (
    <span className="label" id={props.id}>
      {props.number !== undefined && <span className="step">{props.number}</span>}
      {props.label}
      {props.isRequired && <span className="need"> {t("required")}</span>}
    </span>
  );
}
