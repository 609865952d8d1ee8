// What surrounds every page: the mark, the switches, the banner of a lost link.
import { lazy, Suspense, useEffect } from "react";
import { useNow } from "../data/clock.ts";
import { span } from "../data/format.ts";
import { isLost } from "../data/heart.ts";
import { useLink } from "../data/live.ts";
import { pickTheme, usePrefs } from "../data/prefs.ts";
import { ask, switchLanguage, useSession, type Session } from "../data/session.ts";
import { useTrouble } from "../data/trouble.ts";
import type { Trouble } from "../api/types_hazard.ts";
import { useText, type TextKey } from "../text/index.ts";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";
import { Loading, Refused } from "./states.tsx";

export function Mark({ isLarge = false }: { isLarge?: boolean }) {
  const { t } = useText();
  return (
    <div className={`mark${isLarge ? " large" : ""}`}>
      <svg viewBox="0 0 64 64" aria-hidden="true">
        <path className="shield" d="M32 3 58 12v19c0 15-11 25-26 30C17 56 6 46 6 31V12z" />
        <path className="wave" d="M13 33c6 0 6-5 12.5-5s6.5 5 13 5 6.5-5 12.5-5" />
        <path className="wave low" d="M16 45c5 0 5.5-4 11-4s5.5 4 10.5 4 5.5-4 10.5-4" />
      </svg>
      <div>
        <p className="mark-name">{t("product")}</p>
        {isLarge && <p className="mark-line">{t("productLine")}</p>}
      </div>
    </div>
  );
}

export function LanguageButton() {
  const { t, lang } = useText();
  return (
    <Button
      text={t("languageSwitch")} kind="quiet" icon="language"
      lang={lang === "zh" ? "en" : "zh-CN"}
      run={() => switchLanguage(lang === "zh" ? "en" : "zh")}
    />
  );
}

export function ThemeButton() {
  const { t } = useText();
  const { theme } = usePrefs();
  return (
    <Button
      text={t("themeSwitch")} kind="quiet" icon="theme" isIconOnly
      run={() => pickTheme(theme === "dark" ? "light" : "dark")}
    />
  );
}

const troubles: Record<Exclude<Trouble, "">, TextKey> = {
  disk_full: "troubleDisk", read_only: "troubleReadOnly", store_lost: "troubleStore",
  clock_stepped: "troubleClock",
};
// What is wrong with the server itself, on every page until it is over.
export function TroubleBanner() {
  const code = useTrouble();
  const { t } = useText();
  if (!code) return null;
  return (
    <div className="banner bad trouble" role="alert">
      <Icon name="warn" />
      <span>{t(troubles[code])}</span>
    </div>
  );
}

// Whoever looks with a person's eyes is told so on every page.
const ViewBanner = lazy(() => import("./view_banner.tsx"));
function Viewing() {
  const now = useSession();
  if (now.kind !== "person" || !now.me.viewer) return null;
  return <Suspense fallback={null}><ViewBanner me={now.me} /></Suspense>;
}

export function LinkBanner() {
  const link = useLink();
  const { t, texts } = useText();
  useNow();
  const now = Date.now();
  const lost_ms = now - link.since;
  return (
    <>
      <TroubleBanner />
      <Viewing />
      {isLost(link.state, link.since, now) && (
        <div className="banner bad" role="alert">
          <Icon name="link" />
          <span className="num">{t("linkLost", { span: span(lost_ms, texts) })}</span>
        </div>
      )}
    </>
  );
}

export function LinkChip() {
  const link = useLink();
  const { t } = useText();
  useNow();
  const text = t(link.state === "up" ? "linkUp" : link.state === "down" ? "linkDown" : "linkIdle");
  return (
    <span className={`link-chip ${link.state}`}>
      <i aria-hidden="true" />
      <span>{text}</span>
    </span>
  );
}

export function useTitle(title: string): void {
  const { t } = useText();
  useEffect(() => {
    document.title = `${title} · ${t("product")}`;
  }, [title, t]);
}

// Until the server has said who is here.
export function Gate({ session }: { session: Session & { kind: "unknown" } }) {
  const { t } = useText();
  return (
    <main className="login" id="main">
      <Mark isLarge />
      <h1 className="unseen">{t("starting")}</h1>
      {session.refusal
        ? <Refused refusal={session.refusal} retry={() => void ask()} />
        : <Loading />}
    </main>
  );
}
