// The frame of a phone screen: bar above, content, main action below where the thumb is.
import type { ReactNode } from "react";
import { useNotices } from "../data/records.ts";
import { useRoute } from "../data/route.ts";
import { useText } from "../text/index.ts";
import { Icon, type IconName } from "../parts/icon.tsx";
import { LanguageButton, LinkBanner, LinkChip, useTitle } from "../parts/shell.tsx";

interface FrameProps {
  title: string;
  isHome?: boolean;
  back?: string;
  children: ReactNode;
  action?: ReactNode;
}

export function Frame({ title, isHome = false, back = "#/", children, action }: FrameProps) {
  const { t } = useText();
  useTitle(title);
  return (
    <div className={`frame${action ? " acting" : ""}`}>
      <header className="bar">
        {!isHome && (
          <a className="bar-back" href={back} aria-label={t("back")}><Icon name="back" /></a>
        )}
        <h1>{title}</h1>
        <LinkChip />
        <LanguageButton />
      </header>
      <LinkBanner />
      <main id="main">{children}</main>
      {action ? <footer className="action-bar">{action}</footer> : <Tabs />}
    </div>
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
