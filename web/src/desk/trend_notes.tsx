// What people wrote beside a trend: marks in the chart, the list under it, a field for the next.
import { useRef, useState } from "react";
import type uPlot from "uplot";
import * as calls from "../api/calls.ts";
import { asRefusal } from "../api/client.ts";
import { newId } from "../api/id.ts";
import type { RecordRow } from "../api/types.ts";
import type { Tag } from "../api/types_response.ts";
import { serverNow } from "../data/clock.ts";
import { dateTime } from "../data/format.ts";
import type { TrendWindow } from "../data/trend_span.ts";
import { refresh } from "../data/query.ts";
import { useRows } from "../data/records.ts";
import { may, useMe } from "../data/session.ts";
import { Button } from "../parts/button.tsx";
import { TextField } from "../parts/field.tsx";
import { say } from "../parts/toast.tsx";
import { alarmText } from "../text/alarm_words.ts";
import { useBlock } from "../text/block.ts";

const notes_max = 100;
const none: RecordRow[] = [];

export function useTrendNotes(tags: readonly Tag[], window: TrendWindow): RecordRow[] {
  const me = useMe();
  // To the hour, so that the question stays the same while time goes on.
  const hour_ms = 3600000;
  const iso = (at: number) => new Date(at * hour_ms).toISOString();
  const from = iso(Math.floor(window.from / hour_ms));
  const until = window.isLive ? [] : [["le", "at", iso(Math.ceil(window.to / hour_ms))]];
  const codes = tags.map(({ code }) => code);
  const rows = useRows("trend_note", {
    filter: ["and", ["in", "tag_code", codes], ["ge", "at", from], ...until], sort: "-at",
    limit: notes_max,
  }).value?.rows;
  return may(me, "trend_note", "list") ? rows ?? none : none;
}

// A line at each note's time with the number that it has in the list.
export function drawNotes(chart: uPlot, notes: readonly RecordRow[], colour: string): void {
  const { ctx, bbox } = chart;
  const ratio = window.devicePixelRatio || 1;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = ratio;
  ctx.font = `${12 * ratio}px sans-serif`;
  notes.forEach((note, place) => {
    const x = chart.valToPos(Date.parse(String(note["at"])) / 1000, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) return;
    ctx.beginPath();
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText(String(place + 1), x + 3 * ratio, bbox.top + 12 * ratio);
  });
  ctx.restore();
}

interface Props {
  tags: readonly Tag[];
  notes: readonly RecordRow[];
  // The moment under the cursor.
  at: string | undefined;
}
export function TrendNotes({ tags, notes, at }: Props) {
  const { t } = useBlock(alarmText);
  const me = useMe();
  const [text, setText] = useState("");
  const ids = useRef({ id: newId(), key: newId() });
  const tag = tags[0];
  const add = async () => {
    const fields = {
      tag_code: tag?.code ?? "", at: at ?? new Date(serverNow()).toISOString(), note: text,
    };
    try {
      await calls.createRecord("trend_note", ids.current.id, fields, ids.current.key);
      setText("");
      ids.current = { id: newId(), key: newId() };
    } catch (reason) {
      const refusal = asRefusal(reason);
      say(refusal.message || refusal.code, false);
    }
    refresh("records/trend_note");
  };
  return (
    <section className="stack trend-notes" aria-label={t("notes")}>
      <h3>{t("notes")}</h3>
      {notes.length === 0 && <p className="soft">{t("notesNone")}</p>}
      <ol className="card-steps">
        {notes.map((note) => (
          <li key={note.id}>
            <span className="num">{dateTime(String(note["at"]))}</span>{" "}
            <b className="num">{String(note["tag_code"])}</b> {String(note["note"])}
          </li>
        ))}
      </ol>
      {tag && may(me, "trend_note", "create") && (
        <div className="row">
          <TextField
            label={t("noteOf", { code: tag.code, at: at ? dateTime(at) : "" })} value={text}
            onChange={setText} maxLength={500}
          />
          <Button text={t("noteAdd")} isOff={text.trim() === ""} run={() => void add()} />
        </div>
      )}
    </section>
  );
}
