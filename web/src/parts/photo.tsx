// Photos: tiles, full screen, and before beside after.
import { useState } from "react";
import { fileUrl } from "../api/calls.ts";
import type { PhotoItem } from "../api/types.ts";
import { dateTime } from "../data/format.ts";
import { shortHash } from "../data/photo_stamp.ts";
import { useText } from "../text/index.ts";
import { isFilmName } from "../data/records.ts";
import { Dialog } from "./dialog.tsx";
import { Icon } from "./icon.tsx";

export interface PhotoPlace {
  form: string;
  id: string;
}

interface TilesProps {
  place: PhotoPlace;
  photos: PhotoItem[];
  label: string;
  isAlone?: boolean;
}
export function PhotoTiles({ place, photos, label, isAlone = false }: TilesProps) {
  const [open, setOpen] = useState<PhotoItem | null>(null);
  const { t } = useText();
  return (
    <div className={`tiles${isAlone && photos.length === 1 ? " single" : ""}`}>
      {photos.map((photo, at) => (
        <button
          key={photo.sha256} type="button" className="tile" onClick={() => setOpen(photo)}
          aria-label={`${label} ${t("photoOf", { n: at + 1 })}: ${t("photoOpen")}`}
        >
          {isFilmName(photo.name)
            ? <span className="tile-blank"><Icon name="eye" /></span>
            : <img src={fileUrl(place.form, place.id, photo.sha256)} alt="" loading="lazy" />}
          <span className="tile-tag">{label}</span>
        </button>
      ))}
      {open && <PhotoView place={place} photo={open} label={label} onClose={() => setOpen(null)} />}
    </div>
  );
}

interface ViewProps {
  place: PhotoPlace;
  photo: PhotoItem;
  label: string;
  onClose: () => void;
}
function PhotoView({ place, photo, label, onClose }: ViewProps) {
  const url = fileUrl(place.form, place.id, photo.sha256);
  return (
    <Dialog title={label} onClose={onClose} isWide>
      <figure className="photo-view">
        {isFilmName(photo.name)
          ? <video src={url} controls playsInline aria-label={label} />
          : <img src={url} alt={label} />}
        <figcaption className="num">
          {photo.taken_at ? `${dateTime(photo.taken_at)} · ` : ""}
          SHA-256 {shortHash(photo.sha256)}
        </figcaption>
      </figure>
    </Dialog>
  );
}

interface CompareProps {
  place: PhotoPlace;
  before: PhotoItem;
  after: PhotoItem;
}
// The slider is a plain range input, so that keyboards and screen readers move it too.
export function Compare({ place, before, after }: CompareProps) {
  const [share, setShare] = useState(50);
  const { t } = useText();
  const right = 100 - share;
  return (
    <div className="compare">
      <div className="compare-box">
        <img src={fileUrl(place.form, place.id, after.sha256)} alt={t("casePhotosAfter")} />
        <img
          className="over" alt={t("casePhotosBefore")}
          src={fileUrl(place.form, place.id, before.sha256)}
          style={{ clipPath: `inset(0 ${right}% 0 0)` }}
        />
        <span className="compare-line" style={{ left: `${share}%` }} aria-hidden="true" />
        <span className="tile-tag left">{t("casePhotosBefore")}</span>
        <span className="tile-tag right">{t("casePhotosAfter")}</span>
      </div>
      <input
        type="range" min={0} max={100} value={share} aria-label={t("caseCompareSlide")}
        onChange={(event) => setShare(Number(event.target.value))}
      />
    </div>
  );
}
