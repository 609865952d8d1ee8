// The frame of a phone screen: bar above, content, main action below where the thumb is.
import type { ReactNode } from "react";
import { useNotices } from "../data/records.ts";
import { useRoute } from "../data/route.ts";
import { useText } from "../text/index.ts";
import { Icon, type IconName } from "../parts/icon.tsx";
import { useWaiting } from "../data/waiting.ts";
import { LanguageButton, LinkBanner, LinkChip, useTitle } from "../parts/shell.tsx";

interface FrameProps {
  title: string;
  isHome?: boolean;
  // For somebody who is not logged in: nothing that needs a session.
  isBare?: boolean;
  back?: string;
  children: ReactNode;
  action?: ReactNode;
}

export function Frame(props: FrameProps) {
  const { title, isHome = false, isBare = false, back = "#/", children, action } = props;
  const { t } = useText();
  useTitle(title);
  return (
    <div className={`frame${action ? " acting" : ""}`}>
      <header className="bar">
        {!isHome && (
          <a className="bar-back" href={back} aria-label={t("back")}><Icon name="back" /></a>
        )}
        <h1>{title}</h1>
        <WaitingChip />
        {!isBare && <LinkChip />}
        <LanguageButton />
      </header>
      <LinkBanner />
      <main id="main">{children}</main>
      {action ? <footer className="action-bar">{action}</footer> : !isBare && <Tabs />}
    </div>
  );
}

// What has not reached the server stands in every bar until it has.
function WaitingChip() {
  const { t } = useText();
  const { count, refused } = useWaiting();
  if (count + refused === 0) return null;
  return (
    <a className={`waiting-chip num${refused > 0 ? " bad" : ""}`} href="#/sync">
      {refused > 0 ? t("waitRefused", { n: refused }) : t("waitCount", { n: count })}
    </a>
  );
}

function Tab(props: { to: string; icon: IconName; text: string; count?: number }) {
  const { path } = useRoute();
  const isHere = (path[0] ?? "") === props.to;
  return (
    <a className={props.to} href={`#/${props.to}`} aria-current={isHere ? "page" : undefined}>
      <Icon name={props.icon} />
      <span>{props.text}</span>
      {!!props.count && <b className="count num">{props.count}</b>}
    </a>
  );
}

function Tabs() {
  const { t } = useText();
  const unread = useNotices().value?.unread ?? 0;
  return (
    <nav className="tabs" aria-label={t("product")}>
      <Tab to="" icon="board" text={t("today")} />
      <Tab to="tasks" icon="tasks" text={t("navTasks")} />
      <Tab to="sos" icon="warn" text="SOS" />
      <Tab to="notices" icon="bell" text={t("navNotices")} count={unread} />
      <Tab to="me" icon="person" text={t("meTab")} />
    </nav>
  );
}
