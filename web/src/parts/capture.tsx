// Taking photos: the camera of the phone or a file, stamped and sent at once, with its progress.
import { useEffect, useId, useState } from "react";
import { serverNow, isTimeKnown } from "../data/clock.ts";
import { position, watchPosition } from "../data/position.ts";
import { useMe } from "../data/session.ts";
import type { PhotoTrouble } from "../data/photos.ts";
import { isWaiting, type Roll, type ShotView } from "../data/shots.ts";
import { useStore } from "../data/store.ts";
import { useText, type TextKey } from "../text/index.ts";
import { Button } from "./button.tsx";
import { Ghost } from "./ghost.tsx";
import { Icon } from "./icon.tsx";
import { refusalText } from "./states.tsx";

const troubles: Record<PhotoTrouble, TextKey> = {
  not_an_image: "photoNotImage", no_crypto: "photoNoCrypto", too_big: "photoTooBig",
};

interface CaptureProps {
  roll: Roll;
  place: string;
  count_max: number;
  label: string;
  ghostUrl?: string;
}

export function Capture({ roll, place, count_max, label, ghostUrl }: CaptureProps) {
  const { list, isBusy, trouble } = useStore(roll.store);
  const { t, lang } = useText();
  const me = useMe();
  const [isGhost, setGhost] = useState(false);
  useEffect(watchPosition, []);
  const add = (file: Blob) => void roll.add(file, {
    at: new Date(serverNow()), isTimeKnown: isTimeKnown(), position: position(), place,
    person: `${me.name} (${me.login})`, language: lang,
  });
  const isFull = list.length >= count_max;
  return (
    <div className="capture" role="group" aria-label={label}>
      {list.length > 0 && (
        <div className="shots">
          {list.map((shot) => <ShotTile key={shot.key} shot={shot} roll={roll} />)}
        </div>
      )}
      {isBusy && <p className="soft" role="status">{t("photoWorking")}</p>}
      {trouble && <p className="fault" role="alert"><Icon name="warn" />{t(troubles[trouble])}</p>}
      {!isFull && <Sources isFirst={list.length === 0} isBusy={isBusy} add={add} />}
      {!isFull && ghostUrl && (
        <Button text={t("photoGhost")} icon="compare" run={() => setGhost(true)} />
      )}
      {isGhost && ghostUrl && (
        <Ghost url={ghostUrl} onShot={add} onClose={() => setGhost(false)} />
      )}
    </div>
  );
}

interface SourcesProps {
  isFirst: boolean;
  isBusy: boolean;
  add: (file: Blob) => void;
}
function Sources({ isFirst, isBusy, add }: SourcesProps) {
  const { t } = useText();
  const id = useId();
  const take = (event: React.ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    if (file) add(file);
    event.target.value = "";
  };
  return (
    <div className={`sources${isFirst ? " first" : ""}`}>
      <input
        id={`${id}c`} className="unseen" type="file" accept="image/*" capture="environment"
        onChange={take} disabled={isBusy}
      />
      <label htmlFor={`${id}c`} className={isFirst ? "shutter" : "button plain"}>
        <Icon name="camera" />
        <span>{t(isFirst ? "photoTake" : "photoMore")}</span>
      </label>
      <input
        id={`${id}f`} className="unseen" type="file" accept="image/*" onChange={take}
        disabled={isBusy}
      />
      <label htmlFor={`${id}f`} className="button plain">
        <Icon name="file" />
        <span>{t("photoFile")}</span>
      </label>
    </div>
  );
}

function ShotTile({ shot, roll }: { shot: ShotView; roll: Roll }) {
  const { t, texts } = useText();
  const percent = Math.floor(shot.share * 100);
  const word = isWaiting(shot) ? t("photoWaiting")
    : shot.share >= 1 ? t("photoSent") : t("photoSending", { n: percent });
  return (
    <figure className="shot">
      <img src={shot.url} alt={shot.item.name} />
      <figcaption>
        {shot.refusal ? (
          <>
            <span className="fault" role="alert">
              <Icon name="warn" />
              {refusalText(shot.refusal, texts)}
            </span>
            <Button text={t("retry")} icon="refresh" run={() => roll.retry(shot.key)} />
          </>
        ) : (
          <span className={`sent${shot.share >= 1 ? " whole" : ""}`} role="status">
            {shot.share >= 1 && <Icon name="check" />}
            {word}
          </span>
        )}
        <Button
          text={t("photoRemove")} icon="trash" kind="quiet" isIconOnly
          run={() => roll.remove(shot.key)}
        />
      </figcaption>
      {shot.share < 1 && !shot.refusal && !isWaiting(shot) && (
        <progress max={100} value={percent} aria-label={t("photoSending", { n: percent })} />
      )}
    </figure>
  );
}
