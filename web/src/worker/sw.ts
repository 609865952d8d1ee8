// The service worker of the phone: wakes it with urgent messages and opens its pages without a
// link. It knows nothing of people and records; what they hold lives in the page.
import { isHeavy, readPush, shellFiles, wayOf, type Manifest } from "./shell.ts";

interface Extendable extends Event {
  waitUntil: (work: Promise<unknown>) => void;
}
interface FetchEvent extends Extendable {
  request: Request;
  respondWith: (answer: Promise<Response>) => void;
}
interface PushEvent extends Extendable {
  data: { text: () => string } | null;
}
interface ClickEvent extends Extendable {
  notification: Notification;
}
interface Pages {
  claim: () => Promise<void>;
  matchAll: (wish: object) => Promise<Page[]>;
  openWindow: (url: string) => Promise<unknown>;
}
interface Page {
  url: string;
  visibilityState: string;
  focus: () => Promise<unknown>;
  postMessage: (message: unknown) => void;
}
interface Worker {
  location: Location;
  clients: Pages;
  registration: ServiceWorkerRegistration;
  skipWaiting: () => Promise<void>;
  addEventListener: <T>(kind: string, run: (event: T) => void) => void;
}
const worker = globalThis as unknown as Worker;

const box = "anlan-shell-1";
const home = "/m/";
const patience_ms = 3000;
const origin = worker.location.origin;

// The page and all its parts; parts of an older build go when the new ones are there.
async function keepShell(page: Response): Promise<void> {
  const answer = await fetch("/manifest.json", { cache: "no-cache" });
  const manifest = (await answer.json()) as Manifest;
  const wanted = [...shellFiles(manifest), "/icon.svg"];
  const all = JSON.stringify(manifest);
  const isCurrent = (path: string) => isHeavy(path) && all.includes(path.slice(1));
  const cache = await caches.open(box);
  const kept = (await cache.keys()).map((request) => new URL(request.url).pathname);
  await cache.addAll(wanted.filter((path) => !kept.includes(path)));
  await cache.put(home, page);
  for (const path of kept) {
    if (path !== home && !wanted.includes(path) && !isCurrent(path)) await cache.delete(path);
  }
}

async function freshPage(event: FetchEvent): Promise<Response> {
  const page = await fetch(event.request);
  if (page.ok) event.waitUntil(keepShell(page.clone()).catch(() => {}));
  return page;
}

async function openPage(event: FetchEvent): Promise<Response> {
  const kept = await (await caches.open(box)).match(home);
  const fresh = freshPage(event);
  if (!kept) return fresh;
  const late = new Promise<Response>((done) => setTimeout(() => done(kept), patience_ms));
  return Promise.race([fresh.catch(() => kept), late]);
}

async function asset(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const cache = await caches.open(box);
  const kept = await cache.match(pathname);
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok && isHeavy(pathname)) await cache.put(pathname, fresh.clone());
  return fresh;
}

worker.addEventListener<Extendable>("install", (event) => {
  const first = async () => {
    await keepShell(await fetch(home, { cache: "no-cache" }));
    await worker.skipWaiting();
  };
  event.waitUntil(first());
});

worker.addEventListener<Extendable>("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("anlan-shell-") && name !== box) await caches.delete(name);
    }
    await worker.clients.claim();
  };
  event.waitUntil(tidy());
});

worker.addEventListener<FetchEvent>("fetch", (event) => {
  const { method, mode, url } = event.request;
  const way = wayOf(method, mode, url, origin);
  if (way === "page") event.respondWith(openPage(event));
  else if (way === "asset") event.respondWith(asset(event.request));
});

// It came, whether or not somebody looks: told at once, with the session of this phone.
async function tellDelivered(id: string): Promise<void> {
  if (!id) return;
  await fetch(`/api/notices/${encodeURIComponent(id)}/delivered`, {
    method: "POST", body: "{}", credentials: "same-origin", headers: {
      "X-Anlan": "1", "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID(),
    },
  });
}

worker.addEventListener<PushEvent>("push", (event) => {
  const push = readPush(event.data?.text() ?? "", origin);
  const wish = {
    body: push.text, tag: push.tag || push.id, renotify: (push.tag || push.id) !== "",
    requireInteraction: true, icon: "/icon.svg", vibrate: [500, 150, 500, 150, 800],
    data: { url: push.url },
  };
  event.waitUntil(Promise.all([
    worker.registration.showNotification(push.title, wish), tellDelivered(push.id).catch(() => {}),
  ]));
});

worker.addEventListener<ClickEvent>("notificationclick", (event) => {
  event.notification.close();
  const url = String((event.notification.data as { url?: unknown } | null)?.url ?? home);
  const show = async () => {
    const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
    const page = pages.find((one) => new URL(one.url).pathname.startsWith(home));
    if (!page) return worker.clients.openWindow(url);
    page.postMessage({ open: new URL(url, origin).hash });
    return page.focus();
  };
  event.waitUntil(show());
});
