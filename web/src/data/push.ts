// Web Push: asked for by a press, never by itself. Fails softly where a browser has none.
import * as calls from "../api/calls_response.ts";

export type PushState = "absent" | "blocked" | "off" | "on";

export function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const base64 = base64url.replace(/-/g, "+").replace(/_/g, "/");
  const text = atob(base64 + "=".repeat((4 - (base64.length % 4)) % 4));
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}
export function base64urlOf(bytes: ArrayBuffer | null): string {
  const text = String.fromCharCode(...new Uint8Array(bytes ?? new ArrayBuffer(0)));
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

export const scope = "/m/";

async function registration(): Promise<ServiceWorkerRegistration | null> {
  if (!("serviceWorker" in navigator) || !("PushManager" in window)) return null;
  if (!("Notification" in window)) return null;
  return (await navigator.serviceWorker.getRegistration(scope)) ?? null;
}

export async function pushState(): Promise<PushState> {
  const worker = await registration().catch(() => null);
  if (!worker) return "absent";
  if (Notification.permission === "denied") return "blocked";
  const subscription = await worker.pushManager.getSubscription().catch(() => null);
  return subscription && Notification.permission === "granted" ? "on" : "off";
}

export async function turnPushOn(): Promise<PushState> {
  const worker = await registration();
  if (!worker) return "absent";
  if ((await Notification.requestPermission()) !== "granted") return pushState();
  const { key } = await calls.pushKey();
  const subscription = await worker.pushManager.subscribe({
    userVisibleOnly: true, applicationServerKey: bytesOf(key),
  });
  await calls.subscribePush({
    endpoint: subscription.endpoint, p256dh: base64urlOf(subscription.getKey("p256dh")),
    auth: base64urlOf(subscription.getKey("auth")),
  });
  return "on";
}

export async function turnPushOff(): Promise<PushState> {
  const worker = await registration();
  await (await worker?.pushManager.getSubscription())?.unsubscribe();
  await calls.unsubscribePush();
  return pushState();
}
