// The photos of a case with what the server found about each: a badge with its reasons, the pair
// before and after with its verdict, the box around the hazard. The system points out; people
// decide.
import { useEffect, useState } from "react";
import { thumbUrl } from "../api/calls_hazard.ts";
import { fileUrl } from "../api/calls.ts";
import type { FormSource, PhotoItem, RecordRow } from "../api/types.ts";
import type { BadgeColour, Evidence, PairEvidence, PhotoEvidence } from "../api/types_hazard.ts";
import { dateTime } from "../data/format.ts";
import { badgeOf, pairOf, percent, useEvidence } from "../data/evidence.ts";
import { shortHash } from "../data/photo_stamp.ts";
import { localText } from "../data/prefs.ts";
import { isFilmName, photosOf } from "../data/records.ts";
import { useLoopText } from "../text/loop.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";
import { Compare } from "../parts/photo.tsx";
import { usePoll } from "../data/response.ts";
import { BoxMark } from "../parts/box_mark.tsx";
import "../styles/m_loop.css";

const icons: Record<BadgeColour, IconName> = {
  green: "check", amber: "warn", red: "close", pending: "clock",
};
export function Badge({ colour }: { colour: BadgeColour }) {
  const { p } = useLoopText();
  return (
    <span className={`badge ${colour}`}>
      <Icon name={icons[colour]} /><span>{p(`badge_${colour}`)}</span>
    </span>
  );
}

const look_ms = 4000;

interface CasePhotosProps {
  form: FormSource;
  record: RecordRow;
  mayMark: boolean;
}
export function EvidencePhotos({ form, record, mayMark }: CasePhotosProps) {
  const { t } = useLoopText();
  const query = useEvidence(form.id, record.id);
  const evidence = query.value;
  const isOpen = evidence?.photos.some((one) => one.badge === "pending") ||
    evidence?.pairs.some((pair) => pair.state === "waiting");
  usePoll(isOpen ? `record/${form.id}/${record.id}/evidence` : "none/", look_ms);
  const names = Object.keys(form.data.properties)
    .filter((name) => form.data.properties[name]?.["x-kind"] === "photos");
  const [before = [], after = []] = names.slice(0, 2).map((name) => photosOf(record[name]));
  // Until it is known which photos have arrived none is asked for.
  if (!evidence && query.isLoading) return <p className="soft">{t("loading")}</p>;
  const place = { form: form.id, id: record.id };
  const isThere = (one: PhotoItem) =>
    badgeOf(evidence, one.sha256)?.badge !== "pending" && !isFilmName(one.name);
  const pair = pairOf(evidence);
  const b = before.find((one) => one.sha256 === pair?.before) ?? before.find(isThere);
  const a = after.find((one) => one.sha256 === pair?.after) ?? after.find(isThere);
  const canCompare = b && a && isThere(b) && isThere(a);
  return (
    <>
      {canCompare && <Compare place={place} before={b} after={a} />}
      {canCompare && pair && evidence && (
        <Pair pair={pair} evidence={evidence} place={place} mayMark={mayMark} />
      )}
      <Tiles place={place} photos={before} evidence={evidence}
        label={t(after.length > 0 ? "casePhotosBefore" : "photo")}
      />
      <Tiles place={place} photos={after} evidence={evidence} label={t("casePhotosAfter")} />
    </>
  );
}

interface Place {
  form: string;
  id: string;
}
interface TilesProps {
  place: Place;
  photos: PhotoItem[];
  evidence: Evidence | undefined;
  label: string;
}
function Tiles({ place, photos, evidence, label }: TilesProps) {
  const [open, setOpen] = useState<PhotoItem | null>(null);
  if (photos.length === 0) return null;
  const judged = open && badgeOf(evidence, open.sha256);
  return (
    <div className={`evidence-tiles${photos.length === 1 ? " single" : ""}`}>
      {photos.map((photo, at) => (
        <Tile
          key={photo.sha256} place={place} photo={photo} label={label} at={at + 1}
          judged={badgeOf(evidence, photo.sha256)} onOpen={() => setOpen(photo)}
        />
      ))}
      {open && (
        <Dialog title={label} onClose={() => setOpen(null)} isWide>
          <Seen place={place} photo={open} judged={judged} label={label} />
        </Dialog>
      )}
    </div>
  );
}

interface TileProps {
  place: Place;
  photo: PhotoItem;
  judged: PhotoEvidence | null;
  label: string;
  at: number;
  onOpen: () => void;
}
function Tile({ place, photo, judged, label, at, onOpen }: TileProps) {
  const { t } = useLoopText();
  const isPending = judged?.badge === "pending";
  const isVideo = isFilmName(photo.name);
  return (
    <button type="button" className="tile" onClick={onOpen}>
      {isPending || isVideo
        ? <span className="tile-blank"><Icon name={isVideo ? "eye" : "clock"} /></span>
        : <img src={thumbUrl(place.form, place.id, photo.sha256)} alt="" loading="lazy" />}
      <span className="tile-tag">{label}</span>
      {judged && <Badge colour={judged.badge} />}
      <span className="unseen">{t("photoOf", { n: at })}: {t("photoOpen")}</span>
    </button>
  );
}

function Seen({ place, photo, judged, label }: Omit<TileProps, "at" | "onOpen">) {
  const { p } = useLoopText();
  const url = fileUrl(place.form, place.id, photo.sha256);
  const isPending = judged?.badge === "pending";
  return (
    <figure className="photo-view">
      {!isPending && (isFilmName(photo.name)
        ? <video src={url} controls playsInline aria-label={label} />
        : <img src={url} alt={label} />)}
      <figcaption className="num stack">
        <span>
          {photo.taken_at ? `${dateTime(photo.taken_at)} · ` : ""}SHA-256 {shortHash(photo.sha256)}
        </span>
        {judged && <Reasons judged={judged} />}
        <span className="soft">{p("badgeHint")}</span>
      </figcaption>
    </figure>
  );
}

function Reasons({ judged }: { judged: PhotoEvidence }) {
  const { p, lang } = useLoopText();
  return (
    <>
      <Badge colour={judged.badge} />
      {judged.reasons.length === 0 && judged.badge === "green" && <span>{p("badgeNone")}</span>}
      <ul className="reasons">
        {judged.reasons.map((reason) => (
          <li key={reason.code} className={reason.level}>
            <Icon name={reason.level === "info" ? "eye" : "warn"} />
            <span>{localText(reason, lang)}</span>
          </li>
        ))}
      </ul>
      {judged.reused?.map((one) => (
        <a key={one.id} href={`#/case/${one.form}/${one.id}`} className="button plain">
          {one.number}
        </a>
      ))}
    </>
  );
}

interface PairProps {
  pair: PairEvidence;
  evidence: Evidence;
  place: Place;
  mayMark: boolean;
}
const tones: Record<string, BadgeColour> = {
  good: "green", recheck: "amber", unclear: "amber", reupload: "red",
};
function Pair({ pair, evidence, place, mayMark }: PairProps) {
  const { p, lang } = useLoopText();
  const [isMarking, setMarking] = useState(false);
  useEffect(() => setMarking(false), [pair.after]);
  const verdict = pair.verdict ?? "unclear";
  const tone = pair.state === "done" ? tones[verdict] ?? "amber"
    : pair.state === "failed" ? "amber" : "pending";
  const word = pair.state === "waiting" ? p("pairWaiting")
    : pair.state === "failed" ? p("pairFailed")
      : localText({ zh: pair.zh ?? "", en: pair.en ?? "" }, lang) || p(`pair_${verdict}`);
  return (
    <div className={`pair ${tone}`}>
      <p className="strong" role="status"><Icon name={icons[tone]} /> {word}</p>
      {pair.state === "done" && (
        <p className="soft num">
          {p("pairScene", { n: percent(pair.same_scene) })} · {p("pairContext", {
            n: percent(pair.context), t: percent(evidence.threshold),
          })} · {p("pairChanged", { n: percent(pair.changed) })}
        </p>
      )}
      {pair.box?.by && (
        <p className="soft">{p(pair.box.by === "person" ? "boxPerson" : "boxProposed")}</p>
      )}
      {mayMark && (
        <Button
          text={p(pair.box?.by === "person" ? "boxAgain" : "boxMark")} icon="search"
          run={() => setMarking(true)}
        />
      )}
      {isMarking && <BoxMark pair={pair} place={place} onClose={() => setMarking(false)} />}
    </div>
  );
}
