// Sending the report: waits for the photos that are still on their way, then makes the record
// under the id that the draft has had from the start. A lost answer is no loss: the same id again.
import { useEffect, useState } from "react";
import * as calls from "../api/calls.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import type { FieldValue, Position, RecordRow } from "../api/types.ts";
import type { TextKey } from "../text/index.ts";
import { discardDraft, draft, roll, useDraft } from "./draft.ts";
import { position } from "./position.ts";
import { refresh } from "./query.ts";
import { useStore } from "./store.ts";

const needed: [string, TextKey][] = [
  ["area", "sectionPlace"], ["category", "sectionCategory"],
  ["consequence", "sectionConsequence"], ["exposure", "sectionExposure"],
];

export function lackingOf(fields: Record<string, FieldValue>, photos: number): TextKey[] {
  const lacking = needed.filter(([field]) => !fields[field]).map(([, key]) => key);
  return photos === 0 ? ["photo", ...lacking] : lacking;
}

const near_m = 300;

// Flat-earth distance is good enough within a plant. Farther than `near_m` nothing is proposed.
export function nearestArea(areas: RecordRow[], from: Position): RecordRow | null {
  const metres = (row: RecordRow) => {
    const lat = Number(row["lat"] ?? NaN);
    const lon = Number(row["lon"] ?? NaN);
    const east = (lon - from.lon) * Math.cos((from.lat * Math.PI) / 180);
    return Math.hypot(lat - from.lat, east) * 111320;
  };
  const reach = near_m + from.accuracy_m;
  const near = areas.filter((row) => metres(row) <= reach);
  return near.sort((a, b) => metres(a) - metres(b))[0] ?? null;
}

export interface Submit {
  run: () => void;
  isWaiting: boolean;
  lacking: TextKey[];
  refusal: Refusal | null;
}

async function send(): Promise<RecordRow> {
  const { id, key, fields, photos } = draft.get();
  const where = position();
  const full = { ...fields, photos, ...(where ? { position: where } : {}) };
  try {
    return (await calls.createRecord("hazard", id, full, key)).record;
  } catch (reason) {
    // The first try arrived although its answer did not.
    if (asRefusal(reason).code !== "duplicate") throw reason;
    return (await calls.record("hazard", id)).record;
  }
}

export function useSubmit(onDone: (record: RecordRow) => void): Submit {
  const { fields } = useDraft();
  const { list, isBusy } = useStore(roll.store);
  const [isWaiting, setWaiting] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const failed = list.find((shot) => shot.refusal)?.refusal ?? null;
  const isReady = !isBusy && list.length > 0 && list.every((shot) => shot.share >= 1);
  useEffect(() => {
    if (!isWaiting) return;
    if (failed) {
      setRefusal(failed);
      setWaiting(false);
    } else if (isReady) {
      send().then((record) => {
        discardDraft();
        for (const prefix of ["records/", "counts/", "tasks"]) refresh(prefix);
        onDone(record);
      }, (reason: unknown) => {
        setRefusal(asRefusal(reason));
        setWaiting(false);
      });
    }
  }, [isWaiting, isReady, failed]);
  const run = () => {
    setRefusal(null);
    setWaiting(true);
  };
  return { run, isWaiting, lacking: lackingOf(fields, list.length), refusal };
}
