// Who is here. "unknown" until the server has been asked; rights decide what pages offer, never
// what is allowed: the server refuses by itself.
import * as calls from "../api/calls.ts";
import { asRefusal, connectClient, type Refusal } from "../api/client.ts";
import type { Language, Me, NextStep } from "../api/types.ts";
import { noteServerTime } from "./clock.ts";
import { language, pickLanguage, prefs } from "./prefs.ts";
import { forgetAll } from "./query.ts";
import { createStore, useStore } from "./store.ts";
import { noteTrouble } from "./trouble.ts";

export type Session =
  | { kind: "unknown"; refusal?: Refusal }
  | { kind: "empty" }
  | { kind: "nobody"; wasThere: boolean }
  | { kind: "person"; me: Me };

export const session = createStore<Session>({ kind: "unknown" });
export const useSession = (): Session => useStore(session);

export function useMe(): Me {
  const now = useSession();
  if (now.kind !== "person") throw new Error("this page is for somebody who is logged in");
  return now.me;
}
export const may = (me: Me, form: string, right: string): boolean =>
  me.rights[form]?.includes(right) ?? false;

function welcome(me: Me, chosen?: Language): void {
  if (chosen && chosen !== me.language) void calls.setLanguage(chosen).catch(() => {});
  else pickLanguage(me.language);
  session.set({ kind: "person", me });
}

export async function start(): Promise<void> {
  connectClient({
    language, onServerTime: noteServerTime, onTrouble: noteTrouble,
    onLoggedOut: () => {
      const isHere = session.get().kind === "person";
      if (isHere) {
        forgetAll();
        session.set({ kind: "nobody", wasThere: true });
      }
    },
  });
  await ask();
}

// Quietly: the page goes on with what it has until the server has answered.
export async function ask(isQuiet = false): Promise<void> {
  if (!isQuiet) session.set({ kind: "unknown" });
  try {
    const health = await calls.health();
    if (health.empty) return session.set({ kind: "empty" });
    welcome(await calls.me());
  } catch (reason) {
    const refusal = asRefusal(reason);
    if (refusal.code === "not_logged_in") session.set({ kind: "nobody", wasThere: false });
    else session.set({ kind: "unknown", refusal });
  }
}

// What is still wanted, where the password alone does not do.
export async function logIn(
  name: string, password: string, client: "m" | "desk",
): Promise<NextStep | undefined> {
  forgetAll();
  const answer = await calls.login(name, password, client);
  if ("next" in answer) return answer.next;
  welcome(answer, language());
  return undefined;
}
export const welcomeBack = (me: Me): void => welcome(me, language());
export async function logOut(): Promise<void> {
  const { next } = await calls.logout();
  forgetAll();
  session.set({ kind: "nobody", wasThere: false });
  // The provider's own session ends at the provider.
  if (next) location.assign(next);
}
export async function changePassword(before: string, after: string): Promise<void> {
  session.set({ kind: "person", me: await calls.changePassword(before, after) });
}
export async function setUp(body: calls.SetUp): Promise<void> {
  const answer = await calls.setUp(body);
  if ("next" in answer) session.set({ kind: "nobody", wasThere: false });
  else welcome(answer, language());
}
export function switchLanguage(next: Language): void {
  if (prefs.get().language === next) return;
  pickLanguage(next);
  if (session.get().kind === "person") void calls.setLanguage(next).catch(() => {});
}
