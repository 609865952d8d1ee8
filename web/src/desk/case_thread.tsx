// The talk with who reported it. What is written is on the server before it is shown as said.
import { useState } from "react";
import * as calls from "../api/calls_hazard.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import { newId } from "../api/id.ts";
import { refresh, useQuery } from "../data/query.ts";
import { useLoopText } from "../text/loop.ts";
import { useWork } from "../text/desk_work.ts";
import { Messages, Writing } from "../parts/thread.tsx";
import { Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";

interface ThreadProps {
  form: string;
  id: string;
  mayReopen: boolean;
}
// A form without a thread, or one that is not for me, has no panel.
export function CaseThread({ form, id, mayReopen }: ThreadProps) {
  const { p } = useLoopText();
  const { w } = useWork();
  const query = useQuery(`record/${form}/${id}/thread`, () => calls.thread(form, id));
  const [unsent, setUnsent] = useState("");
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  if (!query.value) return null;
  const thread = query.value;
  const send = async (text: string, is_not_fixed: boolean) => {
    setRefusal(null);
    setUnsent(text);
    try {
      const wish = is_not_fixed ? { text, is_not_fixed } : { text };
      await calls.writeThread(form, id, wish, newId());
      setUnsent("");
      refresh(`record/${form}/${id}`);
      if (is_not_fixed) say(p("notFixedSent"));
    } catch (reason) {
      setRefusal(asRefusal(reason));
    }
  };
  return (
    <section className="panel" aria-labelledby="thread">
      <h2 id="thread">{p(thread.is_reporter ? "threadTitleMine" : "threadTitle")}</h2>
      {thread.is_anonymous && !thread.is_reporter && <p className="soft">{p("threadNameless")}</p>}
      <Messages rows={thread.rows} isReporter={thread.is_reporter} />
      {refusal && <Refused refusal={refusal} retry={() => void send(unsent, false)} />}
      {refusal && <p className="soft">{w("unsent")}: {unsent}</p>}
      {/* What somebody wrote and the server refused stays in the field. */}
      <Writing key={refusal ? "again" : "new"} thread={thread} mayReopen={mayReopen} send={send} />
    </section>
  );
}
