// My tasks and my notices on the desk.
import { lazy, Suspense } from "react";
import * as calls from "../api/calls.ts";
import type { Notice, Task } from "../api/types.ts";
import { useNow } from "../data/clock.ts";
import { ago } from "../data/format.ts";
import { deskWay } from "../data/notice_way.ts";
import { localText } from "../data/prefs.ts";
import { refresh } from "../data/query.ts";
import {
  asLevel, byDue, isGraded, placeOf, subjectOf, useNotices, useTasks,
} from "../data/records.ts";
import { useSeat } from "../text/desk.ts";
import { LevelBadge, LevelMark } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Countdown } from "../parts/clocks.tsx";
import { Icon } from "../parts/icon.tsx";
import { useTitle } from "../parts/shell.tsx";
import { Empty, Ready } from "../parts/states.tsx";

const RequestLinks =
  lazy(() => import("./requests.tsx").then((all) => ({ default: all.RequestLinks })));

export function TaskPage() {
  const { t } = useSeat();
  useTitle(t("tasksTitle"));
  const tasks = useTasks();
  return (
    <div className="list-page">
      <div className="row">
        <h1>{t("tasksTitle")}</h1>
        <span className="grow" />
        <Suspense fallback={null}><RequestLinks /></Suspense>
      </div>
      <Ready query={tasks}>
        {({ rows }) => rows.length === 0
          ? <Empty icon="tasks" title={t("tasksEmpty")} hint={t("tasksEmptyHint")} />
          : <TaskTable rows={[...rows].sort(byDue)} />}
      </Ready>
    </div>
  );
}

function TaskTable({ rows }: { rows: Task[] }) {
  const { t, lang } = useSeat();
  const heads = [t("level"), t("number"), t("caseTasks"), t("place"), t("state"), t("due")];
  return (
    <section className="panel table-box" role="group" tabIndex={0} aria-label={t("tasksTitle")}>
      <table className="rows">
        <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>
          {rows.map((task) => (
            <tr key={task.id}>
              <td>{isGraded(task) ? <LevelBadge level={asLevel(task.level)} /> : "—"}</td>
              <td className="num">
                <a href={`#/case/${task.form}/${task.record_id}`}>{task.record?.number}</a>
              </td>
              <td className="strong">{localText(task.name, lang)}</td>
              <td>{task.record ? placeOf(task.record, lang) || subjectOf(task.record) : ""}</td>
              <td>{t(task.is_mine ? "taskMine" : "taskOpen")}</td>
              <td>{task.due ? <Countdown due={task.due} /> : "—"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function NoticePage() {
  const { t } = useSeat();
  useTitle(t("noticesTitle"));
  const notices = useNotices();
  const readAll = async (rows: Notice[]) => {
    for (const notice of rows) if (!notice.read_at) await calls.readNotice(notice.id);
    refresh("notices");
  };
  return (
    <div className="list-page">
      <h1>{t("noticesTitle")}</h1>
      <Ready query={notices}>
        {({ rows, unread }) => rows.length === 0
          ? <Empty icon="bell" title={t("noticesEmpty")} />
          : (
            <section className="panel">
              {unread > 0 && (
                <div className="row">
                  <span className="soft">{t("noticesUnread", { n: unread })}</span>
                  <Button
                    text={t("noticesReadAll")} icon="check"
                    run={() => void readAll(rows).catch(() => {})}
                  />
                </div>
              )}
              <ul className="lines">
                {rows.map((notice) => <NoticeLine key={notice.id} notice={notice} />)}
              </ul>
            </section>
          )}
      </Ready>
    </div>
  );
}

function NoticeLine({ notice }: { notice: Notice }) {
  const { lang, texts } = useSeat();
  const now = useNow();
  const level = asLevel(notice.level);
  const read = () => {
    if (!notice.read_at) void calls.readNotice(notice.id).then(() => refresh("notices"), () => {});
  };
  return (
    <li>
      <a href={deskWay(notice)} onClick={read}>
        {level ? <LevelMark level={level} /> : <Icon name="bell" />}
        <span className={`grow${notice.read_at ? "" : " strong"}`}>
          {localText(notice.text, lang)}
        </span>
        <span className="soft num">{ago(notice.at, now, texts)}</span>
      </a>
    </li>
  );
}
