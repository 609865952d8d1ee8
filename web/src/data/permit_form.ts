// Filling in a new record that hangs on a permit (a gas test, an entry, a certificate) and sending
// it: photos are signed, what is missing is named, a retry makes no second record.
import { useRef, useState } from "react";
import * as calls from "../api/calls.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import { newId } from "../api/id.ts";
import type { FieldValue, FormSource, PhotoItem, RecordRow } from "../api/types.ts";
import { refresh } from "./query.ts";
import { isFilled } from "./records.ts";
import { session } from "./session.ts";
import { createRoll, type Roll } from "./shots.ts";
import { useStore } from "./store.ts";

export type Fields = Record<string, FieldValue>;
export interface NewRecord {
  fields: Fields;
  rolls: Record<string, Roll>;
  missing: string[];
  refusal: Refusal | null;
  isBusy: boolean;
  isSending: boolean;
  fill: (field: string, value: FieldValue) => void;
  send: (more?: Fields) => Promise<RecordRow | null>;
}

const kindOf = (form: FormSource, field: string) => form.data.properties[field]?.["x-kind"];
// What a person fills in; the rest comes from the page or from the server.
export function openFields(form: FormSource, given: Fields): string[] {
  return Object.keys(form.data.properties).filter((field) =>
    !(field in given) && (form.modes?.[field] ?? "write") === "write" &&
    !["object", "position"].includes(kindOf(form, field) ?? ""));
}
export const lackingIn = (form: FormSource, fields: Fields): string[] =>
  (form.data.required ?? []).filter((field) => !isFilled(fields[field]));

export async function signedPhotos(
  rolls: Record<string, Roll>,
): Promise<Record<string, PhotoItem[]>> {
  const taken = Object.entries(rolls).filter(([, roll]) => roll.store.get().list.length > 0);
  const now = session.get();
  if (taken.length === 0 || now.kind !== "person") return {};
  const { ensureDevice, signItems } = await import("./device.ts");
  await ensureDevice(now.me.id);
  const signed: Record<string, PhotoItem[]> = {};
  for (const [name, roll] of taken) signed[name] = await signItems(roll.toSign(), now.me.id);
  return signed;
}

const noRoll = createRoll();

export function useNewRecord(form: FormSource, given: Fields, start: Fields = {}): NewRecord {
  const [fields, setFields] = useState<Fields>(start);
  const all = Object.keys(form.data.properties);
  const photos = all.filter((name) => kindOf(form, name) === "photos");
  const [rolls] = useState(() => Object.fromEntries(photos.map((name) => [name, createRoll()])));
  const shots = useStore((rolls[photos[0] ?? ""] ?? noRoll).store);
  const [missing, setMissing] = useState<string[]>([]);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [isBusy, setBusy] = useState(false);
  const ids = useRef({ id: newId(), key: newId() });
  const send: NewRecord["send"] = async (more = {}) => {
    const taken = Object.fromEntries(Object.entries(rolls)
      .map(([name, roll]) => [name, roll.toSign().map(({ item }) => item)] as const)
      .filter(([, items]) => items.length > 0));
    const whole: Fields = { ...given, ...fields, ...more, ...taken };
    const lacking = lackingIn(form, whole);
    setMissing(lacking);
    setRefusal(null);
    if (lacking.length > 0) return null;
    setBusy(true);
    try {
      const all = { ...whole, ...await signedPhotos(rolls) };
      const filled = Object.fromEntries(Object.entries(all).filter(([, value]) => isFilled(value)));
      const { id, key } = ids.current;
      const answer = await calls.createRecord(form.id, id, filled, key);
      for (const prefix of ["record/permit", "records/", "tasks"]) refresh(prefix);
      return answer.record;
    } catch (reason) {
      const why = asRefusal(reason);
      setRefusal(why);
      if (!why.isOffline) ids.current = { ...ids.current, key: newId() };
      return null;
    } finally {
      setBusy(false);
    }
  };
  return {
    fields, rolls, missing, refusal, isBusy, send,
    isSending: shots.isBusy || shots.list.some((shot) => shot.share < 1),
    fill: (field, value) => {
      ids.current = { ...ids.current, key: newId() };
      setMissing((before) => before.filter((name) => name !== field));
      setFields((before) => ({ ...before, [field]: value }));
    },
  };
}
