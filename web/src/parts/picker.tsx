// Choosing one of many without a long list: a few chips, and a search field where there are more.
import { useEffect, useState } from "react";
import * as calls from "../api/calls.ts";
import { useAllRows, masterName } from "../data/records.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { useText } from "../text/index.ts";
import type { Person } from "../api/types.ts";
import { Chips, TextField, type Choice, type Common } from "./field.tsx";
import { Loading, Refused } from "./states.tsx";

export const chips_max = 7;

interface PickProps extends Common {
  value: string | null;
  onChange: (value: string) => void;
  searchText: string;
  number?: number;
}

// `choices` are all there are; shown are those that fit the words, the picked one always.
export function PickFrom(props: PickProps & { choices: Choice[] }) {
  const { choices, value, searchText } = props;
  const [words, setWords] = useState("");
  const { t } = useText();
  const wanted = words.trim().toLowerCase();
  const fitting = choices.filter((choice) => choice.text.toLowerCase().includes(wanted));
  const shown = fitting.slice(0, chips_max);
  const picked = choices.find((choice) => choice.value === value);
  if (picked && !shown.includes(picked)) shown.splice(chips_max - 1, 1, picked);
  return (
    <div className="pick">
      <Chips {...props} choices={shown} />
      {choices.length > chips_max && (
        <TextField kind="search" label={searchText} value={words} onChange={setWords} />
      )}
      {wanted !== "" && fitting.length === 0 && <p className="soft">{t("searchNone")}</p>}
    </div>
  );
}

function useSlowly(words: string, pause_ms: number): string {
  const [settled, settle] = useState(words);
  useEffect(() => {
    const timer = setTimeout(() => settle(words), pause_ms);
    return () => clearTimeout(timer);
  }, [words, pause_ms]);
  return settled;
}

// The team tells apart people of the same name; log-in names are shown to administrators only.
function nameOf(person: Person): string {
  const team = person.org_path.split("/").filter(Boolean).pop() ?? "";
  return `${person.name} · ${person.login ?? team}`;
}

interface PersonProps extends Common {
  value: string | null;
  onChange: (value: string) => void;
  // What the one who was picked is called.
  onName?: (value: string, name: string) => void;
  org?: string;
}
// People near the record first; the server searches, the page holds no list of everybody.
export function PickPerson(props: PersonProps) {
  const [words, setWords] = useState("");
  const [picked, setPicked] = useState<Choice | null>(null);
  const q = useSlowly(words.trim(), 250);
  const org = q ? "" : props.org ?? "";
  const { t } = useText();
  const found = useQuery(`people/${org}/${q}`, () => calls.people({ org, q }));
  const choices = (found.value?.rows ?? []).slice(0, chips_max).map((person) => ({
    value: person.id, text: nameOf(person),
  }));
  if (picked && !choices.some((choice) => choice.value === picked.value)) choices.push(picked);
  const pick = (value: string) => {
    const choice = choices.find((one) => one.value === value) ?? null;
    setPicked(choice);
    if (choice) props.onName?.(value, choice.text);
    props.onChange(value);
  };
  return (
    <div className="pick">
      {found.refusal && !found.value && <Refused refusal={found.refusal} retry={found.reload} />}
      {!found.value && found.isLoading && <Loading />}
      {found.value && <Chips {...props} choices={choices} onChange={pick} />}
      {found.value && choices.length === 0 && <p className="soft">{t("searchNone")}</p>}
      <TextField kind="search" label={t("searchPerson")} value={words} onChange={setWords} />
    </div>
  );
}

export function PickRecord(props: PersonProps & { form: string }) {
  const { t, lang } = useText();
  const rows = useAllRows(props.form, { sort: "code" });
  if (!rows.value) {
    return rows.refusal ? <Refused refusal={rows.refusal} retry={rows.reload} /> : <Loading />;
  }
  const choices = rows.value.map((row) => ({
    value: row.id, text: `${masterName(row, lang)} ${String(row["code"] ?? "")}`,
  }));
  return <PickFrom {...props} choices={choices} searchText={t("search")} />;
}

export function PickUnit(props: PersonProps) {
  const { t, lang } = useText();
  const org = useQuery("org", calls.org);
  if (!org.value) {
    return org.refusal ? <Refused refusal={org.refusal} retry={org.reload} /> : <Loading />;
  }
  const choices = org.value.units.map((unit) => ({
    value: unit.code, text: `${localText(unit.name, lang)} ${unit.code}`,
  }));
  return <PickFrom {...props} choices={choices} searchText={t("search")} />;
}
