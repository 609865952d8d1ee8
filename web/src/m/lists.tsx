// My tasks, my reports, my notices.
import * as calls from "../api/calls.ts";
import type { Notice } from "../api/types.ts";
import { useNow } from "../data/clock.ts";
import { ago } from "../data/format.ts";
import { phoneWay } from "../data/notice_way.ts";
import { useOutbox } from "../data/outbox.ts";
import { localText } from "../data/prefs.ts";
import { refresh } from "../data/query.ts";
import { asLevel, byDue, useForm, useNotices, useRows, useTasks } from "../data/records.ts";
import { may, useMe } from "../data/session.ts";
import { useText } from "../text/index.ts";
import { useLoopText } from "../text/loop.ts";
import { LevelMark } from "../parts/badge.tsx";
import { Button, ButtonLink } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { RecordCard, TaskCard } from "./cards.tsx";
import { Frame } from "./frame.tsx";
import { HandOver } from "../parts/hand_over.tsx";
import { StartLink } from "../parts/new_record.tsx";
import "../styles/m_loop.css";

export function TaskList() {
  const { t } = useText();
  const tasks = useTasks();
  return (
    <Frame title={t("tasksTitle")}>
      <Ready query={tasks}>
        {({ rows }) => rows.length === 0
          ? <Empty icon="tasks" title={t("tasksEmpty")} hint={t("tasksEmptyHint")} />
          : (
            <>
              <HandOver />
              <ul className="cards">
                {[...rows].sort(byDue).map((task) => <TaskCard key={task.id} task={task} />)}
              </ul>
            </>
          )}
      </Ready>
      <StartLink />
    </Frame>
  );
}

// What this phone still holds stands above what the server knows.
function NotReceived({ me }: { me: string }) {
  const { p } = useLoopText();
  const ops = useOutbox().filter((op) =>
    op.owner === me && op.kind === "report" && op.state !== "sent");
  if (ops.length === 0) return null;
  return (
    <a className="banner warn" href="#/sync" role="status">
      <Icon name="clock" />
      <span className="num">{p("mineWaiting", { n: ops.length })}</span>
    </a>
  );
}

const others = ["near_miss", "violation"] as const;

export function MineList() {
  const { t } = useText();
  const me = useMe();
  return (
    <Frame title={t("mineTitle")}>
      <NotReceived me={me.id} />
      <MineOf form="hazard" me={me.id} isFirst />
      {others.filter((form) => may(me, form, "list")).map((form) => (
        <MineOf key={form} form={form} me={me.id} />
      ))}
    </Frame>
  );
}

interface MineProps {
  form: "hazard" | (typeof others)[number];
  me: string;
  isFirst?: boolean;
}
// The other kinds of report stand below, and only where there are any.
function MineOf({ form, me, isFirst = false }: MineProps) {
  const { t, p } = useLoopText();
  const source = useForm(form);
  const rows = useRows(form, {
    filter: ["eq", "created_by", me], sort: "-created_at", limit: 50,
  });
  if (!isFirst && !rows.value?.rows.length) return null;
  return (
    <Ready query={source}>
      {(known) => (
        <Ready query={rows}>
          {(page) => page.rows.length === 0 ? (
            <Empty icon="mine" title={t("mineEmpty")} hint={t("mineEmptyHint")}>
              <ButtonLink href="#/report" kind="main" icon="camera">{t("reportTile")}</ButtonLink>
            </Empty>
          ) : (
            <section>
              {!isFirst && <h2 className="section-title">{p(`kind_${form}`)}</h2>}
              <ul className="cards">
                {page.rows.map((row) => <RecordCard key={row.id} row={row} form={known} />)}
              </ul>
            </section>
          )}
        </Ready>
      )}
    </Ready>
  );
}

export function NoticeRow({ notice }: { notice: Notice }) {
  const { lang, texts } = useText();
  const now = useNow();
  const level = asLevel(notice.level);
  const read = () => {
    if (!notice.read_at) void calls.readNotice(notice.id).then(() => refresh("notices"), () => {});
  };
  return (
    <li>
      <a
        className={`card notice${notice.read_at ? " read" : ""}`} onClick={read}
        href={phoneWay(notice)}
      >
        <span className="card-head">
          {level ? <LevelMark level={level} /> : <Icon name="bell" />}
          <span className="soft num">{ago(notice.at, now, texts)}</span>
          {!notice.read_at && <i className="dot" aria-hidden="true" />}
        </span>
        <span className="card-title">{localText(notice.text, lang)}</span>
      </a>
    </li>
  );
}

export function NoticeList() {
  const { t } = useText();
  const notices = useNotices();
  const readAll = async (rows: Notice[]) => {
    for (const notice of rows) if (!notice.read_at) await calls.readNotice(notice.id);
    refresh("notices");
  };
  return (
    <Frame title={t("noticesTitle")}>
      <Ready query={notices}>
        {({ rows, unread }) => rows.length === 0
          ? <Empty icon="bell" title={t("noticesEmpty")} />
          : (
            <>
              {unread > 0 && (
                <Button
                  text={t("noticesReadAll")} icon="check"
                  run={() => void readAll(rows).catch(() => {})}
                />
              )}
              <ul className="cards">{rows.map((notice) => (
                <NoticeRow key={notice.id} notice={notice} />
              ))}</ul>
            </>
          )}
      </Ready>
    </Frame>
  );
}
