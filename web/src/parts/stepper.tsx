// A number by big buttons: gloves can't type. The field between them takes typing all the same.
import type { FieldSource } from "../api/types.ts";
import { stepped } from "../data/post.ts";
import { usePhoneText } from "../text/phone.ts";
import { TextField, type Common } from "./field.tsx";

interface StepperProps extends Common {
  value: unknown;
  steps: [number, number];
  source?: FieldSource;
  onChange: (value: number | null) => void;
}
export function Stepper({ value, steps, source, onChange, ...common }: StepperProps) {
  const { p } = usePhoneText();
  const [small, large] = steps;
  const button = (by: number) => {
    const label = `${common.label}: ${p(by < 0 ? "less" : "more", { n: Math.abs(by) })}`;
    return (
      <button
        type="button" className="button plain num" aria-label={label}
        onClick={() => onChange(stepped(value, by, source))}
      >
        {by < 0 ? "−" : "+"}{Math.abs(by)}
      </button>
    );
  };
  const text = value === undefined || value === null ? "" : String(value);
  return (
    <div className="stepper">
      <TextField
        {...common} kind="number" value={text}
        onChange={(next) => onChange(next === "" ? null : Number(next))}
      />
      <div className="stepper-row">
        {button(-large)}{button(-small)}{button(small)}{button(large)}
      </div>
    </div>
  );
}
