// The first screen: what a person does most is the biggest.
import { lazy, Suspense } from "react";
import { byDue, useNotices, useTasks } from "../data/records.ts";
import { localText } from "../data/prefs.ts";
import { may, useMe } from "../data/session.ts";
import { useText } from "../text/index.ts";
import { Icon, type IconName } from "../parts/icon.tsx";
import { Refused, Stale } from "../parts/states.tsx";
import { Frame } from "./frame.tsx";
import { TaskCard } from "./cards.tsx";
import { Part } from "./part.tsx";

const nows = () => import("./now.tsx");
const Now = lazy(nows);
const OtherAlarms = lazy(() => nows().then((all) => ({ default: all.OtherAlarms })));

interface TileProps {
  to: string;
  icon: IconName;
  text: string;
  hint: string;
  count?: number;
}
function Tile({ to, icon, text, hint, count = 0 }: TileProps) {
  return (
    <a className="tile-link" href={`#/${to}`}>
      <Icon name={icon} />
      <span className="strong">{text}</span>
      <span className="soft">{hint}</span>
      {count > 0 && <b className="count num" aria-hidden="true">{count}</b>}
    </a>
  );
}

export function Today() {
  const { t, lang } = useText();
  const me = useMe();
  const tasks = useTasks();
  const notices = useNotices();
  const rows = [...(tasks.value?.rows ?? [])].sort(byDue);
  const unread = notices.value?.unread ?? 0;
  const role = me.grants[0] && localText(me.roles[me.grants[0].role], lang);
  return (
    <Frame title={t("today")} isHome>
      <p className="greeting">
        <span className="strong">{t("hello", { name: me.name })}</span>
        <span className="soft">
          {[role, localText(me.plant, lang)].filter(Boolean).join(" · ")}
        </span>
      </p>
      <Part isSilent><Suspense fallback={null}><Now /></Suspense></Part>
      {tasks.isStale && <Stale at={tasks.at} retry={tasks.reload} />}
      {tasks.refusal && !tasks.value && <Refused refusal={tasks.refusal} retry={tasks.reload} />}
      {may(me, "hazard", "create") && (
        <a className="report-tile" href="#/report">
          <Icon name="camera" />
          <span>
            <span className="big">{t("reportTile")}</span>
            <span>{t("reportTileHint")}</span>
          </span>
        </a>
      )}
      <Part isSilent><Suspense fallback={null}><OtherAlarms /></Suspense></Part>
      <div className="tile-grid">
        <Tile
          to="tasks" icon="tasks" text={t("tasksTile")} count={rows.length}
          hint={rows.length > 0 ? t("tasksTileHint", { n: rows.length }) : t("tasksNone")}
        />
        <Tile
          to="notices" icon="bell" text={t("noticesTile")} count={unread}
          hint={unread > 0 ? t("noticesUnread", { n: unread }) : t("noticesNone")}
        />
        {may(me, "hazard", "list") && (
          <Tile to="mine" icon="mine" text={t("mineTile")} hint={t("mineTileHint")} />
        )}
        {may(me, "permit", "list")
          ? <Tile to="permits" icon="shield" text={t("permitsTile")} hint={t("permitsTileHint")} />
          : <Tile to="me" icon="person" text={t("meTab")} hint={me.login} />}
      </div>
      {rows.length > 0 && (
        <section aria-labelledby="urgent">
          <h2 id="urgent" className="section-title">{t("urgentTitle")}</h2>
          <ul className="cards">{rows.slice(0, 3).map((task) => (
            <TaskCard key={task.id} task={task} />
          ))}</ul>
        </section>
      )}
    </Frame>
  );
}
