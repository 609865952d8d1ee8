// What each column of the file means: proposed from its heading, changed by whoever knows better,
// with the first values beside it.
import { useState } from "react";
import type { Source, Target } from "../data/desk_ledger.ts";
import { useWork } from "../text/desk_work.ts";
import { ledgerHeadings } from "../text/ledger_words.ts";
import { Button } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import type { LedgerState } from "./ledger.tsx";

const samples = 3;

export function MappingTable({ state }: { state: LedgerState }) {
  const { w } = useWork();
  const { chosen, targets, mapping } = state;
  const { head, cells } = chosen?.ledger ?? { head: 0, cells: [] };
  const heads = cells[head] ?? [];
  const used = new Set(Object.values(mapping).map((one) => one?.kind === "column" ? one.at : -1));
  const unused = heads.filter((text, at) => text && !used.has(at));
  const [isAll, setAll] = useState(false);
  const often = Object.keys(ledgerHeadings);
  const isShown = ({ key, isNeeded }: Target) =>
    isAll || isNeeded || often.includes(key) || !!mapping[key];
  const shown = targets.filter(isShown);
  const put = (key: string, source: Source) => state.setMapping({ ...mapping, [key]: source });
  return (
    <section className="panel" aria-labelledby="mapping">
      <h2 id="mapping">{w("mapping")}</h2>
      <div className="table-box" role="group" tabIndex={0} aria-label={w("mapping")}>
        <table className="rows tight mapping">
          <thead>
            <tr>
              <th scope="col">{w("mappingField")}</th>
              <th scope="col">{w("mappingColumn")}</th>
              <th scope="col">{w("mappingSample")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((target) => (
              <Row
                key={target.key} target={target} source={mapping[target.key] ?? null}
                heads={heads} rows={cells.slice(head + 1, head + 1 + samples)}
                put={(source) => put(target.key, source)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < targets.length && (
        <div>
          <Button
            text={w("mappingMore", { n: targets.length - shown.length })} icon="plus" kind="quiet"
            run={() => setAll(true)}
          />
        </div>
      )}
      {unused.length > 0 && (
        <p className="soft">
          <Icon name="warn" /> {w("mappingUnused", { list: unused.join(" · ") })}
        </p>
      )}
    </section>
  );
}

interface RowProps {
  target: Target;
  source: Source;
  heads: string[];
  rows: string[][];
  put: (source: Source) => void;
}
function Row({ target, source, heads, rows, put }: RowProps) {
  const { w, lang } = useWork();
  const value = !source ? "" : source.kind === "column" ? `c${source.at}` : "fixed";
  const set = (text: string) => put(text === "" ? null
    : text === "fixed" ? { kind: "fixed", value: "" }
      : { kind: "column", at: Number(text.slice(1)) });
  const shown = source?.kind === "column"
    ? rows.map((row) => row[source.at] ?? "").filter(Boolean).join(" · ") : "";
  return (
    <tr className={source ? "" : "off"}>
      <th scope="row">{target.title}{target.isNeeded && <span className="need"> *</span>}</th>
      <td className="mapping-pick">
        <select
          value={value} aria-label={target.title} onChange={(event) => set(event.target.value)}
        >
          <option value="">{w("mappingNone")}</option>
          <option value="fixed">{w("mappingFixed")}</option>
          {heads.map((text, at) => (
            <option key={at} value={`c${at}`}>{text || w("mappingBlank", { n: at + 1 })}</option>
          ))}
        </select>
        {source?.kind === "fixed" && (target.choices.length > 0 ? (
          <select
            value={source.value} aria-label={`${target.title} · ${w("mappingFixed")}`}
            onChange={(event) => put({ kind: "fixed", value: event.target.value })}
          >
            <option value="">…</option>
            {target.choices.map((choice) => (
              <option key={choice.value} value={choice.value}>{choice[lang]}</option>
            ))}
          </select>
        ) : (
          <input
            value={source.value} aria-label={`${target.title} · ${w("mappingFixed")}`}
            autoComplete="off"
            onChange={(event) => put({ kind: "fixed", value: event.target.value })}
          />
        ))}
      </td>
      <td className="soft mapping-sample">{shown}</td>
    </tr>
  );
}
