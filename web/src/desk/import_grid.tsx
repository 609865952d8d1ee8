// The rows to bring in, as a table that can be typed into; what was refused stands at its cell.
import type { RefusedRow } from "../api/types.ts";
import { useSeat } from "../text/desk.ts";
import { Button } from "../parts/button.tsx";
import { needLink, needsOf } from "../data/retired.ts";

export type Cells = Record<string, string>;
interface Head {
  key: string;
  name: string;
  isRequired: boolean;
}
interface GridProps {
  columns: Head[];
  rows: Cells[];
  refused: RefusedRow[];
  onChange: (rows: Cells[]) => void;
}
const drawn_max = 200;

export function ImportGrid({ columns, rows, refused, onChange }: GridProps) {
  const { t } = useSeat();
  const change = (at: number, key: string, value: string) =>
    onChange(rows.map((row, i) => (i === at ? { ...row, [key]: value } : row)));
  return (
    <div className="table-box" role="group" tabIndex={0} aria-label={t("importRowNumber")}>
      <table className="rows grid">
        <thead>
          <tr>
            <th scope="col">{t("importRowNumber")}</th>
            {columns.map((column) => (
              <th key={column.key} scope="col">
                {column.name}{column.isRequired && <span className="need"> *</span>}
              </th>
            ))}
            <th scope="col"><span className="unseen">{t("remove")}</span></th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, drawn_max).map((row, at) => (
            <GridRow
              key={at} at={at} row={row} columns={columns}
              refused={refused.filter((one) => one.row === at + 1)}
              onCell={(key, value) => change(at, key, value)}
              onRemove={() => onChange(rows.filter((_, i) => i !== at))}
            />
          ))}
        </tbody>
      </table>
      {rows.length > drawn_max && <p className="soft">+ {rows.length - drawn_max}</p>}
    </div>
  );
}

interface RowProps {
  at: number;
  row: Cells;
  columns: Head[];
  refused: RefusedRow[];
  onCell: (key: string, value: string) => void;
  onRemove: () => void;
}
function GridRow({ at, row, columns, refused, onCell, onRemove }: RowProps) {
  const { t } = useSeat();
  const faultOf = (key: string) => refused.find((one) => one.field === key)?.message;
  const known = columns.map((column) => column.key);
  const others = refused.filter((one) => !known.includes(one.field));
  return (
    <tr className={refused.length > 0 ? "refused-row" : ""}>
      <th scope="row" className="num">
        {at + 1}
        {others.map((one) => (
          <span key={one.field + one.code} className="fault">
            {one.message}
            {needsOf({ params: one.params ?? {} }).map((need) => (
              <a key={need.id} href={needLink(need)}> {need.code}</a>
            ))}
          </span>
        ))}
      </th>
      {columns.map((column) => {
        const fault = faultOf(column.key);
        return (
          <td key={column.key}>
            <input
              value={row[column.key] ?? ""} aria-label={`${column.name} ${at + 1}`}
              aria-invalid={fault ? true : undefined} autoComplete="off" spellCheck={false}
              onChange={(event) => onCell(column.key, event.target.value)}
            />
            {fault && <span className="fault">{fault}</span>}
          </td>
        );
      })}
      <td>
        <Button text={t("remove")} icon="trash" kind="quiet" isIconOnly run={onRemove} />
      </td>
    </tr>
  );
}
