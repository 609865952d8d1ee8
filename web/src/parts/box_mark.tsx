// Marking where the hazard is on the photo before: two taps, or a drag, or steps for who can do
// neither. What lies outside the box must look the same after the repair, what lies inside not.
import { useRef, useState } from "react";
import { markBox } from "../api/calls_hazard.ts";
import { fileUrl } from "../api/calls.ts";
import type { Box, PairEvidence } from "../api/types_hazard.ts";
import { boxOf, moved, placeIn, rounded } from "../data/evidence.ts";
import { refresh } from "../data/query.ts";
import { useLoopText } from "../text/loop.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { useSending } from "./sending.ts";
import { Refused } from "./states.tsx";
import { say } from "./toast.tsx";

interface MarkProps {
  pair: PairEvidence;
  place: { form: string; id: string };
  onClose: () => void;
}
type Point = [number, number];
const middle: Box = { x: 0.3, y: 0.3, width: 0.4, height: 0.4 };
const step = 0.04;
const drag_least = 0.03;

export function BoxMark({ pair, place, onClose }: MarkProps) {
  const { p, t } = useLoopText();
  const [box, setBox] = useState<Box | null>(pair.box ?? null);
  const [first, setFirst] = useState<Point | null>(null);
  const { refusal, isBusy, send } = useSending();
  const save = () => send(async () => {
    if (!box) return;
    const { before, after } = pair;
    await markBox(place.form, place.id, { before, after, ...rounded(box) });
    refresh(`record/${place.form}/${place.id}`);
    say(p("boxSaved"));
    onClose();
  });
  const actions = (
    <>
      <Button text={t("cancel")} run={onClose} />
      <Button
        text={p("boxSave")} kind="main" icon="check" isOff={!box} isBusy={isBusy}
        run={() => void save()}
      />
    </>
  );
  const url = fileUrl(place.form, place.id, pair.before);
  return (
    <Dialog title={p("boxMark")} onClose={onClose} actions={actions} isWide>
      <div className="box-mark">
        <p className="soft" role="status">{p(first ? "boxSecond" : "boxHint")}</p>
        <Picture url={url} box={box} first={first} setBox={setBox} setFirst={setFirst} />
        <Steps box={box ?? middle} change={setBox} />
        {refusal && <Refused refusal={refusal} />}
      </div>
    </Dialog>
  );
}

interface PictureProps {
  url: string;
  box: Box | null;
  first: Point | null;
  setBox: (box: Box) => void;
  setFirst: (point: Point | null) => void;
}
function Picture({ url, box, first, setBox, setFirst }: PictureProps) {
  const { t } = useLoopText();
  const image = useRef<HTMLImageElement>(null);
  const start = useRef<Point | null>(null);
  const at = (event: React.PointerEvent): Point => {
    const picture = image.current;
    if (!picture?.naturalWidth) return [0.5, 0.5];
    const size = { width: picture.naturalWidth, height: picture.naturalHeight };
    return placeIn([event.clientX, event.clientY], picture.getBoundingClientRect(), size);
  };
  const isDrag = (a: Point, b: Point) => Math.hypot(a[0] - b[0], a[1] - b[1]) > drag_least;
  const down = (event: React.PointerEvent) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    start.current = at(event);
  };
  const move = (event: React.PointerEvent) => {
    const now = at(event);
    if (start.current && isDrag(start.current, now)) setBox(boxOf(start.current, now));
  };
  const up = (event: React.PointerEvent) => {
    const from = start.current;
    start.current = null;
    if (!from) return;
    const now = at(event);
    if (isDrag(from, now)) {
      setBox(boxOf(from, now));
      setFirst(null);
    } else if (first) {
      setBox(boxOf(first, now));
      setFirst(null);
    } else setFirst(now);
  };
  const part = (n: number) => `${n * 100}%`;
  return (
    <div
      className="mark-picture" onPointerDown={down} onPointerMove={move} onPointerUp={up}
      onPointerCancel={() => {
        start.current = null;
      }}
    >
      <img ref={image} src={url} alt={t("casePhotosBefore")} draggable={false} />
      {box && (
        <span
          className="mark-box" aria-hidden="true" style={{
            left: part(box.x), top: part(box.y), width: part(box.width), height: part(box.height),
          }}
        />
      )}
      {first && (
        <span
          className="mark-point" aria-hidden="true"
          style={{ left: part(first[0]), top: part(first[1]) }}
        />
      )}
    </div>
  );
}

function Steps({ box, change }: { box: Box; change: (box: Box) => void }) {
  const { p } = useLoopText();
  return (
    <div className="mark-steps" role="group" aria-label={p("boxMove")}>
      <Button text={p("boxLeft")} run={() => change(moved(box, { x: -step }))} />
      <Button text={p("boxUp")} run={() => change(moved(box, { y: -step }))} />
      <Button text={p("boxDown")} run={() => change(moved(box, { y: step }))} />
      <Button text={p("boxRight")} run={() => change(moved(box, { x: step }))} />
      <Button text={p("boxSmaller")} run={() => change(moved(box, { size: -step }))} />
      <Button text={p("boxBigger")} run={() => change(moved(box, { size: step }))} />
    </div>
  );
}
