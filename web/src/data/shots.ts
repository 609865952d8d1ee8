// Photos on their way: taken, stamped, uploading, there. One list per place that collects photos;
// the upload starts as soon as the place to be stamped is known, so that submitting has little left
// to wait for. Choosing another place stamps the originals again.
import { asRefusal, type Refusal } from "../api/client.ts";
import type { PhotoItem } from "../api/types.ts";
import { keepBlob, keptBlob } from "./keep.ts";
import type { Scene } from "./photo_stamp.ts";
import { PhotoError, takePhoto, type PhotoTrouble, type Shot } from "./photos.ts";
import { createStore, type Store } from "./store.ts";
import { upload } from "./upload.ts";

export interface ShotView {
  key: string;
  url: string;
  item: PhotoItem;
  share: number;
  refusal: Refusal | null;
  origin: Origin | null;
}
interface Origin {
  file: Blob;
  scene: Scene;
}
export interface Shots {
  list: ShotView[];
  isBusy: boolean;
  trouble: PhotoTrouble | null;
}

export interface Roll {
  store: Store<Shots>;
  add: (file: Blob, scene: Scene) => Promise<void>;
  remove: (key: string) => void;
  retry: (key: string) => void;
  restamp: (place: string) => Promise<void>;
  restore: (items: PhotoItem[]) => Promise<void>;
  clear: () => void;
}

const none: Shots = { list: [], isBusy: false, trouble: null };

export const isWaiting = (shot: ShotView): boolean => shot.origin?.scene.place === "";

export function createRoll(): Roll {
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
    const shot: ShotView = { key, url, item, share: 0, refusal: null, origin };
    const others = list();
    setList(instead ? others.map((one) => (one.key === instead ? shot : one)) : [...others, shot]);
    if (!isWaiting(shot)) void send(key, blob);
  };
  const busily = async (run: () => Promise<void>) => {
    store.set((before) => ({ ...before, isBusy: true, trouble: null }));
    let trouble: PhotoTrouble | null = null;
    try {
      await run();
    } catch (reason) {
      trouble = reason instanceof PhotoError ? reason.trouble : "not_an_image";
    }
    store.set((before) => ({ ...before, isBusy: false, trouble }));
  };
  const stamp = async (origin: Origin, count: number, instead?: string) => {
    const shot = await takePhoto(origin.file, origin.scene, count);
    await keepBlob(shot.item.sha256, shot.blob);
    show(shot, origin, instead);
  };
  return {
    store,
    add: (file, scene) => busily(() => stamp({ file, scene }, list().length + 1)),
    restamp: (place) => busily(async () => {
      for (const [at, shot] of list().entries()) {
        if (!shot.origin || shot.origin.scene.place === place) continue;
        const { file, scene } = shot.origin;
        await stamp({ file, scene: { ...scene, place } }, at + 1, shot.key);
      }
    }),
    remove: (key) => setList(list().filter((shot) => shot.key !== key)),
    retry: (key) => void keptBlob(key).then((blob) => blob && send(key, blob)),
    restore: async (items) => {
      for (const item of items) {
        const blob = await keptBlob(item.sha256);
        if (blob) show({ item, blob }, null);
      }
    },
    clear: () => store.set(none),
  };
}
