// The lower parts of the live card: conflicts, gas tests, people, and who is waited for.
import type { FormSource, RecordRow } from "../api/types.ts";
import { useNow } from "../data/clock.ts";
import { shortTime, span } from "../data/format.ts";
import {
  boardSpan, conflictsFor, iso, keyOf, otherOf, useBoard, workersOf,
} from "../data/permit_board.ts";
import { isToxic } from "../data/permit_gas.ts";
import { stepTimes, usePermitRows, useSteps, verdictTone } from "../data/permit_rows.ts";
import { localText } from "../data/prefs.ts";
import { choiceText, isFilled, titleOf, useForm } from "../data/records.ts";
import { may, useMe } from "../data/session.ts";
import { usePermitPhone, type PermitPhoneKey } from "../text/permit_phone.ts";
import { Icon } from "../parts/icon.tsx";
import { ConflictLine } from "../parts/permit_marks.tsx";

const board_h = 24;
export const useNearBoard = () => {
  const window = boardSpan(board_h, useNow());
  return useBoard(iso(window.from), iso(window.to)).value;
};

// What the board knows of this work beside its record: an area on hold, a guardian whom nothing
// watches, detectors that fell silent.
export function CardMarks({ record }: { record: RecordRow }) {
  const { p } = usePermitPhone();
  const board = useNearBoard();
  const row = board?.rows.find(({ id }) => id === record.id);
  const hold = board?.holds?.find(({ area_id }) => area_id === record["area"]);
  const silent = row?.gas_silent ?? [];
  const lines = [
    hold && `${p("heldHere", { reason: hold.reason })} · ${p("heldBy", {
      name: hold.by.name, time: shortTime(hold.at),
    })}`,
    row?.guardian_watch === "unwatched" && p("unwatched"),
    silent.length > 0 && p("gasSilent", { tags: silent.map(({ tag }) => tag).join(", ") }),
  ].filter((line) => typeof line === "string");
  return lines.map((line) => (
    <p key={line} className="banner bad" role="alert"><Icon name="warn" /><span>{line}</span></p>
  ));
}

export function CardConflicts({ record }: { record: RecordRow }) {
  const { p } = usePermitPhone();
  const board = useNearBoard();
  const hits = board ? conflictsFor(board, record.id) : [];
  if (!board || hits.length === 0) return null;
  const numberOf = (id: string) => board.rows.find((row) => row.id === id)?.number ?? "";
  return (
    <section className="panel" aria-label={p("conflicts")}>
      <h2>{p("conflicts")}</h2>
      <ul className="conflict-list">
        {hits.map((hit) => {
          const other = otherOf(hit, record.id);
          const line = <ConflictLine conflict={hit} other={numberOf(other) || hit.tag} />;
          return (
            <li key={keyOf(hit)}>
              {numberOf(other) ? <a href={`#/case/permit/${other}`}>{line}</a> : line}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const amounts: [string, PermitPhoneKey, string, string][] = [
  ["gas_lel", "gas_lel", "%LEL", "limit_lel"], ["gas_o2", "gas_o2", "%", ""],
  ["gas_toxic", "gas_toxic", "ppm", "limit_toxic"],
];
export function GasLines({ record, form, isOff }: {
  record: RecordRow; form: FormSource; isOff: boolean;
}) {
  const { p, texts, lang } = usePermitPhone();
  const now = useNow();
  const at = Date.parse(String(record["gas_at"] ?? ""));
  const isAsked = isFilled(record["limit_gas_start_min"]) || !Number.isNaN(at);
  if (!isAsked) return null;
  const fault = record["gas_fault"];
  const limitOf = (field: string) => field === "gas_o2"
    ? `${String(record["limit_o2_low"] ?? "—")} – ${String(record["limit_o2_high"] ?? "—")}`
    : "";
  return (
    <section className="panel" aria-label={p("gasTest")}>
      <h2>{p("gasTest")}</h2>
      <p className="row">
        <span className="num">
          {Number.isNaN(at) ? p("gasNone") : p("ago", { span: span(now - at, texts) })}
        </span>
        {isFilled(fault) && (
          <b className={`verdict ${verdictTone(fault)}`}>
            <Icon name={verdictTone(fault) === "good" ? "check" : "warn"} />
            {choiceText(form, "gas_fault", fault, lang)}
          </b>
        )}
      </p>
      <ul className="gas-amounts">
        {amounts.filter(([field]) => isFilled(record[field])).map(([field, key, unit, limit]) => (
          <li key={field}>
            <span className="soft">{p(key)}</span>
            <b className="num">{String(record[field])} {unit}</b>
            <span className="soft num">
              {limitOf(field) ? p("limitOf", { limit: limitOf(field) })
                : isFilled(record[limit]) && (field !== "gas_toxic" || isToxic(record))
                  ? p("limitOf", { limit: `≤ ${String(record[limit])}` }) : ""}
            </span>
          </li>
        ))}
      </ul>
      {!isOff && <Tests record={record} />}
    </section>
  );
}

const tests_max = 4;
function Tests({ record }: { record: RecordRow }) {
  const { lang } = usePermitPhone();
  const isAllowed = may(useMe(), "permit_gas", "list");
  const form = useForm("permit_gas").value;
  const rows = usePermitRows("permit_gas", record.id).value?.rows ?? [];
  if (!isAllowed || !form || rows.length === 0) return null;
  return (
    <ul className="gas-tests">
      {rows.slice(0, tests_max).map((row) => (
        <li key={row.id} className={verdictTone(row["verdict"])}>
          <b className="num">{shortTime(String(row["sampled_at"] ?? row.created_at))}</b>
          <span>{choiceText(form, "level", row["level"], lang)} {String(row["point"] ?? "")}</span>
          <span className="num">
            {["lel", "o2", "toxic"].filter((field) => isFilled(row[field]))
              .map((field) => String(row[field])).join(" / ")}
          </span>
          {isFilled(row["verdict"]) && (
            <b className="verdict">{choiceText(form, "verdict", row["verdict"], lang)}</b>
          )}
        </li>
      ))}
    </ul>
  );
}

export function People({ record }: { record: RecordRow }) {
  const { p, lang } = usePermitPhone();
  const row = useNearBoard()?.rows.find(({ id }) => id === record.id);
  const own = (record["workers"] as { names?: unknown[] } | null)?.names?.map(String) ?? [];
  const workers = row ? workersOf(row, lang) : own;
  const rows: [PermitPhoneKey, string][] = [
    ["leader", titleOf(record, "leader", lang)], ["guardian", titleOf(record, "guardian", lang)],
    ["workers", (workers.length > 0 ? workers : own).join(", ")],
    ["coordinator", titleOf(record, "coordinator", lang)],
    ["workUnit", String(record["work_unit"] ?? "")],
    ["approvedBy", titleOf(record, "approved_by", lang)],
  ];
  return (
    <section className="panel" aria-label={p("people")}>
      <h2>{p("people")}</h2>
      <dl className="facts">
        {rows.filter(([, value]) => value).map(([key, value]) => (
          <div key={key}><dt>{p(key)}</dt><dd>{value}</dd></div>
        ))}
      </dl>
    </section>
  );
}

// Who is waited for, and how long each step took.
export function StepLines({ permit }: { permit: string }) {
  const { p, lang, texts } = usePermitPhone();
  const now = useNow();
  const rows = useSteps(permit).value?.steps ?? [];
  if (rows.length === 0) return null;
  return (
    <section className="panel" aria-label={p("steps")}>
      <h2>{p("steps")}</h2>
      <ol className="permit-steps">
        {stepTimes(rows, now, lang).map(({ step, isOpen, ms, who }, at) => (
          <li key={`${step.node}/${at}`} className={isOpen ? "open" : "done"}>
            <Icon name={isOpen ? "clock" : "check"} />
            <span className="grow">
              <b>{localText(step.name, lang)}</b>
              <span className={isOpen ? "strong" : "soft"}>
                {isOpen ? p("waitsFor", { who: who || "—" }) : who}
              </span>
            </span>
            <b className="num">{span(ms, texts)}</b>
          </li>
        ))}
      </ol>
    </section>
  );
}
