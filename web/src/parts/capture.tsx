// Taking photos: the camera of the phone or a file, stamped and, of a task, sent at once with its
// progress.
import { lazy, Suspense, useEffect, useId, useState } from "react";
import { serverNow, isTimeKnown } from "../data/clock.ts";
import type { Source } from "../data/manifest.ts";
import { fixAge_s, position, watchPosition } from "../data/position.ts";
import { useSession } from "../data/session.ts";
import type { PhotoTrouble } from "../data/photos.ts";
import { isWaiting, type Roll, type ShotView } from "../data/shots.ts";
import { useStore } from "../data/store.ts";
import { useText, type TextKey } from "../text/index.ts";
import { Button } from "./button.tsx";
import { held } from "./held.ts";
import { Icon } from "./icon.tsx";
import { refusalText } from "./states.tsx";

const Ghost = lazy(() => import("./ghost.tsx").then((all) => ({ default: all.Ghost })));

const troubles: Record<PhotoTrouble, TextKey> = {
  not_an_image: "photoNotImage", no_crypto: "photoNoCrypto", too_big: "photoTooBig",
};

interface CaptureProps {
  roll: Roll;
  place: string;
  count_max: number;
  label: string;
  ghostUrl?: string;
  // What was scanned at the place, and whether the person wants to stay without a name.
  code?: string;
  isAnonymous?: boolean;
  isVideo?: boolean;
  isPaper?: boolean;
}

function useAdd(props: CaptureProps) {
  const { roll, place, code = "", isAnonymous = false } = props;
  const { lang } = useText();
  const session = useSession();
  const who = session.kind === "person" ? `${session.me.name} (${session.me.login})` : "";
  return (file: Blob, source: Source) => void roll.add(file, {
    at: new Date(serverNow()), device_ms: Date.now(), isTimeKnown: isTimeKnown(),
    position: isAnonymous ? null : position(), age_s: fixAge_s(), source, code, place,
    person: isAnonymous ? "" : who, language: lang, isAnonymous,
  });
}

export function Capture(props: CaptureProps) {
  const { roll, count_max, label, ghostUrl, isAnonymous = false } = props;
  const { list, isBusy, trouble } = useStore(roll.store);
  const { t } = useText();
  const [isGhost, setGhost] = useState(false);
  useEffect(() => (isAnonymous ? undefined : watchPosition()), [isAnonymous]);
  const add = useAdd(props);
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
      {!isFull && <Sources {...props} isFirst={list.length === 0} isBusy={isBusy} add={add} />}
      {!isFull && ghostUrl && (
        <Button text={t("photoGhost")} icon="compare" run={() => setGhost(true)} />
      )}
      {isGhost && ghostUrl && (
        <Suspense fallback={null}>
          <Ghost
            url={ghostUrl} onShot={(file) => add(file, "camera")} onClose={() => setGhost(false)}
          />
        </Suspense>
      )}
    </div>
  );
}

interface SourcesProps {
  isFirst: boolean;
  isBusy: boolean;
  isVideo?: boolean;
  isPaper?: boolean;
  add: (file: Blob, source: Source) => void;
}
// Only a device that is held in the hand opens its camera here; others open a list of files.
function acceptOf({ isVideo = false, isPaper = false }: SourcesProps): string {
  const films = isVideo ? ",video/mp4,video/webm" : "";
  return `image/*${films}${isPaper ? ",application/pdf" : ""}`;
}

function Sources(props: SourcesProps) {
  const { isFirst, isBusy, isVideo = false, add } = props;
  const { t } = useText();
  const id = useId();
  const take = (source: Source) => (event: React.ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    if (file) add(file, source);
    event.target.value = "";
  };
  const camera = (kind: string) => (
    <input
      id={`${id}${kind}`} className="unseen" type="file" accept={`${kind}/*`} disabled={isBusy}
      capture="environment" onChange={take(held() ? "camera" : "unknown")}
    />
  );
  return (
    <div className={`sources${isFirst ? " first" : ""}`}>
      {camera("image")}
      <label htmlFor={`${id}image`} className={isFirst ? "shutter" : "button plain"}>
        <Icon name="camera" />
        <span>{t(isFirst ? "photoTake" : "photoMore")}</span>
      </label>
      {isVideo && camera("video")}
      {isVideo && (
        <label htmlFor={`${id}video`} className="button plain">
          <Icon name="eye" />
          <span>{t("videoTake")}</span>
        </label>
      )}
      <input
        id={`${id}f`} className="unseen" type="file" onChange={take("gallery")} disabled={isBusy}
        accept={acceptOf(props)}
      />
      <label htmlFor={`${id}f`} className="button plain">
        <Icon name="file" />
        <span>{t("photoFile")}</span>
      </label>
    </div>
  );
}

function wordOf(shot: ShotView, roll: Roll): [TextKey, number] {
  const percent = Math.floor(shot.share * 100);
  if (roll.isLater) return ["photoKept", percent];
  if (isWaiting(shot)) return ["photoWaiting", percent];
  return [shot.share >= 1 ? "photoSent" : "photoSending", percent];
}

function ShotTile({ shot, roll }: { shot: ShotView; roll: Roll }) {
  const { t, texts } = useText();
  const [word, percent] = wordOf(shot, roll);
  const isThere = word === "photoSent" || word === "photoKept";
  return (
    <figure className="shot">
      {shot.isWhole
        ? (
          <p className="shot-video">
            <Icon name={shot.item.name.endsWith("pdf") ? "file" : "eye"} />{shot.item.name}
          </p>
        )
        : <img src={shot.url} alt={shot.item.name} />}
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
          <span className={`sent${isThere ? " whole" : ""}`} role="status">
            {isThere && <Icon name="check" />}
            {t(word, { n: percent })}
          </span>
        )}
        <Button
          text={t("photoRemove")} icon="trash" kind="quiet" isIconOnly
          run={() => roll.remove(shot.key)}
        />
      </figcaption>
      {word === "photoSending" && !shot.refusal && (
        <progress max={100} value={percent} aria-label={t("photoSending", { n: percent })} />
      )}
    </figure>
  );
}
