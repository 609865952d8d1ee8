// What a person fills in for one task, and sending it. The record's version goes along, so that
// nobody decides on something that has changed meanwhile.
import { useRef, useState } from "react";
import * as calls from "../api/calls.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import { newId } from "../api/id.ts";
import type {
  FieldValue, FormSource, Outcome, PhotoItem, RecordRow, RecordView, Task,
} from "../api/types.ts";
import { ofOutcome } from "./outcomes.ts";
import { refresh } from "./query.ts";
import { isFilled, missingOf, needsComment, writesOf } from "./records.ts";
import { session } from "./session.ts";
import { createRoll, type Roll, type Shots } from "./shots.ts";
import { useStore } from "./store.ts";
import { createProof, lackingOf, withProof, type Proof, type ProofPart } from "./task_proof.ts";

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
  proof: Proof;
  lacksProof: ProofPart[];
  fill: (field: string, value: FieldValue) => void;
  say: (comment: string) => void;
  // What an earlier sitting had filled in.
  takeUp: (fields: Record<string, FieldValue>, comment: string) => void;
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

function photosIn(rolls: Record<string, Roll>): Record<string, PhotoItem[]> {
  const all = Object.entries(rolls).map(([name, roll]) =>
    [name, roll.toSign().map(({ item }) => item)] as const);
  return Object.fromEntries(all.filter(([, items]) => items.length > 0));
}

const isOnTheWay = ({ isBusy, list }: Shots): boolean =>
  isBusy || list.some((shot) => shot.share < 1);

function useProof(task: Task) {
  const [proof] = useState(createProof);
  const [lacksProof, setLacks] = useState<ProofPart[]>([]);
  const files = useStore(proof.files.store);
  const check = () => {
    const lacking = lackingOf(task, proof);
    setLacks(lacking);
    return lacking.length === 0;
  };
  return { proof, lacksProof, check, isSending: isOnTheWay(files) };
}

type Fields = Record<string, FieldValue>;
function useContent(first: () => Fields) {
  const [fields, setFields] = useState(first);
  const [comment, say] = useState("");
  const takeUp = (kept: Fields, words: string, writes: string[]) => {
    const open = Object.entries(kept).filter(([name]) => writes.includes(name));
    setFields((before) => ({ ...before, ...Object.fromEntries(open) }));
    say(words);
  };
  return { fields, setFields, comment, say, takeUp };
}

const nothing = createRoll();

export function useTaskForm(task: Task, form: FormSource, view: RecordView): TaskForm {
  const { record } = view;
  const writes = writesOf(task, view, form);
  const photos = photoFields(writes, form);
  const [rolls] = useState(() => Object.fromEntries(photos.map((name) => [name, createRoll()])));
  const { fields, setFields, comment, say, takeUp } = useContent(() => known(writes, record));
  const [missing, setMissing] = useState<string[]>([]);
  const [lacksComment, setLacks] = useState(false);
  const { proof, lacksProof, check: checkProof, isSending: isProofSending } = useProof(task);
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
    const full = { ...fields, ...photosIn(rolls) };
    const lacking = missingOf(task, outcome, full);
    const isMute = needsComment(outcome) && comment.trim() === "";
    setMissing(lacking);
    setLacks(isMute);
    if (!checkProof() || lacking.length > 0 || isMute) return false;
    const body = { outcome: outcome.id, comment: comment.trim(), version: record.version };
    return act(outcome.id, async () => {
      const signed = await signAll(rolls);
      const all = ofOutcome(task, outcome, { ...full, ...signed });
      const sent = await withProof(task, record.id, { ...body, fields: all }, proof);
      return calls.completeTask(task.id, sent, key.current);
    });
  };
  return {
    writes, fields, comment, missing, lacksComment, refusal, busy, rolls, say, act, complete, proof,
    lacksProof,
    isSending: isProofSending || isOnTheWay(shots),
    takeUp: (kept, words) => takeUp(kept, words, writes),
    fill: (field, value) => {
      key.current = newId();
      setMissing((before) => before.filter((name) => name !== field));
      setFields((before) => ({ ...before, [field]: value }));
    },
  };
}
