// Who this phone belongs to, kept so that it opens without a link: somebody who has to get out, or
// calls for help, must not wait for a server. The server still decides about everything.
import type { Me } from "../api/types.ts";
import { link } from "./live.ts";
import { readLocal, writeLocal } from "./prefs.ts";
import { ask, session, type Session } from "./session.ts";

const place = "anlan.me";
const patience_ms = 800;

// null: nothing to put in the place of what the server has not said.
export function standIn(now: Session, kept: Me | null, isLate: boolean): Session | null {
  if (now.kind !== "unknown" || !kept?.id || kept.must_change_password) return null;
  const { refusal } = now;
  const isGone = refusal !== undefined && (refusal.isOffline || refusal.status >= 500);
  return isGone || (isLate && !refusal) ? { kind: "person", me: kept } : null;
}

export function keepMe(): void {
  let isStandIn = false;
  const fill = (isLate: boolean) => {
    const next = standIn(session.get(), readLocal<Me>(place), isLate);
    if (!next) return;
    isStandIn = true;
    session.set(next);
  };
  session.subscribe(() => {
    const now = session.get();
    // Looked at with a person's eyes it is not theirs.
    if (now.kind === "person" && now.me.viewer) return;
    if (now.kind === "person") writeLocal(place, now.me);
    else if (now.kind === "unknown") fill(false);
    else writeLocal(place, null);
  });
  setTimeout(() => fill(true), navigator.onLine === false ? 0 : patience_ms);
  // Once the server can be heard it is asked who is here.
  link.subscribe(() => {
    if (!isStandIn || link.get().state !== "up") return;
    isStandIn = false;
    void ask(true);
  });
}
