// Registers the service worker and fetches, while there is a link, what is needed without one.
import * as calls from "../api/calls_response.ts";
import { writeLocal } from "../data/prefs.ts";
import { scope } from "../data/push.ts";

const later_ms = 3000;

async function fetchAhead(): Promise<void> {
  await Promise.all([import("./way.tsx"), import("./sos.tsx"), import("./permits.tsx")]);
  const { plan } = await calls.plan();
  writeLocal("anlan.plan", plan);
}

let isStarted = false;
export function startWorker(): void {
  if (isStarted) return;
  isStarted = true;
  setTimeout(() => {
    void fetchAhead().catch(() => {});
    if (!("serviceWorker" in navigator) || !isSecureContext) return;
    void navigator.serviceWorker.register("/sw.js", { scope }).catch(() => {});
    navigator.serviceWorker.addEventListener("message", ({ data }) => {
      const hash = (data as { open?: unknown } | null)?.open;
      if (typeof hash === "string" && hash.startsWith("#/")) location.hash = hash;
    });
  }, later_ms);
}
