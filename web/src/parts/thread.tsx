// The talk between who reported and who handles it: both see every word, a reporter without a name
// stays without one. What is written goes into the outbox like everything else.
import { useState } from "react";
import * as calls from "../api/calls_hazard.ts";
import type { Message, Thread } from "../api/types_hazard.ts";
import { dateTime } from "../data/format.ts";
import { post, useOutbox } from "../data/outbox.ts";
import type { Op } from "../data/outbox_step.ts";
import { useQuery } from "../data/query.ts";
import { useLoopText } from "../text/loop.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { TextArea } from "./field.tsx";
import { say } from "./toast.tsx";
import "../styles/m_loop.css";

interface ThreadProps {
  form: string;
  id: string;
  mayReopen: boolean;
}

// A form without a thread, or one that is not for me, has no panel.
export default function ThreadPanel({ form, id, mayReopen }: ThreadProps) {
  const { p } = useLoopText();
  const query = useQuery(`record/${form}/${id}/thread`, () => calls.thread(form, id));
  const waiting = useOutbox().filter((op) =>
    op.kind === "message" && op.about === `${form}/${id}` && op.state !== "sent");
  if (!query.value) return null;
  const thread = query.value;
  const send = (text: string, is_not_fixed: boolean) => {
    const body = is_not_fixed ? { text, is_not_fixed } : { text };
    post({ kind: "message", about: `${form}/${id}`, path: calls.threadPath(form, id), body });
    if (is_not_fixed) say(p("notFixedSent"));
  };
  const title = p(thread.is_reporter ? "threadTitleMine" : "threadTitle");
  return (
    <section className="panel" aria-labelledby="thread">
      <h2 id="thread">{title}</h2>
      {thread.is_anonymous && !thread.is_reporter &&
        <p className="soft">{p("threadNameless")}</p>}
      <Messages rows={thread.rows} isReporter={thread.is_reporter} waiting={waiting} />
      <Writing thread={thread} mayReopen={mayReopen} send={send} />
    </section>
  );
}

interface MessagesProps {
  rows: Message[];
  isReporter: boolean;
  waiting?: Op[];
}
export function Messages({ rows, isReporter, waiting = [] }: MessagesProps) {
  const { p } = useLoopText();
  const isMine = (side: Message["side"]) => (side === "reporter") === isReporter;
  if (rows.length + waiting.length === 0) return <p className="soft">{p("threadEmpty")}</p>;
  return (
    <ol className="messages">
      {rows.map((row) => (
        <li key={row.id} className={isMine(row.side) ? "mine" : "theirs"}>
          <p className="words-said">{row.text}</p>
          <p className="soft num">
            {row.name || p(row.side === "reporter" ? "threadReporter" : "threadStaff")}
            {" · "}<time dateTime={row.at}>{dateTime(row.at)}</time>
          </p>
        </li>
      ))}
      {waiting.map((op) => (
        <li key={op.id} className="mine waits">
          <p className="words-said">{String((op.body as { text?: unknown }).text ?? "")}</p>
          <p className="soft">{op.state === "refused" ? op.message : p("threadWaits")}</p>
        </li>
      ))}
    </ol>
  );
}

interface WritingProps {
  thread: Pick<Thread, "is_reporter" | "may_write">;
  mayReopen: boolean;
  send: (text: string, is_not_fixed: boolean) => void | Promise<void>;
}
export function Writing({ thread, mayReopen, send }: WritingProps) {
  const { p } = useLoopText();
  const [text, setText] = useState("");
  const [isReopening, setReopening] = useState(false);
  if (!thread.may_write && !mayReopen) return null;
  const answer = () => {
    void send(text.trim(), false);
    setText("");
  };
  return (
    <div className="comment">
      {thread.may_write && (
        <>
          <TextArea
            label={p("threadWrite")} value={text} onChange={setText} rows={2} maxLength={1000}
            hint={p(thread.is_reporter ? "threadHintMine" : "threadHint")}
          />
          <Button text={p("threadSend")} icon="next" isOff={text.trim() === ""} run={answer} />
        </>
      )}
      {mayReopen &&
        <Button text={p("notFixed")} kind="danger" icon="warn" run={() => setReopening(true)} />}
      {isReopening && <Reopen send={send} onClose={() => setReopening(false)} />}
    </div>
  );
}

function Reopen({ send, onClose }: Pick<WritingProps, "send"> & { onClose: () => void }) {
  const { p, t } = useLoopText();
  const [why, setWhy] = useState("");
  const run = () => {
    void send(why.trim(), true);
    onClose();
  };
  const actions = (
    <>
      <Button text={t("cancel")} run={onClose} />
      <Button text={p("notFixedSend")} kind="main" isOff={why.trim() === ""} run={run} />
    </>
  );
  return (
    <Dialog title={p("notFixed")} onClose={onClose} actions={actions}>
      <TextArea
        label={p("notFixedWhy")} value={why} onChange={setWhy} isRequired rows={3}
        maxLength={1000} hint={p("notFixedHint")}
      />
    </Dialog>
  );
}
