// The rows of a sub-form: added, filled in, taken away. Loaded with the first form that has one.
import type { FieldValue, FormSource } from "../api/types.ts";
import { itemForm, rowsOf, sent, writable, type Row } from "../data/rows.ts";
import { useBlock } from "../text/block.ts";
import { rowsText } from "../text/rows.ts";
import { Button } from "./button.tsx";
import type { Common } from "./field.tsx";
import { Input } from "./input.tsx";

interface RowsProps {
  form: FormSource;
  field: string;
  value: FieldValue | undefined;
  common: Common;
  onChange: (value: FieldValue) => void;
}

export default function Rows({ form, field, value, common, onChange }: RowsProps) {
  const { t } = useBlock(rowsText);
  const items = itemForm(form, field);
  const keys = writable(form, field);
  const rows = rowsOf(value);
  const count_max = form.data.properties[field]?.maxItems ?? 200;
  // A row that holds what the caller may not write stays.
  const isWhole = keys.length === Object.keys(items.data.properties).length;
  const put = (next: Row[]) => onChange(sent(next, keys));
  const fill = (at: number, key: string, cell: FieldValue) =>
    put(rows.map((row, place) => place === at ? { ...row, [key]: cell } : row));
  return (
    <fieldset className={`field rows-input${common.fault ? " faulty" : ""}`}>
      <legend className="label">{common.label}</legend>
      {rows.length === 0 && <p className="hint">{t("none")}</p>}
      {rows.map((row, at) => (
        // A row is known by its place alone, here as on the server.
        <div key={at} className="panel" role="group" aria-label={t("row", { n: at + 1 })}>
          {keys.map((key) => (
            <Input
              key={key} form={items} field={key} value={row[key]}
              isRequired={items.data.required?.includes(key) ?? false}
              onChange={(cell) => fill(at, key, cell)}
            />
          ))}
          {isWhole && (
            <Button
              text={t("remove", { n: at + 1 })} kind="quiet"
              run={() => put(rows.filter((_, place) => place !== at))}
            />
          )}
        </div>
      ))}
      {rows.length < count_max
        ? <Button text={t("add")} run={() => put([...rows, {}])} />
        : <p className="hint">{t("full", { n: count_max })}</p>}
      {common.fault && <p className="fault">{common.fault}</p>}
    </fieldset>
  );
}
