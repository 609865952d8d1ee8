// Handing in a report: it goes into the outbox under the id that the draft has had from the start,
// at once and whatever the link is like; its photos follow it.
import { anonymousPath } from "../api/calls_hazard.ts";
import type { FieldValue, FormSource, PhotoItem, Position, RecordRow } from "../api/types.ts";
import type { TextKey } from "../text/index.ts";
import { hold, letGo } from "./cargo.ts";
import { signItems } from "./device.ts";
import { draft, nobody, roll, startOver, takeUp, type Draft, type ReportKind } from "./draft.ts";
import { keptShot } from "./keep.ts";
import { dropOp, post } from "./outbox.ts";
import { nobodys, type Op } from "./outbox_step.ts";
import { position } from "./position.ts";
import { notePlace } from "./suggest.ts";

const needed: Record<ReportKind, [string, TextKey][]> = {
  hazard: [
    ["area", "sectionPlace"], ["category", "sectionCategory"],
    ["consequence", "sectionConsequence"], ["exposure", "sectionExposure"],
  ],
  near_miss: [["area", "sectionPlace"]],
  violation: [["area", "sectionPlace"], ["category", "sectionCategory"]],
};
const hasPhotos: Record<ReportKind, boolean> = { hazard: true, near_miss: false, violation: true };

export function lackingOf(
  fields: Record<string, FieldValue>, photos: number, kind: ReportKind = "hazard",
): TextKey[] {
  const lacking = needed[kind].filter(([field]) => !fields[field]).map(([, key]) => key);
  return hasPhotos[kind] && photos === 0 ? ["photo", ...lacking] : lacking;
}
// Other kinds of report: whatever their form requires and nothing has been said of.
export function lackingFields(
  form: FormSource, fields: Record<string, FieldValue>, photos: number,
): string[] {
  const isThere = (name: string) => form.data.properties[name]?.["x-kind"] === "photos"
    ? photos > 0 : fields[name] !== undefined && fields[name] !== "" && fields[name] !== null;
  return (form.data.required ?? []).filter((name) => !isThere(name));
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

type Fields = Record<string, FieldValue>;

// What goes out. Of somebody without a name only what they wrote and the stripped photos.
export function bodyOf(given: Draft, photos: PhotoItem[], where: Position | null) {
  const { id, kind, isAnonymous } = given;
  const withPhotos: Fields = photos.length > 0 ? { ...given.fields, photos } : given.fields;
  if (isAnonymous) {
    const bare = photos.map(({ sha256, name }) => ({ sha256, name }));
    const fields = photos.length > 0 ? { ...withPhotos, photos: bare } : withPhotos;
    return { path: anonymousPath, body: { form: kind, fields } };
  }
  const isPlaced = where && kind === "hazard";
  const fields = isPlaced ? { ...withPhotos, position: where } : withPhotos;
  return { path: `/api/records/${kind}`, body: { id, fields } };
}

async function sizesOf(items: PhotoItem[]) {
  const sized = items.map(async (item) => ({
    item, bytes: (await keptShot(item.sha256))?.blob.size ?? 0,
  }));
  return Promise.all(sized);
}

// Returns the op to watch. The draft is empty afterwards.
export async function handIn(): Promise<Op> {
  const given = draft.get();
  const { key, isAnonymous } = given;
  // Stamped without a name, or with one that was typed under another switch: never mixed.
  await roll.restamp({ isAnonymous });
  const owner = isAnonymous ? nobodys : given.owner;
  const photos = isAnonymous ? roll.nameless()
    : await signItems(roll.toSign(), given.owner);
  const { path, body } = bodyOf(given, photos, isAnonymous ? null : position());
  const about = isAnonymous ? "" : given.id;
  await hold(await sizesOf(photos), { op: key, owner, form: given.kind, about });
  const kind = isAnonymous ? "anonymous" : "report";
  const op = post({ kind, about: `${given.kind}/${about}`, path, body, id: key, owner });
  const { area } = given.fields;
  if (typeof area === "string" && !isAnonymous) notePlace(area, Date.now());
  startOver();
  return op;
}

interface SentBody {
  id?: string;
  form?: string;
  fields?: Fields;
}
// A refused report becomes the draft again.
export async function mend(op: Op, me: string): Promise<void> {
  const { id, form, fields = {} } = op.body as SentBody;
  const { photos, position: _, ...rest } = fields;
  const isAnonymous = op.kind === "anonymous";
  const kind = (isAnonymous ? form : op.about.split("/")[0]) as ReportKind;
  const owner = isAnonymous && !me ? nobody : me;
  const items = Array.isArray(photos) ? (photos as PhotoItem[]) : [];
  letGo(op.id, false);
  dropOp(op.id);
  const again = { id: id ?? draft.get().id, owner, kind, isAnonymous, fields: rest };
  await takeUp(again, items);
}
export function giveUp(op: Op): void {
  letGo(op.id, true);
  dropOp(op.id);
}
