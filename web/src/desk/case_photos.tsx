// The photos of a case and what the server found about them: the pair with its scores, each photo
// with its badge and reasons, and other records that show the same photo.
import { useState } from "react";
import { fileUrl } from "../api/calls.ts";
import { thumbUrl } from "../api/calls_hazard.ts";
import type { FormSource, PhotoItem, RecordView } from "../api/types.ts";
import type { Evidence, PairEvidence, PhotoEvidence } from "../api/types_hazard.ts";
import { badgeOf, percent, useEvidence } from "../data/evidence.ts";
import { dateTime } from "../data/format.ts";
import { shortHash, stampPosition } from "../data/photo_stamp.ts";
import { localText } from "../data/prefs.ts";
import { isFilmName, isForMe, photosOf } from "../data/records.ts";
import { usePoll } from "../data/response.ts";
import { useLoopText } from "../text/loop.ts";
import { useWork, workText, type WorkKey } from "../text/desk_work.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Icon } from "../parts/icon.tsx";
import { BoxMark as BoxDialog } from "../parts/box_mark.tsx";
import { CaseCompare, type Place } from "./case_compare.tsx";
import { EvidenceMark } from "./hazard_card.tsx";

const look_ms = 4000;

// Nothing differs: then there is nothing to draw a box around.
function withBox(pair: PairEvidence | undefined): PairEvidence | null {
  if (!pair) return null;
  const { box } = pair;
  return box && box.width > 0 && box.height > 0 ? pair : { ...pair, box: null };
}

interface PhotosProps {
  form: FormSource;
  view: RecordView;
}
function usePhotos({ form, view }: PhotosProps) {
  const { record } = view;
  const query = useEvidence(form.id, record.id);
  const evidence = query.value;
  const isComing = evidence?.photos.some(({ badge }) => badge === "pending") ||
    evidence?.pairs.some(({ state }) => state === "waiting");
  usePoll(isComing ? `record/${form.id}/${record.id}/evidence` : "none/", look_ms);
  const names = Object.keys(form.data.properties)
    .filter((name) => form.data.properties[name]?.["x-kind"] === "photos");
  const [before = [], after = []] = names.slice(0, 2).map((name) => photosOf(record[name]));
  return { evidence, before, after, isAsking: !evidence && query.isLoading };
}

export function CasePhotos(props: PhotosProps) {
  const { form, view } = props;
  const { t, w } = useWork();
  const { evidence, before, after, isAsking } = usePhotos(props);
  const [picked, setPicked] = useState("");
  if (isAsking) return <p className="soft">{t("loading")}</p>;
  if (before.length + after.length === 0) return <p className="soft">{w("noPhotos")}</p>;
  const place = { form: form.id, id: view.record.id };
  const isThere = (one: PhotoItem) =>
    badgeOf(evidence, one.sha256)?.badge !== "pending" && !isFilmName(one.name);
  const chosen = after.find(({ sha256 }) => sha256 === picked) ?? after.find(isThere);
  const pair = withBox(evidence?.pairs.find((one) => one.after === chosen?.sha256));
  const partner = before.find(({ sha256 }) => sha256 === pair?.before) ?? before.find(isThere);
  const canCompare = chosen && partner && isThere(chosen) && isThere(partner);
  const lists = { place, evidence, onPick: after.length > 1 ? setPicked : undefined };
  return (
    <div className="case-photos">
      {canCompare && (
        <CaseCompare
          key={chosen.sha256} place={place} before={partner.sha256} after={chosen.sha256}
          pair={pair}
        />
      )}
      {canCompare && pair && evidence && (
        <PairVerdict
          pair={pair} evidence={evidence} place={place}
          mayMark={view.buttons.includes("comment") || view.tasks.some(isForMe)}
        />
      )}
      <Tiles {...lists} photos={before} onPick={undefined}
        label={t(after.length > 0 ? "casePhotosBefore" : "photo")} isLarge={!canCompare}
      />
      <Tiles {...lists} photos={after} label={t("casePhotosAfter")} chosen={chosen?.sha256} />
    </div>
  );
}

interface VerdictProps {
  pair: PairEvidence;
  evidence: Evidence;
  place: Place;
  mayMark: boolean;
}
function PairVerdict({ pair, evidence, place, mayMark }: VerdictProps) {
  const { p, lang } = useLoopText();
  const { w } = useWork();
  const [isMarking, setMarking] = useState(false);
  const verdict = pair.verdict ?? "unclear";
  const word = pair.state === "waiting" ? p("pairWaiting")
    : pair.state === "failed" ? p("pairFailed")
      : localText({ zh: pair.zh ?? "", en: pair.en ?? "" }, lang) || p(`pair_${verdict}`);
  const tone = pair.state === "waiting" ? "wait" : pair.state === "failed" ? "recheck" : verdict;
  return (
    <section className={`pair-verdict ${tone}`} aria-label={p("pairTitle")}>
      <p className="strong" role="status">
        <Icon name={tone === "good" ? "check" : tone === "wait" ? "clock" : "warn"} /> {word}
      </p>
      {pair.state === "done" && (
        <dl className="scores">
          <Score text={w("scoreScene")} share={pair.same_scene} />
          <Score text={w("scoreContext")} share={pair.context} threshold={evidence.threshold} />
          <Score text={w("scoreChanged")} share={pair.changed} />
        </dl>
      )}
      <div className="row">
        <span className="soft grow">
          {w("pairHint")}
          {pair.box?.by && ` ${p(pair.box.by === "person" ? "boxPerson" : "boxProposed")}`}
        </span>
        {mayMark && (
          <Button
            text={p(pair.box?.by === "person" ? "boxAgain" : "boxMark")} icon="compare"
            run={() => setMarking(true)}
          />
        )}
      </div>
      {isMarking && <BoxDialog pair={pair} place={place} onClose={() => setMarking(false)} />}
    </section>
  );
}

interface ScoreProps {
  text: string;
  share: number | undefined;
  threshold?: number;
}
function Score({ text, share, threshold }: ScoreProps) {
  const { w } = useWork();
  const isLow = threshold !== undefined && (share ?? 0) < threshold;
  return (
    <div className={isLow ? "low" : undefined}>
      <dt>{text}</dt>
      <dd className="num">
        {percent(share)} %
        {threshold !== undefined && (
          <span className="soft"> {w("scoreLeast", { n: percent(threshold) })}</span>
        )}
      </dd>
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect className="room" width="100" height="6" />
        <rect className="fill" width={percent(share)} height="6" />
        {threshold !== undefined && (
          <rect className="mark" x={percent(threshold) - 0.4} width="0.8" height="6" />
        )}
      </svg>
    </div>
  );
}

interface TilesProps {
  place: Place;
  photos: PhotoItem[];
  evidence: Evidence | undefined;
  label: string;
  chosen?: string;
  isLarge?: boolean;
  onPick: ((sha256: string) => void) | undefined;
}
function Tiles({ place, photos, evidence, label, chosen, isLarge = false, onPick }: TilesProps) {
  const { t } = useWork();
  const [open, setOpen] = useState<PhotoItem | null>(null);
  if (photos.length === 0) return null;
  return (
    <ul className={`photo-list${isLarge && photos.length === 1 ? " large" : ""}`}>
      {photos.map((photo, at) => {
        const judged = badgeOf(evidence, photo.sha256);
        return (
          <li key={photo.sha256} className={photo.sha256 === chosen && onPick ? "chosen" : ""}>
            <button
              type="button" className="tile" onClick={() => setOpen(photo)}
              onFocus={() => onPick?.(photo.sha256)}
              aria-label={`${label} ${t("photoOf", { n: at + 1 })}: ${t("photoOpen")}`}
            >
              <Picture place={place} photo={photo} judged={judged} isLarge={isLarge} />
              <span className="tile-tag">{label}</span>
            </button>
            {judged && <Findings judged={judged} />}
          </li>
        );
      })}
      {open && (
        <Dialog title={label} onClose={() => setOpen(null)} isWide>
          <Whole place={place} photo={open} judged={badgeOf(evidence, open.sha256)} label={label} />
        </Dialog>
      )}
    </ul>
  );
}

interface PictureProps {
  place: Place;
  photo: PhotoItem;
  judged: PhotoEvidence | null;
}
function Picture({ place, photo, judged, isLarge }: PictureProps & { isLarge: boolean }) {
  if (judged?.badge === "pending") return <span className="tile-blank"><Icon name="clock" /></span>;
  if (isFilmName(photo.name)) return <span className="tile-blank"><Icon name="eye" /></span>;
  const url = isLarge ? fileUrl(place.form, place.id, photo.sha256)
    : thumbUrl(place.form, place.id, photo.sha256);
  return <img src={url} alt="" loading="lazy" />;
}

// Badge and reasons stand beside the photo: nobody has to look for them.
function Findings({ judged }: { judged: PhotoEvidence }) {
  const { w, lang } = useWork();
  const { p } = useLoopText();
  return (
    <div className="photo-findings">
      <EvidenceMark colour={judged.badge} isLong />
      <ul>
        {judged.reasons.length === 0 && judged.badge === "green" && <li>{p("badgeNone")}</li>}
        {judged.reasons.map((reason) => (
          <li key={reason.code} className={reason.level}>{localText(reason, lang)}</li>
        ))}
        {judged.reused?.map((one) => (
          <li key={`${one.id}/${one.sha256}`}>
            <a href={`#/case/${one.form}/${one.id}`}>
              {w("reusedIn", { number: one.number })}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Whole({ place, photo, judged, label }: PictureProps & { label: string }) {
  const { w } = useWork();
  const { p } = useLoopText();
  const url = fileUrl(place.form, place.id, photo.sha256);
  const source = `source_${judged?.source ?? ""}`;
  const facts: [string, string][] = [
    [w("takenAt"), dateTime(judged?.taken_at ?? photo.taken_at)],
    [w("receivedAt"), dateTime(judged?.received_at)],
    [w("takenBy"), judged?.person_name ?? ""],
    [w("takenWith"), source in workText.zh ? w(source as WorkKey) : ""],
    [w("takenWhere"), judged?.position ? stampPosition(judged.position) : ""],
    [w("device"), judged?.device ?? ""],
    ["SHA-256", shortHash(photo.sha256)],
  ];
  const isPending = judged?.badge === "pending";
  return (
    <div className="photo-whole">
      <figure className="photo-view">
        {isPending ? <p className="soft">{p("photosComing", { done: 0, all: 1 })}</p>
          : isFilmName(photo.name) ? <video src={url} controls aria-label={label} />
            : <img src={url} alt={label} />}
      </figure>
      <div className="stack">
        {judged && <Findings judged={judged} />}
        <dl className="facts">
          {facts.filter(([, text]) => text && text !== "—").map(([name, text]) => (
            <div key={name}><dt>{name}</dt><dd className="num">{text}</dd></div>
          ))}
        </dl>
        <p className="soft">{p("badgeHint")}</p>
      </div>
    </div>
  );
}
