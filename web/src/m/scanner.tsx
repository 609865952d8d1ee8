// Scanning the label of a place. The code says only which place it is; what stands in it is shown
// and can be changed. Where nothing here can read codes, it says so and names the other way.
import { useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { codeIn, readerOf } from "../data/scan.ts";
import { useLoopText } from "../text/loop.ts";
import { Button } from "../parts/button.tsx";
import { useTrap } from "../parts/dialog.tsx";
import { buzz } from "../parts/siren.ts";

interface ScannerProps {
  // Whether the code is one of this plant.
  onCode: (code: string) => boolean;
  onClose: () => void;
}
type State = "looking" | "broken" | "foreign";
const look_ms = 180;

function useScan({ onCode, onClose }: ScannerProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<State>("looking");
  useEffect(() => {
    let stream: MediaStream | null = null;
    let isOver = false;
    const take = (text: string) => {
      const code = codeIn(text);
      if (!code || !onCode(code)) return setState("foreign");
      buzz([60]);
      onClose();
    };
    const begin = async () => {
      try {
        const read = await readerOf();
        const wish = { video: { facingMode: "environment", width: { ideal: 1280 } } };
        stream = await navigator.mediaDevices.getUserMedia(wish);
        if (!isOver && video.current) video.current.srcObject = stream;
        while (!isOver) {
          await new Promise((done) => setTimeout(done, look_ms));
          const seen = video.current?.videoWidth ? await read(video.current) : null;
          if (seen && !isOver) take(seen);
        }
      } catch {
        if (!isOver) setState("broken");
      }
      stream?.getTracks().forEach((track) => track.stop());
    };
    void begin();
    return () => {
      isOver = true;
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);
  return { video, state };
}

export default function Scanner(props: ScannerProps) {
  const { p, t } = useLoopText();
  const { video, state } = useScan(props);
  const box = useTrap(props.onClose);
  const words = { looking: "scanAim", broken: "scanNoCamera", foreign: "scanForeign" } as const;
  return createPortal(
    <div
      className="ghost" ref={box} role="dialog" aria-modal="true" tabIndex={-1}
      aria-label={p("scan")}
    >
      <div className="ghost-view">
        <video ref={video} autoPlay playsInline muted />
        {state !== "broken" && <span className="scan-frame" aria-hidden="true" />}
      </div>
      <p role="status">{p(words[state])}</p>
      <Button text={t("cancel")} run={props.onClose} />
    </div>,
    document.body,
  );
}
