// The same permits as rows: who, where, until when, how old the gas test is, who is waited for.
import type { FormSource } from "../api/types.ts";
import type { Board, BoardRow } from "../api/types_permit.ts";
import { useNow } from "../data/clock.ts";
import { left, span } from "../data/format.ts";
import {
  boardTitle, conflictsFor, isAtWork, isGrave, namedText, rankOf, workersOf,
} from "../data/permit_board.ts";
import { isLeaving } from "../data/permit_clock.ts";
import { localText } from "../data/prefs.ts";
import { choiceText } from "../data/records.ts";
import { usePermitDesk } from "../text/permit_desk.ts";
import { StateBadge } from "../parts/badge.tsx";
import { Countdown } from "../parts/clocks.tsx";
import { Icon } from "../parts/icon.tsx";
import { KindSign, kindText, MarkBadge } from "../parts/permit_marks.tsx";

interface TableProps {
  board: Board;
  rows: BoardRow[];
  form: FormSource;
  chosen: string;
  onChoose: (id: string) => void;
}

export function PermitTable({ board, rows, form, chosen, onChoose }: TableProps) {
  const { p } = usePermitDesk();
  const sorted = [...rows].sort((a, b) => rankOf(a.state) - rankOf(b.state) ||
    String(a.valid_to ?? "9").localeCompare(String(b.valid_to ?? "9")));
  const heads = [p("permit"), `${p("kind")} · ${p("area")}`, p("state"), p("people"),
    p("validity"), p("gasTest"), p("next")];
  return (
    <div className="table-box tall" role="group" tabIndex={0} aria-label={p("table")}>
      <table className="rows tight permit-table">
        <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>
          {sorted.map((row) => (
            <tr
              key={row.id} className={row.state} aria-selected={row.id === chosen}
              onClick={() => onChoose(row.id)}
            >
              <Cells row={row} board={board} form={form} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cells({ row, board, form }: { row: BoardRow; board: Board; form: FormSource }) {
  const { p, lang } = usePermitDesk();
  const hits = conflictsFor(board, row.id).filter(isGrave);
  const workers = workersOf(row, lang).length;
  return (
    <>
      <td className="nowrap">
        <a className="num" href={`#/case/permit/${row.id}`}>{row.number}</a>
        <span className="under">
          <MarkBadge mark={row.rule_mark === "draft" ? "draft" : null} />
        </span>
      </td>
      <td>
        <span className="nowrap"><KindSign kind={row.kind} /> {kindText(row, form, lang)}</span>
        <span className="under soft">
          {boardTitle(row, "area", lang)}
          {row.is_contractor && <span className="state">{p("contractor")}</span>}
        </span>
      </td>
      <td>
        <StateBadge form={form} state={row.state} />
        {row.state === "suspended" && (
          <span className="under why-suspended">
            {choiceText(form, "suspend_reason", row.suspend_reason, lang)}
          </span>
        )}
        {isLeaving(row) && <span className="under why-suspended">{p("leavingDo")}</span>}
        {row.kind === "confined" && (row.inside_count ?? 0) > 0 && (
          <b className="under num">{p("insideN", { n: row.inside_count ?? 0 })}</b>
        )}
      </td>
      <td>
        {boardTitle(row, "leader", lang) || "—"} / {boardTitle(row, "guardian", lang) || "—"}
        {row.guardian_watch === "unwatched" && (
          <b className="under why-suspended"><Icon name="warn" />{p("unwatched")}</b>
        )}
        {workers > 0 && <span className="under soft num">{p("workersN", { n: workers })}</span>}
      </td>
      <td className="nowrap"><Valid row={row} /></td>
      <td>
        <span className="nowrap"><GasLeft row={row} /></span>
        {(row.gas_silent?.length ?? 0) > 0 && (
          <b className="under why-suspended">
            <Icon name="warn" />
            {p("gasSilent", { tags: row.gas_silent?.map(({ tag }) => tag).join(", ") ?? "" })}
          </b>
        )}
        {(row.gas_unknown?.length ?? 0) > 0 && (
          <b className="under why-suspended">
            <Icon name="warn" />{p("gasUnknown", { tags: row.gas_unknown?.join(", ") ?? "" })}
          </b>
        )}
      </td>
      <td><Next row={row} hits={hits.length} isHard={hits.some(({ is_hard }) => is_hard)} /></td>
    </>
  );
}

function Valid({ row }: { row: BoardRow }) {
  const { texts } = usePermitDesk();
  const now = useNow();
  if (!row.valid_to) return <span className="soft">—</span>;
  return isAtWork(row.state)
    ? <Countdown due={row.valid_to} />
    : <span className="num soft">{left(row.valid_to, now, texts).text}</span>;
}

function GasLeft({ row }: { row: BoardRow }) {
  const { p, texts } = usePermitDesk();
  const now = useNow();
  if (!row.gas_at) return <span className="soft">{p("gasNone")}</span>;
  if (!row.gas_due) {
    const age = span(now - Date.parse(row.gas_at), texts);
    return <span className="num">{p("ago", { span: age })}</span>;
  }
  return <Countdown due={row.gas_due} />;
}

function Next({ row, hits, isHard }: { row: BoardRow; hits: number; isHard: boolean }) {
  const { p, lang } = usePermitDesk();
  const names = (row.waiting?.persons ?? []).map((one) => namedText(one, lang)).join(", ");
  const step = row.waiting &&
    localText({ zh: row.waiting.name_zh, en: row.waiting.name_en }, lang);
  return (
    <>
      {hits > 0 && (
        <b className={isHard ? "conflict-mark hard" : "conflict-mark"}>
          <Icon name={isHard ? "close" : "warn"} />{p("conflictsN", { n: hits })}{" "}
        </b>
      )}
      {step && <span>{step}</span>}
      {step && names && <span className="under soft">{names}</span>}
      {!step && hits === 0 && <span className="soft">—</span>}
    </>
  );
}
