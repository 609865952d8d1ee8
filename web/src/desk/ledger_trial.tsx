// What the trial said: for each row what it would become, or why it can't be, and what may have
// been meant.
import { useEffect, useRef, useState } from "react";
import type { FormSource } from "../api/types.ts";
import type { LedgerAnswer, RefusedCell, WouldBe } from "../api/types_desk.ts";
import type { LedgerRow } from "../data/desk_ledger.ts";
import { dateTime } from "../data/format.ts";
import { localText } from "../data/prefs.ts";
import { asLevel, fieldTitle } from "../data/records.ts";
import { useWork } from "../text/desk_work.ts";
import { LevelBadge, StateBadge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";

const page_rows = 100;

interface TrialProps {
  answer: LedgerAnswer;
  rows: LedgerRow[];
  form: FormSource;
}
export function TrialTable({ answer, rows, form }: TrialProps) {
  const { t, w } = useWork();
  const [count, setCount] = useState(page_rows);
  const panel = useRef<HTMLElement>(null);
  // The verdict above it stays in sight.
  useEffect(() => {
    panel.current?.scrollIntoView({ block: "center" });
  }, [answer]);
  const bad = groupBy(answer.refused);
  const good = new Map((answer.rows ?? []).map((one) => [one.row, one]));
  // What has to be mended stands first.
  const order = [...bad.keys(), ...[...good.keys()].filter((row) => !bad.has(row))];
  const heads = [w("rowNumber"), w("oldNumber"), t("level"), t("state"), t("due"), w("rowBecomes")];
  return (
    <section className="panel" aria-labelledby="trial" ref={panel}>
      <h2 id="trial">{w("trialTitle")}</h2>
      <div className="table-box" role="group" tabIndex={0} aria-label={w("trialTitle")}>
        <table className="rows tight trial">
          <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
          <tbody>
            {order.slice(0, count).map((row) => {
              const faults = bad.get(row);
              const given = rows[row - 1] ?? {};
              return faults
                ? <BadRow key={row} row={row} faults={faults} given={given} form={form} />
                : <GoodRow key={row} row={row} would={good.get(row)} given={given} form={form} />;
            })}
          </tbody>
        </table>
      </div>
      {order.length > count && (
        <Button text={t("listMore")} run={() => setCount(count + page_rows)} />
      )}
    </section>
  );
}
function groupBy(refused: RefusedCell[]): Map<number, RefusedCell[]> {
  const groups = new Map<number, RefusedCell[]>();
  for (const one of refused) groups.set(one.row, [...groups.get(one.row) ?? [], one]);
  return groups;
}

interface BadProps {
  row: number;
  faults: RefusedCell[];
  given: LedgerRow;
  form: FormSource;
}
function BadRow({ row, faults, given, form }: BadProps) {
  const { w, lang } = useWork();
  return (
    <tr className="refused-row">
      <th scope="row" className="num">{row}</th>
      <td className="num">{String(given["old_number"] ?? "")}</td>
      <td colSpan={4}>
        <ul className="trial-faults">
          {faults.map((fault, at) => (
            <li key={at}>
              <b>{fault.field && fieldTitle(form, fault.field, lang)}</b>{" "}
              {fault.value !== undefined && <q>{String(fault.value)}</q>} {fault.message}
              {fault.detail && <span className="soft"> {fault.detail}</span>}
              {!!fault.suggestions?.length && (
                <span className="soft"> {w("didYouMean", {
                  list: fault.suggestions.map((one) => `${one.code} ${one.name}`).join(" · "),
                })}</span>
              )}
            </li>
          ))}
        </ul>
      </td>
    </tr>
  );
}

interface GoodProps {
  row: number;
  would: WouldBe | undefined;
  given: LedgerRow;
  form: FormSource;
}
function GoodRow({ row, would, given, form }: GoodProps) {
  const { w, lang } = useWork();
  const tasks = (would?.tasks ?? []).map(({ name }) => localText(name, lang)).join(", ");
  return (
    <tr>
      <th scope="row" className="num">{row}</th>
      <td className="num">{would?.old_number ?? String(given["old_number"] ?? "—")}</td>
      <td><LevelBadge level={asLevel(would?.level)} /></td>
      <td>{would?.state && <StateBadge form={form} state={would.state} />}</td>
      <td className="num">{dateTime(would?.due_at)}</td>
      <td>
        {would?.is_history
          ? w("becomesHistory", { at: dateTime(would.created_at) })
          : w("becomesOpen", { tasks: tasks || "—" })}
      </td>
    </tr>
  );
}
