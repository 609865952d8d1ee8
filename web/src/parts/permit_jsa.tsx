// The job hazard analysis: one row for each hazard; likelihood and severity by five big buttons
// each, their product told in words.
import type { FieldValue } from "../api/types.ts";
import { riskOf } from "../data/permit_risk.ts";
import { rowsOf, type Row } from "../data/rows.ts";
import { usePermitText } from "../text/permit.ts";
import { Button } from "./button.tsx";
import { TextField } from "./field.tsx";

interface JsaProps {
  value: FieldValue | undefined;
  onChange: (value: FieldValue) => void;
}
const rows_max = 20;

export default function JsaRows({ value, onChange }: JsaProps) {
  const { p } = usePermitText();
  const rows = rowsOf(value);
  const put = (next: Row[]) => onChange(next as unknown as FieldValue);
  const fill = (at: number, key: string, cell: FieldValue) =>
    put(rows.map((row, place) => (place === at ? { ...row, [key]: cell } : row)));
  return (
    <div className="stack">
      {rows.map((row, at) => (
        <section key={at} className="panel jsa-row" aria-label={p("jsaRow", { n: at + 1 })}>
          <h3>
            {p("jsaRow", { n: at + 1 })}
            <Risk row={row} />
          </h3>
          <TextField
            label={p("jsaHazard")} value={String(row["hazard"] ?? "")} maxLength={200} isRequired
            onChange={(text) => fill(at, "hazard", text)}
          />
          <TextField
            label={p("jsaConsequence")} value={String(row["consequence"] ?? "")} maxLength={200}
            onChange={(text) => fill(at, "consequence", text)}
          />
          <Five
            label={p("jsaLikelihood")} value={row["likelihood"]}
            onChange={(n) => fill(at, "likelihood", n)}
          />
          <Five
            label={p("jsaSeverity")} value={row["severity"]}
            onChange={(n) => fill(at, "severity", n)}
          />
          <TextField
            label={p("jsaControl")} value={String(row["control"] ?? "")} maxLength={400} isRequired
            onChange={(text) => fill(at, "control", text)}
          />
          <TextField
            label={p("jsaWho")} value={String(row["who"] ?? "")} maxLength={80} isRequired
            onChange={(text) => fill(at, "who", text)}
          />
          <Button
            text={p("jsaDrop", { n: at + 1 })} icon="trash" kind="quiet"
            run={() => put(rows.filter((_, place) => place !== at))}
          />
        </section>
      ))}
      {rows.length < rows_max && (
        <Button text={p("jsaAdd")} icon="plus" run={() => put([...rows, {}])} />
      )}
    </div>
  );
}

function Five({ label, value, onChange }: {
  label: string; value: FieldValue | undefined; onChange: (n: number) => void;
}) {
  return (
    <div className="field" role="radiogroup" aria-label={label}>
      <span className="label">{label}</span>
      <div className="five">
        {[1, 2, 3, 4, 5].map((n) => (
          <button
            key={n} type="button" role="radio" className="chip num" aria-checked={value === n}
            onClick={() => onChange(n)}
          >{n}</button>
        ))}
      </div>
    </div>
  );
}

function Risk({ row }: { row: Row }) {
  const { p } = usePermitText();
  const risk = riskOf(row["likelihood"], row["severity"]);
  if (!risk) return null;
  return <b className={`risk ${risk.level} num`}>{risk.score} {p(`risk_${risk.level}`)}</b>;
}
