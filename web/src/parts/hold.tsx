// A button that counts after it was held, with a ring that shows how long is left. Never the only
// way: the page beside it offers the same with two presses.
import { useEffect, useRef, useState } from "react";
import { noHold, pressed, released, shareHeld, ticked } from "../data/hold.ts";

interface HoldProps {
  text: string;
  holding: string;
  need_ms: number;
  run: () => void;
}

const radius = 46;
const around = 2 * Math.PI * radius;

export function HoldButton({ text, holding, need_ms, run }: HoldProps) {
  const hold = useRef(noHold);
  const frame = useRef(0);
  const [share, setShare] = useState(0);
  const step = () => {
    const now = performance.now();
    const next = ticked(hold.current, now, need_ms);
    hold.current = next.hold;
    setShare(shareHeld(next.hold, now, need_ms));
    if (next.fires) run();
    else frame.current = requestAnimationFrame(step);
  };
  const start = () => {
    if (hold.current.since !== null) return;
    hold.current = pressed(hold.current, performance.now());
    if ("vibrate" in navigator) navigator.vibrate(60);
    frame.current = requestAnimationFrame(step);
  };
  const stop = () => {
    cancelAnimationFrame(frame.current);
    hold.current = released();
    setShare(0);
  };
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  const isKey = (event: React.KeyboardEvent) => event.key === " " || event.key === "Enter";
  return (
    <button
      type="button" className={`hold${share > 0 ? " held" : ""}`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start();
      }}
      onPointerUp={stop} onPointerCancel={stop} onBlur={stop}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (!isKey(event)) return;
        event.preventDefault();
        start();
      }}
      onKeyUp={(event) => isKey(event) && stop()}
    >
      <svg viewBox="0 0 100 100" aria-hidden="true">
        <circle className="hold-rail" cx="50" cy="50" r={radius} />
        <circle
          className="hold-ring" cx="50" cy="50" r={radius} transform="rotate(-90 50 50)"
          strokeDasharray={around} strokeDashoffset={around * (1 - share)}
        />
      </svg>
      <span className="hold-word">SOS</span>
      <span>{share > 0 ? holding : text}</span>
    </button>
  );
}
