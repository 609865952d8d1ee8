// Before and after: with a slider, side by side, or laid over each other where the server found how
// the one lies on the other. The box around the hazard is drawn on both.
import { useState } from "react";
import { fileUrl } from "../api/calls.ts";
import type { Box, PairEvidence } from "../api/types_hazard.ts";
import { isUsable, mappedBack, matrixOf } from "../data/desk_compare.ts";
import { useSize } from "../data/desk_size.ts";
import { useWork } from "../text/desk_work.ts";

export interface Place {
  form: string;
  id: string;
}
type Mode = "slider" | "beside" | "over";
interface CompareProps {
  place: Place;
  before: string;
  after: string;
  pair: PairEvidence | null;
}

export function CaseCompare({ place, before, after, pair }: CompareProps) {
  const { w } = useWork();
  const canLay = isUsable(pair?.registration);
  const [mode, setMode] = useState<Mode>("slider");
  const [share, setShare] = useState(50);
  const [ratio, setRatio] = useState(4 / 3);
  const modes: Mode[] = ["slider", "beside", "over"];
  const urls = { before: fileUrl(place.form, place.id, before),
    after: fileUrl(place.form, place.id, after) };
  const look = { urls, ratio, setRatio, box: pair?.box ?? null, share,
    registration: canLay ? pair?.registration ?? null : null };
  return (
    <div className="compare case-compare">
      <div className="tab-row" role="group" aria-label={w("compareHow")}>
        {modes.map((one) => (
          <button
            key={one} type="button" className="chip" aria-pressed={mode === one}
            onClick={() => setMode(one)}
          >{w(`compare_${one}`)}</button>
        ))}
        {canLay && mode !== "beside" && <span className="soft">{w("compareLaid")}</span>}
      </div>
      {mode === "beside" ? <Beside {...look} /> : <Stacked {...look} isOver={mode === "over"} />}
      {mode !== "beside" && (
        <label className="compare-share">
          <span>{w(mode === "over" ? "compareFade" : "compareSlide")}</span>
          <input
            type="range" min={0} max={100} value={share}
            onChange={(event) => setShare(Number(event.target.value))}
          />
        </label>
      )}
    </div>
  );
}

interface LookProps {
  urls: { before: string; after: string };
  ratio: number;
  setRatio: (ratio: number) => void;
  box: Box | null;
  share: number;
  registration: number[] | null;
}
const part = (n: number) => `${n * 100}%`;
export function BoxMark({ box }: { box: Box | null }) {
  if (!box) return null;
  return (
    <span
      className="hazard-box" aria-hidden="true" style={{
        left: part(box.x), top: part(box.y), width: part(box.width), height: part(box.height),
      }}
    />
  );
}

// Where the box lies on the photo after, which is not taken from quite the same spot.
function BoxBack({ registration, box }: { registration: number[]; box: Box }) {
  const { x, y, width, height } = box;
  const corners = [[x, y], [x + width, y], [x + width, y + height], [x, y + height]] as const;
  const there = mappedBack(registration, corners);
  if (!there) return null;
  const points = there.map(([px, py]) => `${px * 100},${py * 100}`).join(" ");
  return (
    <svg
      className="hazard-back" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true"
    >
      <polygon points={points} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

function Stacked(props: LookProps & { isOver: boolean }) {
  const { urls, ratio, setRatio, box, share, registration, isOver } = props;
  const { t } = useWork();
  const { box: frame, size } = useSize<HTMLDivElement>();
  const matrix = matrixOf(registration, size.width, size.height);
  const cut = isOver ? { opacity: share / 100 } : { clipPath: `inset(0 0 0 ${share}%)` };
  return (
    // Never higher than the screen, and always in the shape of the photo: box and registration are
    // parts of it.
    <div
      className="laid" ref={frame}
      style={{ aspectRatio: String(ratio), maxWidth: `calc(62vh * ${ratio})` }}
    >
      <img
        src={urls.before} alt={t("casePhotosBefore")}
        onLoad={({ currentTarget }) =>
          setRatio(currentTarget.naturalWidth / Math.max(1, currentTarget.naturalHeight))}
      />
      <span className="laid-top" style={cut}>
        <img
          src={urls.after} alt={t("casePhotosAfter")}
          className={matrix ? "fitted" : undefined}
          style={matrix ? { transform: matrix } : undefined}
        />
      </span>
      <BoxMark box={box} />
      {!isOver && (
        <span className="compare-line" style={{ left: `${share}%` }} aria-hidden="true" />
      )}
      <span className="tile-tag left">{t("casePhotosBefore")}</span>
      <span className="tile-tag right">{t("casePhotosAfter")}</span>
    </div>
  );
}

function Beside({ urls, ratio, setRatio, box, registration }: LookProps) {
  const { t } = useWork();
  return (
    <div className="beside">
      <figure style={{ aspectRatio: String(ratio) }}>
        <img
          src={urls.before} alt={t("casePhotosBefore")}
          onLoad={({ currentTarget }) =>
            setRatio(currentTarget.naturalWidth / Math.max(1, currentTarget.naturalHeight))}
        />
        <BoxMark box={box} />
        <figcaption className="tile-tag">{t("casePhotosBefore")}</figcaption>
      </figure>
      <figure style={{ aspectRatio: String(ratio) }}>
        <img src={urls.after} alt={t("casePhotosAfter")} />
        {registration && box && <BoxBack registration={registration} box={box} />}
        <figcaption className="tile-tag">{t("casePhotosAfter")}</figcaption>
      </figure>
    </div>
  );
}
