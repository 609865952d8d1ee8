// Top bar with the way to each page, the counts, the clock and the state of the link.
import { lazy, Suspense, useState, type ReactNode } from "react";
import type { Me } from "../api/types.ts";
import { seesAlarms, useAlarms } from "../data/alarms.ts";
import { useNow } from "../data/clock.ts";
import { boardForms } from "../data/desk_filter.ts";
import { answersForRules } from "../data/desk_rules.ts";
import { span, wallClock } from "../data/format.ts";
import { isLost } from "../data/heart.ts";
import { useLink } from "../data/live.ts";
import { localText } from "../data/prefs.ts";
import { useNotices, useTasks } from "../data/records.ts";
import { useRoute } from "../data/route.ts";
import { logOut, may, useMe } from "../data/session.ts";
import { Button, ButtonLink } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";
import { PasswordForm } from "../parts/login.tsx";
import { LanguageButton, LinkBanner, Mark, ThemeButton } from "../parts/shell.tsx";
import { deskText, useSeat, type DeskKey, type SeatKey } from "../text/desk.ts";
import { useDesk } from "./control_parts.tsx";
import { useUnitName } from "./unit_name.ts";

const AlarmBar = lazy(() => import("./alarm_bar.tsx"));
const Looks = lazy(() => import("./looks.tsx"));
const FactorPanel = lazy(() => import("../parts/factor_panel.tsx"));

interface Place {
  to: string;
  icon: IconName;
  text: DeskKey | SeatKey;
  isFor: (me: ReturnType<typeof useMe>) => boolean;
}
const places: Place[] = [
  { to: "", icon: "place", text: "navOverview", isFor: seesAlarms },
  { to: "alarms", icon: "warn", text: "navAlarms", isFor: seesAlarms },
  { to: "trends", icon: "compare", text: "navTrends", isFor: seesAlarms },
  { to: "responses", icon: "shield", text: "navResponses", isFor: seesAlarms },
  { to: "permits", icon: "file", text: "navPermits", isFor: (me) => may(me, "permit", "list") },
  { to: "", icon: "place", text: "navBoard", isFor: (me) =>
    !seesAlarms(me) && may(me, "hazard", "list") },
  { to: "hazards", icon: "board", text: "navHazards", isFor: (me) =>
    boardForms.some((form) => may(me, form, "list")) },
  { to: "figures", icon: "file", text: "navFigures", isFor: (me) =>
    may(me, "hazard", "aggregate") },
  { to: "duty", icon: "clock", text: "navDuty", isFor: (me) => may(me, "duty", "list") },
  { to: "tasks", icon: "tasks", text: "navTasks", isFor: () => true },
  { to: "notices", icon: "bell", text: "navNotices", isFor: () => true },
  { to: "people", icon: "people", text: "navPeople", isFor: (me) =>
    may(me, "people", "administer") },
  { to: "policy", icon: "shield", text: "navPolicy", isFor: (me) =>
    may(me, "people", "administer") },
  { to: "models", icon: "board", text: "navModels", isFor: answersForRules },
  { to: "master", icon: "master", text: "navMaster", isFor: (me) =>
    may(me, "people", "administer") },
  { to: "labels", icon: "qr", text: "navLabels", isFor: (me) => may(me, "area", "list") },
  { to: "ledger", icon: "upload", text: "navLedger", isFor: (me) =>
    may(me, "setup", "administer") },
  { to: "sources", icon: "link", text: "tab_sources", isFor: (me) =>
    may(me, "setup", "administer") },
  { to: "system", icon: "shield", text: "navSystem", isFor: (me) =>
    may(me, "setup", "administer") },
];
// Pages that are reached from another one.
const within: Record<string, string> = {
  list: "hazards", device: "alarms", lists: "alarms", tags: "trends",
};
const caseWithin = (form: string): string =>
  boardForms.includes(form) ? "hazards" : ["permit", "goods_move"].includes(form) ? "permits" : "";

export function Frame({ children }: { children: ReactNode }) {
  const { t } = useSeat();
  const { t: desk } = useDesk();
  const me = useMe();
  const link = useLink();
  useNow();
  const isDown = isLost(link.state, link.since, Date.now());
  return (
    <div className={`desk${isDown ? " link-down" : ""}`}>
      <a className="skip" href="#main" onClick={(event) => {
        event.preventDefault();
        document.getElementById("main")?.focus();
      }}>{t("skipToMain")}</a>
      <header className="top">
        <Mark />
        <Navigation />
        <div className="top-right">
          <TimeAndAge />
          <LanguageButton />
          <ThemeButton />
          <UserMenu name={me.name} />
        </div>
      </header>
      <LinkBanner />
      {seesAlarms(me) && (
        <Suspense fallback={<div className="watch-strip" />}><AlarmBar /></Suspense>
      )}
      <main id="main" tabIndex={-1}>{children}</main>
      <footer className="not-sis">{desk("notSis")}</footer>
    </div>
  );
}

const isDeskKey = (key: string): key is DeskKey => key in deskText.zh;

// The same query as the alarm bar's; who sees no alarms does not ask for them.
function AlarmCount() {
  const unacked = useAlarms().value?.counts.unacked ?? 0;
  return unacked > 0 ? <b className="count bad num">{unacked}</b> : null;
}

function Navigation() {
  const { t } = useSeat();
  const { t: desk } = useDesk();
  const me = useMe();
  const { path } = useRoute();
  const [here = "", form = ""] = path;
  const inside = here === "case" ? caseWithin(form) : within[here] ?? "";
  const shown = places.filter((place) => place.isFor(me));
  const isHere = (to: string) => here === to ||
    (inside !== "" && to === (shown.some((place) => place.to === inside) ? inside : ""));
  const tasks = useTasks().value?.rows.length ?? 0;
  const unread = useNotices().value?.unread ?? 0;
  const counts: Record<string, number> = { tasks, notices: unread };
  return (
    <nav aria-label={t("deskTitle")}>
      {shown.map((place) => (
        <a
          key={place.text} href={`#/${place.to}`}
          aria-current={isHere(place.to) ? "page" : undefined}
        >
          <Icon name={place.icon} />
          <span>{isDeskKey(place.text) ? desk(place.text) : t(place.text)}</span>
          {place.to === "alarms" && <AlarmCount />}
          {!!counts[place.to] && <b className="count num">{counts[place.to]}</b>}
        </a>
      ))}
    </nav>
  );
}

function TimeAndAge() {
  const now = useNow();
  const link = useLink();
  const { t, texts } = useSeat();
  const age = Math.max(0, Date.now() - link.heard);
  const isUp = link.state === "up";
  return (
    <p className="now">
      <span className="num">{wallClock(now)}</span>
      <span className={`link-chip ${link.state}`}>
        <i aria-hidden="true" />
        {isUp || link.heard === 0
          ? t(isUp ? "linkUp" : "linkIdle")
          : t("dataAge", { span: span(age, texts) })}
      </span>
    </p>
  );
}

// What this person is, and where.
function Grants({ me }: { me: Me }) {
  const { lang } = useSeat();
  const unitName = useUnitName();
  return (
    <ul className="grants">
      {me.grants.map((grant) => (
        <li key={`${grant.role}${grant.org_path}`}>
          {localText(me.roles[grant.role], lang) || grant.role}
          {grant.org_path !== "/" && <span className="soft"> · {unitName(grant.org_path)}</span>}
        </li>
      ))}
    </ul>
  );
}

function UserMenu({ name }: { name: string }) {
  const { t } = useSeat();
  const { t: desk } = useDesk();
  const me = useMe();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        text={name} icon="person" kind="quiet" label={t("userMenu", { name })}
        run={() => setOpen(true)}
      />
      {isOpen && (
        <Dialog title={name} onClose={() => setOpen(false)}>
          <p className="soft">{desk("notSis")}</p>
          <Grants me={me} />
          <Suspense fallback={null}><Looks /><FactorPanel /></Suspense>
          <h3>{t("changePassword")}</h3>
          <PasswordForm isForced={false} onDone={() => setOpen(false)} />
          <div className="row">
            <ButtonLink href="/m/" icon="camera">{t("toPhone")}</ButtonLink>
            <ButtonLink href="/ca" icon="shield">{t("caTrust")}</ButtonLink>
            <Button
              text={t("logOut")} icon="out" kind="danger"
              run={() => void logOut().catch(() => {})}
            />
          </div>
        </Dialog>
      )}
    </>
  );
}
