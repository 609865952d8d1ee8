// What a permit conflicts with, on map and Gantt, before anybody signs it.
import { useMemo } from "react";
import type { FormSource, RecordRow } from "../api/types.ts";
import type { Board } from "../api/types_permit.ts";
import { conflictsFor, iso, keyOf, otherOf, useBoard } from "../data/permit_board.ts";
import { go } from "../data/route.ts";
import { usePermitDesk } from "../text/permit_desk.ts";
import { ConflictLine } from "../parts/permit_marks.tsx";
import { Ready } from "../parts/states.tsx";
import { PermitGantt } from "./permit_gantt.tsx";
import { PermitMap } from "./permit_map.tsx";

const hour_ms = 3600000;

interface Props {
  record: RecordRow;
  form: FormSource;
}
export function CaseConflicts({ record, form }: Props) {
  const { p } = usePermitDesk();
  const from = Date.parse(String(record["valid_from"] ?? ""));
  const to = Date.parse(String(record["valid_to"] ?? ""));
  if (Number.isNaN(from) || Number.isNaN(to)) return null;
  const span = { from: from - hour_ms, to: to + hour_ms };
  return (
    <section className="panel case-conflicts" aria-label={p("conflicts")}>
      <Asked span={span} record={record} form={form} />
    </section>
  );
}

function Asked({ span, record, form }: Props & { span: { from: number; to: number } }) {
  const query = useBoard(iso(span.from), iso(span.to));
  return (
    <Ready query={query}>
      {(board) => <Shown board={board} span={span} record={record} form={form} />}
    </Ready>
  );
}

function Shown({ board, span, record, form }: Props & {
  board: Board; span: { from: number; to: number };
}) {
  const { p } = usePermitDesk();
  const hits = conflictsFor(board, record.id);
  const rows = useMemo(() => {
    const near = new Set([record.id, ...hits.map((hit) => otherOf(hit, record.id))]);
    return board.rows.filter(({ id }) => near.has(id));
  }, [board, record.id]);
  const own = useMemo(() => ({ rows, conflicts: hits }), [board, record.id]);
  const numberOf = (id: string) => board.rows.find((row) => row.id === id)?.number ?? "";
  const open = (id: string) => {
    if (id !== record.id) go(`case/permit/${id}`);
  };
  return (
    <>
      <h2>{p("conflicts")}<span className="soft num">{hits.length}</span></h2>
      {hits.length === 0 && <p className="soft">{p("conflictsNone")}</p>}
      <ul className="conflict-list">
        {hits.map((hit) => {
          const other = otherOf(hit, record.id);
          return (
            <li key={keyOf(hit)}>
              {numberOf(other)
                ? (
                  <a href={`#/case/permit/${other}`}>
                    <ConflictLine conflict={hit} other={numberOf(other)} />
                  </a>
                ) : <ConflictLine conflict={hit} other={hit.tag} />}
            </li>
          );
        })}
      </ul>
      {rows.length > 0 && (
        <>
          <div className="case-map">
            <PermitMap board={own} rows={rows} chosen={record.id} onChoose={open} />
          </div>
          <PermitGantt
            board={own} rows={rows} span={span} form={form} chosen={record.id} onChoose={open}
          />
        </>
      )}
    </>
  );
}
