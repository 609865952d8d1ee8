// Hazardous goods in and out on the desk: every move with its two confirmations, and a new one.
import { useState } from "react";
import type { FormSource, RecordRow } from "../api/types.ts";
import { dateTime, shortTime } from "../data/format.ts";
import { byWaiting, confirmationsOf } from "../data/goods.ts";
import { choiceText, titleOf, useForm, useRows } from "../data/records.ts";
import { usePoll } from "../data/response.ts";
import { may, useMe } from "../data/session.ts";
import { usePermitDesk } from "../text/permit_desk.ts";
import { StateBadge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { TextField } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { NewForm } from "../parts/permit_form.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";

const wish = { sort: "-created_at", limit: 200 };

export default function GoodsPage() {
  const { p } = usePermitDesk();
  const me = useMe();
  const form = useForm("goods_move");
  const [words, setWords] = useState("");
  const [isNew, setNew] = useState(false);
  const rows = useRows("goods_move", { ...wish, ...(words.trim() ? { q: words.trim() } : {}) });
  usePoll("records/goods_move", 15000);
  return (
    <Ready query={form}>
      {(source) => (
        <section className="panel" aria-label={p("goodsTitle")}>
          <div className="row goods-top">
            <TextField
              label={p("goodsSearch")} kind="search" value={words} onChange={setWords}
            />
            <p className="soft">{p("goodsHint")}</p>
            <span className="grow" />
            {may(me, "goods_move", "create") && (
              <Button text={p("goodsAdd")} icon="plus" kind="main" run={() => setNew(true)} />
            )}
          </div>
          <Ready query={rows}>
            {(page) => page.rows.length === 0
              ? <Empty icon="shield" title={p("goodsNone")} />
              : <Table rows={[...page.rows].sort(byWaiting)} form={source} />}
          </Ready>
          {isNew && <NewMove form={source} onClose={() => setNew(false)} />}
        </section>
      )}
    </Ready>
  );
}

function NewMove({ form, onClose }: { form: FormSource; onClose: () => void }) {
  const { p } = usePermitDesk();
  const me = useMe();
  return (
    <Dialog title={p("goodsAdd")} onClose={onClose}>
      <NewForm
        form={form} given={{}} sendText={p("goodsSend")} org={me.org_path} place={p("goodsTitle")}
        onDone={() => {
          say(p("goodsSent"));
          onClose();
        }}
      />
    </Dialog>
  );
}

function Table({ rows, form }: { rows: RecordRow[]; form: FormSource }) {
  const { p, lang } = usePermitDesk();
  const title = (field: string) => form.data.properties[field]?.title?.[lang] ?? field;
  const heads = [
    p("permit"), p("state"), title("direction"), title("substance"), title("quantity"),
    title("area"), title("first_by"), title("second_by"), p("goodsAsked"),
  ];
  return (
    <div className="table-box tall" role="group" tabIndex={0} aria-label={p("goodsTitle")}>
      <table className="rows tight">
        <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td className="nowrap">
                <a className="num" href={`#/case/goods_move/${row.id}`}>{row.number}</a>
              </td>
              <td><StateBadge form={form} state={row.state} /></td>
              <td>{choiceText(form, "direction", row["direction"], lang)}</td>
              <td><b>{String(row["substance"] ?? "")}</b></td>
              <td className="num nowrap">
                {String(row["quantity"] ?? "")} {choiceText(form, "unit", row["unit"], lang)}
              </td>
              <td>{titleOf(row, "area", lang)}</td>
              <Who row={row} field="first_by" />
              <Who row={row} field="second_by" />
              <td className="num nowrap">{dateTime(row.created_at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Who({ row, field }: { row: RecordRow; field: "first_by" | "second_by" }) {
  const { lang } = usePermitDesk();
  const done = confirmationsOf(row, lang).find((one) => one.field === field);
  if (!done) return <td className="soft">—</td>;
  return (
    <td>
      <Icon name="check" /> {done.name}{" "}
      {done.at && <span className="soft num">{shortTime(done.at)}</span>}
    </td>
  );
}
