// Photos on their way: taken, stamped, uploading, there. One list per place that collects photos.
// Of a task they go up as soon as they are taken, since it ends only when they are there; of a
// report nothing leaves the phone before it is handed in (`isLater`): who decides to report
// without a name must not have left a trace before. Another place stamps the originals again.
import { asRefusal, type Refusal } from "../api/client.ts";
import type { PhotoItem } from "../api/types.ts";
import { dropShot, keepShot, keptBlob, keptShot, type Origin } from "./keep.ts";
import type { ToSign } from "./device.ts";
import { takingOf, type Scene } from "./photo_stamp.ts";
import {
  isPaper, isVideo, PhotoError, takePhoto, takeWhole, type PhotoTrouble, type Shot,
} from "./photos.ts";
import { createStore, type Store } from "./store.ts";
import { upload } from "./upload.ts";

export interface ShotView {
  key: string;
  url: string;
  item: PhotoItem;
  share: number;
  refusal: Refusal | null;
  origin: Origin | null;
  // A video or a paper: there is no picture of it to show.
  isWhole: boolean;
}
export interface Shots {
  list: ShotView[];
  isBusy: boolean;
  trouble: PhotoTrouble | null;
}

export interface Roll {
  store: Store<Shots>;
  isLater: boolean;
  add: (file: Blob, scene: Scene) => Promise<void>;
  remove: (key: string) => void;
  retry: (key: string) => void;
  restamp: (change: Partial<Scene>) => Promise<void>;
  restore: (items: PhotoItem[]) => Promise<void>;
  toSign: () => ToSign[];
  // Only those that were stamped without a name.
  nameless: () => PhotoItem[];
  clear: () => void;
}

const isWhole = (file: Blob): boolean => isVideo(file) || isPaper(file);
const none: Shots = { list: [], isBusy: false, trouble: null };

export const isWaiting = (shot: ShotView): boolean => shot.origin?.scene.place === "";

export function differs(scene: Scene, change: Partial<Scene>): boolean {
  return (Object.keys(change) as (keyof Scene)[]).some((name) => scene[name] !== change[name]);
}

const signable = ({ item, origin }: ShotView): ToSign =>
  ({ item, taking: origin && takingOf(origin.scene) });
const isNameless = (shot: ShotView) => shot.origin?.scene.isAnonymous === true;

async function whileBusy(store: Store<Shots>, run: () => Promise<void>): Promise<void> {
  store.set((before) => ({ ...before, isBusy: true, trouble: null }));
  let trouble: PhotoTrouble | null = null;
  try {
    await run();
  } catch (reason) {
    trouble = reason instanceof PhotoError ? reason.trouble : "not_an_image";
  }
  store.set((before) => ({ ...before, isBusy: false, trouble }));
}

export function createRoll({ isLater = false } = {}): Roll {
  const store = createStore<Shots>(none);
  const list = () => store.get().list;
  const setList = (next: ShotView[]) => store.set((before) => ({ ...before, list: next }));
  const change = (key: string, next: Partial<ShotView>) =>
    setList(list().map((shot) => (shot.key === key ? { ...shot, ...next } : shot)));
  const send = async (key: string, blob: Blob) => {
    change(key, { refusal: null });
    try {
      await upload({ sha256: key, blob }, (share) => change(key, { share }));
    } catch (reason) {
      change(key, { refusal: asRefusal(reason) });
    }
  };
  const show = ({ item, blob }: Shot, origin: Origin | null, instead?: string) => {
    const key = item.sha256;
    if (list().some((shot) => shot.key === key)) return;
    const url = URL.createObjectURL(blob);
    const shot: ShotView = {
      key, url, item, share: 0, refusal: null, origin, isWhole: isWhole(blob),
    };
    const others = list();
    setList(instead ? others.map((one) => (one.key === instead ? shot : one)) : [...others, shot]);
    if (!isLater && !isWaiting(shot)) void send(key, blob);
  };
  const busily = (run: () => Promise<void>) => whileBusy(store, run);
  const stamp = async (origin: Origin, count: number, instead?: string) => {
    const take = isWhole(origin.file) ? takeWhole : takePhoto;
    const shot = await take(origin.file, origin.scene, count);
    await keepShot({ id: shot.item.sha256, blob: shot.blob, origin });
    show(shot, origin, instead);
    if (instead && instead !== shot.item.sha256) dropShot(instead);
  };
  return {
    store, isLater,
    add: (file, scene) => busily(() => stamp({ file, scene }, list().length + 1)),
    restamp: (wish) => busily(async () => {
      for (const [at, shot] of list().entries()) {
        if (!shot.origin || !differs(shot.origin.scene, wish)) continue;
        const { file, scene } = shot.origin;
        await stamp({ file, scene: { ...scene, ...wish } }, at + 1, shot.key);
      }
    }),
    remove: (key) => {
      setList(list().filter((shot) => shot.key !== key));
      dropShot(key);
    },
    retry: (key) => void keptBlob(key).then((blob) => blob && send(key, blob)),
    restore: async (items) => {
      for (const item of items) {
        const kept = await keptShot(item.sha256);
        if (kept) show({ item, blob: kept.blob }, kept.origin);
      }
    },
    toSign: () => list().map(signable),
    nameless: () => list().filter(isNameless).map(({ item }) => item),
    clear: () => store.set(none),
  };
}
