// What a person fills in for one task, and sending it. The record's version goes along, so that
// nobody decides on something that has changed meanwhile.
import { useRef, useState } from "react";
import * as calls from "../api/calls.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import { newId } from "../api/id.ts";
import type {
  FieldValue, FormSource, Outcome, PhotoItem, RecordRow, RecordView, Task,
} from "../api/types.ts";
import { refresh } from "./query.ts";
import { isFilled, missingOf, needsComment, writesOf } from "./records.ts";
import { session } from "./session.ts";
import { createRoll, type Roll } from "./shots.ts";
import { useStore } from "./store.ts";

export interface TaskForm {
  writes: string[];
  fields: Record<string, FieldValue>;
  comment: string;
  missing: string[];
  lacksComment: boolean;
  refusal: Refusal | null;
  busy: string | null;
  isSending: boolean;
  rolls: Record<string, Roll>;
  fill: (field: string, value: FieldValue) => void;
  say: (comment: string) => void;
  act: (name: string, run: () => Promise<unknown>) => Promise<boolean>;
  complete: (outcome: Outcome) => Promise<boolean>;
}

export function afterTask(): void {
  for (const prefix of ["record/", "records/", "tasks", "notices"]) refresh(prefix);
}

function photoFields(writes: string[], form: FormSource): string[] {
  return writes.filter((field) => form.data.properties[field]?.["x-kind"] === "photos");
}

function known(writes: string[], record: RecordRow): Record<string, FieldValue> {
  const entries = writes.map((field) => [field, record[field] as FieldValue] as const);
  return Object.fromEntries(entries.filter(([, value]) => isFilled(value)));
}

// Photos are signed when they are handed in, with a key that the server knows by then.
async function signAll(rolls: Record<string, Roll>) {
  const taken = Object.entries(rolls).filter(([, roll]) => roll.store.get().list.length > 0);
  const now = session.get();
  if (taken.length === 0 || now.kind !== "person") return {};
  const { ensureDevice, signItems } = await import("./device.ts");
  await ensureDevice(now.me.id);
  const signed: Record<string, PhotoItem[]> = {};
  for (const [name, roll] of taken) signed[name] = await signItems(roll.toSign(), now.me.id);
  return signed;
}

const nothing = createRoll();

export function useTaskForm(task: Task, form: FormSource, view: RecordView): TaskForm {
  const { record } = view;
  const writes = writesOf(task, view, form);
  const photos = photoFields(writes, form);
  const [rolls] = useState(() => Object.fromEntries(photos.map((name) => [name, createRoll()])));
  const [fields, setFields] = useState(() => known(writes, record));
  const [comment, say] = useState("");
  const [missing, setMissing] = useState<string[]>([]);
  const [lacksComment, setLacks] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const shots = useStore((rolls[photos[0] ?? ""] ?? nothing).store);
  const key = useRef(newId());

  const act: TaskForm["act"] = async (name, run) => {
    setBusy(name);
    setRefusal(null);
    try {
      await run();
      afterTask();
      return true;
    } catch (reason) {
      const why = asRefusal(reason);
      setRefusal(why);
      if (!why.isOffline) key.current = newId();
      if (why.code === "conflict" || why.code === "wrong_state") afterTask();
      return false;
    } finally {
      setBusy(null);
    }
  };
  const complete: TaskForm["complete"] = async (outcome) => {
    const full: Record<string, FieldValue> = { ...fields };
    for (const [name, roll] of Object.entries(rolls)) {
      const items = roll.toSign().map(({ item }) => item);
      if (items.length > 0) full[name] = items;
    }
    const lacking = missingOf(task, outcome, full);
    const isMute = needsComment(outcome) && comment.trim() === "";
    setMissing(lacking);
    setLacks(isMute);
    if (lacking.length > 0 || isMute) return false;
    const body = { outcome: outcome.id, comment: comment.trim(), version: record.version };
    return act(outcome.id, async () => {
      const signed = await signAll(rolls);
      const all = { ...full, ...signed };
      return calls.completeTask(task.id, { ...body, fields: all }, key.current);
    });
  };
  return {
    writes, fields, comment, missing, lacksComment, refusal, busy, rolls, say, act, complete,
    isSending: shots.isBusy || shots.list.some((shot) => shot.share < 1),
    fill: (field, value) => {
      key.current = newId();
      setMissing((before) => before.filter((name) => name !== field));
      setFields((before) => ({ ...before, [field]: value }));
    },
  };
}
