// The pad on which somebody signs with a finger, a pen or a mouse. Loaded with the first signature.
import { useEffect, useRef, useState, type PointerEvent } from "react";
import { drawStrokes, isSigned, pad_ratio, type Point, type Stroke } from "../data/strokes.ts";
import { useProofText } from "../text/proof.ts";
import { useText } from "../text/index.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import "../styles/proof.css";

const kept_px = 1000;  // width of the picture that is kept

function paint(canvas: HTMLCanvasElement, strokes: readonly Stroke[], width: number): void {
  canvas.width = width;
  canvas.height = width / pad_ratio;
  const paper = canvas.getContext("2d");
  if (paper) drawStrokes(paper, strokes, width);
}

function pictureOf(strokes: readonly Stroke[]): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  paint(canvas, strokes, kept_px);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function pointsOf(event: PointerEvent<HTMLCanvasElement>): Point[] {
  const box = event.currentTarget.getBoundingClientRect();
  const all = event.nativeEvent.getCoalescedEvents?.() ?? [];
  return (all.length > 0 ? all : [event]).map(({ clientX, clientY }) =>
    [(clientX - box.left) / box.width, (clientY - box.top) / box.width] as const);
}

interface Ink {
  strokes: Stroke[];
  undone: Stroke[];
}
const blank: Ink = { strokes: [], undone: [] };

function Pad({ ink, setInk }: { ink: Ink; setInk: (change: (before: Ink) => Ink) => void }) {
  const { t } = useProofText();
  const canvas = useRef<HTMLCanvasElement>(null);
  const pen = useRef<number | null>(null);
  useEffect(() => {
    const draw = () => {
      const box = canvas.current;
      if (box) paint(box, ink.strokes, Math.round(box.clientWidth * (devicePixelRatio || 1)));
    };
    draw();
    addEventListener("resize", draw);
    return () => removeEventListener("resize", draw);
  }, [ink.strokes]);
  const begin = (event: PointerEvent<HTMLCanvasElement>) => {
    // One finger signs; the palm that comes after it does not.
    if (pen.current !== null || event.button > 0) return;
    pen.current = event.pointerId;
    event.currentTarget.setPointerCapture(event.pointerId);
    const first = pointsOf(event);
    setInk(({ strokes }) => ({ strokes: [...strokes, first], undone: [] }));
  };
  const go = (event: PointerEvent<HTMLCanvasElement>) => {
    if (pen.current !== event.pointerId) return;
    const more = pointsOf(event);
    setInk(({ strokes, undone }) => {
      const last = strokes[strokes.length - 1] ?? [];
      return { strokes: [...strokes.slice(0, -1), [...last, ...more]], undone };
    });
  };
  const end = (event: PointerEvent<HTMLCanvasElement>) => {
    if (pen.current === event.pointerId) pen.current = null;
  };
  return (
    <canvas
      ref={canvas} className="sign-pad" role="img" aria-label={t("signHere")}
      onPointerDown={begin} onPointerMove={go} onPointerUp={end} onPointerCancel={end}
    />
  );
}

interface PadProps {
  onDone: (picture: Blob) => void;
  onClose: () => void;
}
export default function SignPad({ onDone, onClose }: PadProps) {
  const { t } = useProofText();
  const { t: c } = useText();
  const [ink, setInk] = useState<Ink>(blank);
  const { strokes, undone } = ink;
  const last = strokes[strokes.length - 1];
  const next = undone[undone.length - 1];
  const finish = async () => {
    const picture = await pictureOf(strokes);
    if (picture) onDone(picture);
  };
  const actions = (
    <>
      <Button text={c("cancel")} run={onClose} />
      <Button
        text={t("signDone")} icon="check" kind="main" isOff={!isSigned(strokes)}
        run={() => void finish()}
      />
    </>
  );
  return (
    <Dialog title={t("signature")} onClose={onClose} actions={actions} isWide>
      <div className="sign">
        <p className="soft">{t("signHere")}</p>
        <Pad ink={ink} setInk={setInk} />
        <div className="sign-tools">
          <Button
            text={t("signUndo")} icon="back" isOff={!last}
            run={() => setInk({
              strokes: strokes.slice(0, -1), undone: last ? [...undone, last] : undone,
            })}
          />
          <Button
            text={t("signRedo")} icon="next" isOff={!next}
            run={() => setInk({
              strokes: next ? [...strokes, next] : strokes, undone: undone.slice(0, -1),
            })}
          />
          <Button
            text={t("signClear")} icon="trash" isOff={strokes.length === 0}
            run={() => setInk(blank)}
          />
        </div>
      </div>
    </Dialog>
  );
}
