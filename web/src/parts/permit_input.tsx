// A field of a permit or of what hangs on it. Beside the usual kinds: several of few, several
// people, and numbers by big buttons where the page is held in a hand.
import { lazy, Suspense, useState } from "react";
import type { FieldValue, FormSource } from "../api/types.ts";
import { stepsOf } from "../data/post.ts";
import { fieldTitle } from "../data/records.ts";
import { localText } from "../data/prefs.ts";
import type { Roll } from "../data/shots.ts";
import { usePermitText } from "../text/permit.ts";
import { Button } from "./button.tsx";
import { TextField, type Common } from "./field.tsx";
import { Input } from "./input.tsx";
import { PickPerson } from "./picker.tsx";

const Stepper = lazy(() => import("./stepper.tsx").then((all) => ({ default: all.Stepper })));

export interface PermitInputProps {
  form: FormSource;
  field: string;
  value: FieldValue | undefined;
  onChange: (value: FieldValue) => void;
  isRequired?: boolean;
  fault?: string;
  org?: string;
  roll?: Roll;
  place?: string;
  isHeld?: boolean;
}

export function PermitInput(props: PermitInputProps) {
  const { form, field, value, onChange, isRequired, fault, org, roll, place = "" } = props;
  const { lang } = usePermitText();
  const source = form.data.properties[field];
  const common: Common = { label: fieldTitle(form, field, lang), isRequired, fault };
  const kind = source?.["x-kind"];
  if (kind === "choices") return <Several {...props} common={common} />;
  if (kind === "object" && field === "workers") {
    return <People common={common} value={value} onChange={onChange} org={org} />;
  }
  if (props.isHeld && (kind === "decimal" || kind === "integer")) {
    return (
      <Suspense fallback={null}>
        <Stepper
          {...common} value={value} steps={stepsOf(form, field)} source={source}
          onChange={onChange}
        />
      </Suspense>
    );
  }
  return (
    <Input
      form={form} field={field} value={value} onChange={onChange} org={org}
      isRequired={isRequired} fault={fault} photos={roll && { roll, place }}
    />
  );
}

function Several({ form, field, value, onChange, common }: PermitInputProps & { common: Common }) {
  const { lang } = usePermitText();
  const source = form.data.properties[field];
  const chosen = Array.isArray(value) ? (value as string[]) : [];
  const flip = (one: string) => onChange(
    chosen.includes(one) ? chosen.filter((word) => word !== one) : [...chosen, one]);
  return (
    <fieldset className={`field several${common.fault ? " faulty" : ""}`}>
      <legend className="label">{common.label}</legend>
      <div className="chips">
        {(source?.enum ?? []).map((one) => (
          <button
            key={one} type="button" role="checkbox" className="chip"
            aria-checked={chosen.includes(one)} onClick={() => flip(one)}
          ><span>{localText(source?.["x-texts"]?.[one], lang) || one}</span></button>
        ))}
      </div>
      {common.fault && <p className="fault">{common.fault}</p>}
    </fieldset>
  );
}

export interface Workers {
  persons: string[];
  names: string[];
}
export function workersIn(value: FieldValue | undefined): Workers {
  const { persons = [], names = [] } = (value ?? {}) as Partial<Workers>;
  return { persons, names };
}

interface PeopleProps {
  common: Common;
  value: FieldValue | undefined;
  onChange: (value: FieldValue) => void;
  org?: string;
}
// People with an account by search; people of a contractor without one by name.
function People({ common, value, onChange, org }: PeopleProps) {
  const { p } = usePermitText();
  const workers = workersIn(value);
  const [known, setKnown] = useState<Record<string, string>>({});
  const [name, setName] = useState("");
  const put = (next: Partial<Workers>) =>
    onChange({ ...workers, ...next } as unknown as FieldValue);
  const addName = () => {
    const added = name.trim();
    if (added && !workers.names.includes(added)) put({ names: [...workers.names, added] });
    setName("");
  };
  const chosen = [
    ...workers.persons.map((id) => ({
      text: known[id] ?? p("personChosen"),
      drop: () => put({ persons: workers.persons.filter((one) => one !== id) }), key: id,
    })),
    ...workers.names.map((one) => ({
      text: one, drop: () => put({ names: workers.names.filter((other) => other !== one) }),
      key: one,
    })),
  ];
  return (
    <div className={`field people-field${common.fault ? " faulty" : ""}`}>
      {chosen.length > 0 && (
        <ul className="chosen" aria-label={common.label}>
          {chosen.map((one) => (
            <li key={one.key}>
              <span>{one.text}</span>
              <Button
                text={p("removeOne", { name: one.text })} icon="close" kind="quiet" isIconOnly
                run={one.drop}
              />
            </li>
          ))}
        </ul>
      )}
      <PickPerson
        {...common} value={null} org={org}
        onName={(id, text) => setKnown((before) => ({ ...before, [id]: text }))}
        onChange={(id) => {
          if (!workers.persons.includes(id)) put({ persons: [...workers.persons, id] });
        }}
      />
      <div className="add-name">
        <TextField label={p("workerName")} value={name} onChange={setName} maxLength={40} />
        <Button text={p("addOne")} icon="plus" isOff={name.trim() === ""} run={addName} />
      </div>
    </div>
  );
}
