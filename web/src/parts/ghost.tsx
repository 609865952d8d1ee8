// The camera with the photo from before laid over it at half strength: the repairer finds the same
// place to stand. An aid only; the plain camera button gives the same kind of photo.
import { useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { useText } from "../text/index.ts";
import { Button } from "./button.tsx";
import { useTrap } from "./dialog.tsx";

interface GhostProps {
  url: string;
  onShot: (file: Blob) => void;
  onClose: () => void;
}

function useCamera() {
  const video = useRef<HTMLVideoElement>(null);
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    let stream: MediaStream | null = null;
    let isOver = false;
    const begin = async () => {
      try {
        const wish = { video: { facingMode: "environment", width: { ideal: 1920 } } };
        stream = await navigator.mediaDevices.getUserMedia(wish);
        if (isOver) stream.getTracks().forEach((track) => track.stop());
        else if (video.current) video.current.srcObject = stream;
      } catch {
        setBroken(true);
      }
    };
    void begin();
    return () => {
      isOver = true;
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);
  return { video, isBroken };
}

export function Ghost({ url, onShot, onClose }: GhostProps) {
  const { video, isBroken } = useCamera();
  const { t } = useText();
  const box = useTrap(onClose);
  const shoot = () => {
    const source = video.current;
    if (!source || source.videoWidth === 0) return;
    const canvas = document.createElement("canvas");
    canvas.width = source.videoWidth;
    canvas.height = source.videoHeight;
    canvas.getContext("2d")?.drawImage(source, 0, 0);
    canvas.toBlob((blob) => {
      if (blob) onShot(blob);
      onClose();
    }, "image/jpeg", 0.92);
  };
  return createPortal(
    <div
      className="ghost" ref={box} role="dialog" aria-modal="true" tabIndex={-1}
      aria-label={t("photoGhost")}
    >
      <div className="ghost-view">
        <video ref={video} autoPlay playsInline muted />
        <img src={url} alt="" />
      </div>
      <p>{t(isBroken ? "photoNoCamera" : "photoGhostHint")}</p>
      <div className="ghost-actions">
        <Button text={t("cancel")} run={onClose} />
        <Button
          text={t("photoGhostShoot")} icon="camera" kind="main" isOff={isBroken} run={shoot}
        />
      </div>
    </div>,
    document.body,
  );
}
