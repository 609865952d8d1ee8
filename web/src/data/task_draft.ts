// The draft of a task: kept on the server some moments after the last change, so that another
// device goes on where this one stopped. Photos and signatures are not in it.
import { useEffect, useRef, useState } from "react";
import * as calls from "../api/calls_acts.ts";
import type { FieldValue, RecordRow, Task } from "../api/types.ts";
import { serverNow } from "./clock.ts";
import type { TaskForm } from "./task_form.ts";

const pause_ms = 1500;

export interface DraftState {
  at: string | null;
  isTakenUp: boolean;
  isBusy: boolean;
  isFailed: boolean;
  save: () => void;
}

// What differs from the record: the rest may change there meanwhile.
export function changedIn(
  fields: Record<string, FieldValue>, record: RecordRow,
): Record<string, FieldValue> {
  const isNew = ([name, value]: [string, FieldValue]) =>
    JSON.stringify(value) !== JSON.stringify(record[name]);
  return Object.fromEntries(Object.entries(fields).filter(isNew));
}

const untouched = JSON.stringify({ fields: {}, comment: "" });

export function useTaskDraft(task: Task, record: RecordRow, form: TaskForm): DraftState {
  const [state, setState] = useState({
    at: null as string | null, isTakenUp: false, isBusy: false, isFailed: false,
  });
  const content: calls.DraftContent =
    { fields: changedIn(form.fields, record), comment: form.comment };
  const now = JSON.stringify(content);
  // Not `now`: somebody may have typed before this was loaded.
  const kept = useRef(untouched);
  const latest = useRef(now);
  latest.current = now;
  const isThere = useRef(true);
  const change = (next: Partial<typeof state>) =>
    isThere.current && setState((before) => ({ ...before, ...next }));
  useEffect(() => {
    isThere.current = true;
    kept.current = untouched;
    calls.draft(task.id).then(({ draft }) => {
      // What was typed meanwhile is newer than what was kept.
      if (!draft || !isThere.current || latest.current !== untouched) return;
      const known = draft.content;
      kept.current = JSON.stringify({ fields: known.fields, comment: known.comment ?? "" });
      form.takeUp(known.fields, known.comment ?? "");
      change({ at: draft.at, isTakenUp: true });
    }, () => {});
    return () => {
      isThere.current = false;
    };
  }, [task.id]);
  const save = async () => {
    const saved = latest.current;
    change({ isBusy: true, isFailed: false });
    try {
      await calls.saveDraft(task.id, JSON.parse(saved) as calls.DraftContent);
      kept.current = saved;
      const at = new Date(serverNow()).toISOString();
      change({ at, isTakenUp: false, isBusy: false });
    } catch {
      change({ isBusy: false, isFailed: true });
    }
  };
  const isDeciding = form.busy !== null;
  useEffect(() => {
    if (now === kept.current || isDeciding) return undefined;
    const timer = setTimeout(() => void save(), pause_ms);
    return () => clearTimeout(timer);
  }, [now, isDeciding]);
  return { ...state, save: () => void save() };
}
