// What a tracing report is made of: hazards and alarms of one device, newest first.
import type { FormSource, RecordRow } from "../api/types.ts";
import { dateTime } from "../data/format.ts";
import { useWork } from "../text/desk_work.ts";

interface Occurrence {
  kind: string;
  id: string;
  number: string;
  at: string;
}
function occurrencesOf(value: unknown): Occurrence[] {
  const rows = (value as { rows?: unknown } | null)?.rows;
  if (!Array.isArray(rows)) return [];
  return rows.map((row: Partial<Occurrence>) => ({
    kind: String(row.kind ?? ""), id: String(row.id ?? ""), number: String(row.number ?? ""),
    at: String(row.at ?? ""),
  }));
}

export function Occurrences({ form, record }: { form: FormSource; record: RecordRow }) {
  const { w } = useWork();
  const field = form.data.properties["occurrences"];
  const rows = field ? occurrencesOf(record["occurrences"]) : [];
  if (rows.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="occurrences">
      <h2 id="occurrences">{w("occurrences")} <span className="num">{rows.length}</span></h2>
      <div className="table-box" role="group" tabIndex={0} aria-label={w("occurrences")}>
        <table className="rows tight">
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.kind}/${row.id}/${row.at}`}>
                <td className="num nowrap">{dateTime(row.at)}</td>
                <td>{w(row.kind === "alarm" ? "occurrenceAlarm" : "occurrenceHazard")}</td>
                <td className="num">
                  {row.kind === "hazard"
                    ? <a href={`#/case/hazard/${row.id}`}>{row.number}</a> : row.number}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
