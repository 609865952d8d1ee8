// Hazardous goods in and out of a store: what waits for its two people, a new move, and one move
// with its photos and the confirmation that the person with the phone may give.
import { lazy, Suspense, useState } from "react";
import type { FormSource, RecordRow, RecordView } from "../api/types.ts";
import { dateTime, shortTime } from "../data/format.ts";
import { byWaiting, confirmationsOf, goodsText } from "../data/goods.ts";
import { fieldTitle, photosOf, titleOf, useForm, useRecord, useRows } from "../data/records.ts";
import { go } from "../data/route.ts";
import { usePoll } from "../data/response.ts";
import { may, useMe } from "../data/session.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { StateBadge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { NewForm } from "../parts/permit_form.tsx";
import { PhotoTiles } from "../parts/photo.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import { Frame } from "./frame.tsx";
import "../styles/m_now.css";
import "../styles/m_permit.css";

const PermitTasks = lazy(() => import("./permit_task.tsx").then((all) => ({
  default: all.PermitTasks,
})));

const first = ["direction", "area", "substance", "quantity", "unit", "photos", "batch", "vehicle"];
const wish = { sort: "-created_at", limit: 50 };

export default function GoodsPage({ id }: { id: string }) {
  const { p } = usePermitPhone();
  const form = useForm("goods_move");
  if (id) return <OnePage id={id} />;
  return (
    <Frame title={p("goodsTitle")} back="#/permits">
      <Ready query={form}>{(source) => <List form={source} />}</Ready>
    </Frame>
  );
}

function List({ form }: { form: FormSource }) {
  const { p } = usePermitPhone();
  const me = useMe();
  const rows = useRows("goods_move", wish);
  const [isNew, setNew] = useState(false);
  if (isNew) {
    return (
      <section className="panel" aria-label={p("goodsAdd")}>
        <h2>{p("goodsAdd")}</h2>
        <NewForm
          form={form} given={{}} first={first} isHeld sendText={p("goodsSend")} org={me.org_path}
          place={p("goodsTitle")}
          onDone={(record) => {
            say(p("goodsSent"));
            go(`case/goods_move/${record.id}`);
          }}
        />
      </section>
    );
  }
  return (
    <>
      {may(me, "goods_move", "create") && (
        <Button text={p("goodsAdd")} icon="plus" kind="main" run={() => setNew(true)} />
      )}
      <p className="soft">{p("goodsHint")}</p>
      <Ready query={rows}>
        {(page) => page.rows.length === 0
          ? <Empty icon="shield" title={p("goodsNone")} />
          : (
            <ul className="cards">
              {[...page.rows].sort(byWaiting).map((row) => (
                <Line key={row.id} row={row} form={form} />
              ))}
            </ul>
          )}
      </Ready>
    </>
  );
}

function Line({ row, form }: { row: RecordRow; form: FormSource }) {
  const { p, lang } = usePermitPhone();
  const told = confirmationsOf(row, lang);
  return (
    <li>
      <a className="card permit" href={`#/case/goods_move/${row.id}`}>
        <span className="card-head">
          <span className="num soft">{row.number}</span>
          <StateBadge form={form} state={row.state} />
        </span>
        <span className="card-title">{goodsText(row, form, lang)}</span>
        <span className="soft"><Icon name="place" />{titleOf(row, "area", lang)}</span>
        <span className="num">
          {p("goodsConfirmed", { n: told.length })}
          {told.length > 0 && ` · ${told.map(({ name }) => name).join(", ")}`}
        </span>
      </a>
    </li>
  );
}

function OnePage({ id }: { id: string }) {
  const { p } = usePermitPhone();
  const form = useForm("goods_move");
  const view = useRecord("goods_move", id);
  usePoll(`record/goods_move/${id}`, 10000);
  return (
    <Frame title={p("goodsTitle")} back="#/permits/goods">
      <Ready query={form}>
        {(source) => <Ready query={view}>{(value) => <One form={source} view={value} />}</Ready>}
      </Ready>
    </Frame>
  );
}

function One({ form, view }: { form: FormSource; view: RecordView }) {
  const { p, lang } = usePermitPhone();
  const { record } = view;
  const photos = photosOf(record["photos"]);
  const told = confirmationsOf(record, lang);
  const more = ["batch", "vehicle"].filter((field) => record[field]);
  return (
    <div className="case">
      <section className="panel" aria-label={record.number}>
        <p className="case-head">
          <span className="num soft">{record.number}</span>
          <StateBadge form={form} state={record.state} />
        </p>
        <p className="big">{goodsText(record, form, lang)}</p>
        <p><Icon name="place" /> {titleOf(record, "area", lang)}</p>
        <dl className="facts">
          {more.map((field) => (
            <div key={field}>
              <dt>{fieldTitle(form, field, lang)}</dt><dd>{String(record[field])}</dd>
            </div>
          ))}
          <div>
            <dt>{p("goodsAsked")}</dt><dd className="num">{dateTime(record.created_at)}</dd>
          </div>
        </dl>
        {photos.length > 0 && (
          <PhotoTiles
            place={{ form: "goods_move", id: record.id }} photos={photos}
            label={fieldTitle(form, "photos", lang)}
          />
        )}
      </section>
      <section className="panel" aria-label={p("goodsTwo")}>
        <h2>{p("goodsTwo")}</h2>
        <ol className="two-people">
          {["first_by", "second_by"].map((field) => {
            const done = told.find((one) => one.field === field);
            return (
              <li key={field} className={done ? "good" : ""}>
                <Icon name={done ? "check" : "clock"} />
                <span className="soft">{fieldTitle(form, field, lang)}</span>
                <b>{done ? done.name : p("goodsOpen")}</b>
                {done && <span className="num">{shortTime(done.at)}</span>}
              </li>
            );
          })}
        </ol>
      </section>
      <Suspense fallback={null}><PermitTasks form={form} view={view} /></Suspense>
    </div>
  );
}
