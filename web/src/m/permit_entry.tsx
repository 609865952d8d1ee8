// Who is inside a confined space: the count is the biggest thing on the page; everybody in is a row
// with one button for out, everybody of the permit is one press away from in.
import { useState } from "react";
import * as calls from "../api/calls.ts";
import { changeRecord } from "../api/calls_permit.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import { newId } from "../api/id.ts";
import type { FieldValue, RecordRow } from "../api/types.ts";
import { serverNow, useNow } from "../data/clock.ts";
import { shortTime, span } from "../data/format.ts";
import { crewOf } from "../data/permit_board.ts";
import { isInside, usePermitRows } from "../data/permit_rows.ts";
import { refresh } from "../data/query.ts";
import { titleOf, useRecord } from "../data/records.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { Button } from "../parts/button.tsx";
import { Chips, TextField, type Choice } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { PickPerson } from "../parts/picker.tsx";
import { buzz } from "../parts/siren.ts";
import { Ready, Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import { Frame } from "./frame.tsx";
import { useNearBoard } from "./permit_card_parts.tsx";

export default function EntryPage({ id }: { id: string }) {
  const { p } = usePermitPhone();
  const view = useRecord("permit", id);
  const rows = usePermitRows("permit_entry", id);
  return (
    <Frame title={p("wayEntry")} back={`#/case/permit/${id}`}>
      <Ready query={view}>
        {({ record }) => (
          <Ready query={rows}>{(page) => <Count record={record} rows={page.rows} />}</Ready>
        )}
      </Ready>
    </Frame>
  );
}

const iso = () => new Date(serverNow()).toISOString();

function useEntry(permit: string) {
  const { p } = usePermitPhone();
  const [busy, setBusy] = useState("");
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const act = async (name: string, run: () => Promise<unknown>, words: string) => {
    setBusy(name);
    setRefusal(null);
    try {
      await run();
      buzz([60]);
      say(words);
      refresh(`record/permit/${permit}`);
    } catch (reason) {
      setRefusal(asRefusal(reason));
    }
    setBusy("");
  };
  return {
    busy, refusal,
    enter: (who: Record<string, FieldValue>, tools: string) => act("in", () =>
      calls.createRecord("permit_entry", newId(), {
        permit, in_at: iso(), ...who, ...(tools ? { tools_in: tools } : {}),
      }, newId()), p("wentIn")),
    leave: (row: RecordRow) => act(row.id, () =>
      changeRecord("permit_entry", row.id, row.version, { out_at: iso() }), p("wentOut")),
  };
}

const nameOf = (row: RecordRow, lang: "zh" | "en") =>
  titleOf(row, "person", lang) || String(row["name"] ?? "");

function Count({ record, rows }: { record: RecordRow; rows: RecordRow[] }) {
  const { p, lang, texts } = usePermitPhone();
  const now = useNow();
  const { busy, refusal, enter, leave } = useEntry(record.id);
  const inside = rows.filter(isInside);
  const crew = useCrew(record);
  const mayEnter = record.state === "active";
  return (
    <div className="case">
      <section className={`inside-count ${inside.length > 0 ? "warn" : "good"}`} role="status">
        <b className="num">{inside.length}</b>
        <span>{p("insideNow")}</span>
      </section>
      {refusal && <Refused refusal={refusal} />}
      <ul className="inside-list" aria-label={p("insideNow")}>
        {inside.map((row) => (
          <li key={row.id}>
            <span className="grow">
              <b>{nameOf(row, lang)}</b>
              <span className="soft num">
                {p("insideSince", {
                  span: span(now - Date.parse(String(row["in_at"])), texts),
                  at: shortTime(String(row["in_at"])),
                })}
              </span>
            </span>
            <Button
              text={p("goOut")} icon="out" kind="main" isBusy={busy === row.id}
              isOff={busy !== ""} run={() => void leave(row)}
            />
          </li>
        ))}
      </ul>
      {mayEnter
        ? (
          <Enter
            isBusy={busy === "in"} isOff={busy !== ""} org={record.org_path} enter={enter}
            crew={crew.filter(({ value }) => !inside.some((row) => row["person"] === value))}
          />
        )
        : <p className="banner warn"><Icon name="warn" /><span>{p("entryNotNow")}</span></p>}
      <Past rows={rows.filter((row) => !isInside(row))} />
    </div>
  );
}

// The workers of the permit by name: who goes in is nearly always one of them.
function useCrew(record: RecordRow): Choice[] {
  const { lang } = usePermitPhone();
  const row = useNearBoard()?.rows.find(({ id }) => id === record.id);
  return row ? crewOf(row, lang) : [];
}

interface EnterProps {
  crew: Choice[];
  isBusy: boolean;
  isOff: boolean;
  org: string;
  enter: (who: Record<string, FieldValue>, tools: string) => Promise<void>;
}
function Enter({ isBusy, isOff, org, enter, crew }: EnterProps) {
  const { p } = usePermitPhone();
  const [person, setPerson] = useState<string | null>(null);
  const [name, setName] = useState("");
  const [tools, setTools] = useState("");
  const isNamed = person !== null || name.trim() !== "";
  const send = async () => {
    await enter(person ? { person } : { name: name.trim() }, tools.trim());
    setPerson(null);
    setName("");
    setTools("");
  };
  return (
    <section className="panel" aria-label={p("goIn")}>
      <h2>{p("goIn")}</h2>
      {crew.length > 0 && (
        <Chips label={p("workers")} choices={crew} value={person} onChange={setPerson} />
      )}
      <PickPerson label={p("person")} value={person} onChange={setPerson} org={org} />
      {person === null && (
        <TextField label={p("workerName")} value={name} onChange={setName} maxLength={40} />
      )}
      <TextField label={p("toolsIn")} value={tools} onChange={setTools} maxLength={200} />
      <div className="actions">
        <Button
          text={p("goIn")} icon="next" kind="main" isBusy={isBusy} isOff={isOff || !isNamed}
          run={() => void send()}
        />
      </div>
    </section>
  );
}

function Past({ rows }: { rows: RecordRow[] }) {
  const { p, lang } = usePermitPhone();
  if (rows.length === 0) return null;
  return (
    <section className="panel" aria-label={p("entries")}>
      <h2>{p("entries")}</h2>
      <ul className="entries">
        {rows.map((row) => (
          <li key={row.id}>
            <b>{nameOf(row, lang)}</b>
            <span className="num">
              {shortTime(String(row["in_at"]))} – {shortTime(String(row["out_at"]))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
