// The shift's page of the control room: which work goes on without somebody watching its guardian,
// which detectors beside it fell silent, which analyses are due, who is inside, what is held.
import type { ReactNode } from "react";
import { permitRoom } from "../api/calls_permit.ts";
import type { PermitRoom, RoomLine } from "../api/types_permit.ts";
import { useNow } from "../data/clock.ts";
import { shortTime, span } from "../data/format.ts";
import { useQuery } from "../data/query.ts";
import { usePoll } from "../data/response.ts";
import { usePermitDesk } from "../text/permit_desk.ts";
import { Countdown } from "../parts/clocks.tsx";
import { Ready } from "../parts/states.tsx";
import { Holds } from "./permit_hold.tsx";

const look_ms = 5000;

export default function RoomPage() {
  const room = useQuery("records/permit/room", permitRoom);
  usePoll("records/permit/room", look_ms);
  return <Ready query={room}>{(value) => <Room room={value} />}</Ready>;
}

function Room({ room }: { room: PermitRoom }) {
  const { p, texts } = usePermitDesk();
  const now = useNow();
  return (
    <div className="permit-room">
      <Holds holds={room.holds} />
      <Lines
        title={p("roomUnwatched")} rows={room.unwatched}
        of={(row) => <b className="why-suspended">{row.guardian || "—"}</b>}
      />
      <Lines
        title={p("roomSilent")} rows={room.silent}
        of={(row) => (
          <b className="why-suspended num">
            {row.tags.map(({ tag, age_s }) => `${tag} (${span(age_s * 1000, texts)})`).join(", ")}
          </b>
        )}
      />
      <Lines title={p("roomDue")} rows={room.due} of={({ due }) => <Countdown due={due} />} />
      <Lines
        title={p("roomInside")} rows={room.inside}
        of={(row) => (
          <>
            <b>{row.name || "—"}</b>{" "}
            <span className="soft num">
              {shortTime(row.in_at)} · {span(now - Date.parse(row.in_at), texts)}
            </span>
          </>
        )}
      />
    </div>
  );
}

interface LinesProps<Row extends RoomLine> {
  title: string;
  rows: Row[];
  of: (row: Row) => ReactNode;
}
function Lines<Row extends RoomLine>({ title, rows, of }: LinesProps<Row>) {
  const { p } = usePermitDesk();
  return (
    <section className="panel" aria-label={title}>
      <h2>{title}<span className="num soft">{rows.length}</span></h2>
      {rows.length === 0 ? <p className="soft">{p("nothing")}</p> : (
        <ul className="lines">
          {rows.map((row, at) => (
            <li key={`${row.id}/${at}`}>
              <a href={`#/case/permit/${row.id}`}>
                <span className="grow"><b className="num">{row.number}</b> {of(row)}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
