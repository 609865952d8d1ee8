// A filter of few values: pressing the chosen one again takes it off.
import { useText } from "../text/index.ts";
import type { Choice } from "../parts/field.tsx";

interface FilterProps {
  label: string;
  choices: Choice[];
  value: string;
  onChange: (value: string) => void;
}

export function FilterChips({ label, choices, value, onChange }: FilterProps) {
  const { t } = useText();
  return (
    <div className="filter" role="group" aria-label={label}>
      <span className="label">{label}</span>
      <div className="chips">
        <button
          type="button" className="chip" aria-pressed={value === ""} onClick={() => onChange("")}
        >
          {t("all")}
        </button>
        {choices.map((choice) => (
          <button
            key={choice.value} type="button" className="chip"
            aria-pressed={choice.value === value}
            onClick={() => onChange(choice.value === value ? "" : choice.value)}
          >
            {choice.mark}
            {choice.text && <span>{choice.text}</span>}
          </button>
        ))}
      </div>
    </div>
  );
}
