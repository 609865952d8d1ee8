// Permits on the phone: the list, and the way to the wizard, the live card and its pages.
import { lazy, Suspense, useState } from "react";
import * as calls from "../api/calls.ts";
import type { FormSource, RecordRow } from "../api/types.ts";
import { useNow } from "../data/clock.ts";
import { span } from "../data/format.ts";
import { freshOrKept, useKeptForm } from "../data/kept.ts";
import { byNeed, isMyPermit, openStates } from "../data/permit.ts";
import { clocksOf, firstClock, isHalted, isLeaving } from "../data/permit_clock.ts";
import { useQuery } from "../data/query.ts";
import { choiceText, titleOf } from "../data/records.ts";
import { useRoute } from "../data/route.ts";
import { may, useMe } from "../data/session.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { StateBadge } from "../parts/badge.tsx";
import { ButtonLink } from "../parts/button.tsx";
import { Chips } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { KindSign, kindText, MarkBadge } from "../parts/permit_marks.tsx";
import { Empty, Loading, Ready } from "../parts/states.tsx";
import { Frame } from "./frame.tsx";
import "../styles/m_now.css";
import "../styles/m_permit.css";

const Card = lazy(() => import("./permit_card.tsx"));
const Apply = lazy(() => import("./permit_apply.tsx"));
const Gas = lazy(() => import("./permit_gas.tsx"));
const Measures = lazy(() => import("./permit_measures.tsx"));
const Entry = lazy(() => import("./permit_entry.tsx"));
const Goods = lazy(() => import("./permit_goods.tsx"));
const Isolation = lazy(() => import("./permit_isolation.tsx"));

function Inner({ page, id }: { page: string; id: string }) {
  switch (page) {
    case "apply": return <Apply />;
    case "gas": return <Gas key={id} id={id} />;
    case "measures": return <Measures key={id} id={id} />;
    case "entry": return <Entry key={id} id={id} />;
    case "goods": return <Goods id={id} />;
    case "isolation": return <Isolation key={id} id={id} />;
    default: return <List />;
  }
}

export function PermitList() {
  const [, page = "", id = ""] = useRoute().path;
  return <Suspense fallback={<Loading />}><Inner page={page} id={id} /></Suspense>;
}
export function PermitPage({ id }: { id: string }) {
  return <Suspense fallback={<Loading />}><Card id={id} /></Suspense>;
}
export function GoodsPage({ id }: { id: string }) {
  return <Suspense fallback={<Loading />}><Goods id={id} /></Suspense>;
}

const wish = { filter: ["in", "state", openStates], sort: "valid_to", limit: 100 };
// What the phone saw last stands in where there is no link.
const useOpenPermits = () => useQuery("records/permit/open", () =>
  freshOrKept("permits/open", () => calls.records("permit", wish)));

function List() {
  const { p } = usePermitPhone();
  const me = useMe();
  const form = useKeptForm("permit");
  const rows = useOpenPermits();
  const action = may(me, "permit", "create")
    ? <ButtonLink href="#/permits/apply" kind="main" icon="plus">{p("apply")}</ButtonLink>
    : undefined;
  return (
    <Frame title={p("permitsTitle")} action={action}>
      <Ready query={form}>
        {(source) => (
          <Ready query={rows}>{(page) => <Rows form={source} rows={page.rows} />}</Ready>
        )}
      </Ready>
      {may(me, "goods_move", "list") && (
        <ButtonLink href="#/permits/goods" icon="list">{p("goodsTitle")}</ButtonLink>
      )}
    </Frame>
  );
}

function Rows({ form, rows }: { form: FormSource; rows: RecordRow[] }) {
  const { p } = usePermitPhone();
  const me = useMe();
  const mine = rows.filter((row) => isMyPermit(row, me.id));
  const [chosen, choose] = useState<string | null>(null);
  const which = chosen ?? (mine.length > 0 ? "mine" : "all");
  const shown = [...(which === "mine" ? mine : rows)].sort(byNeed);
  const choices = [
    { value: "mine", text: p("listMine", { n: mine.length }) },
    { value: "all", text: p("listAll", { n: rows.length }) },
  ];
  return (
    <>
      <Chips label={p("permitTitle")} choices={choices} value={which} onChange={choose} />
      {shown.length === 0
        ? <Empty icon="shield" title={p("listNone")} hint={p("listNoneHint")} />
        : (
          <ul className="cards">
            {shown.map((row) => <Line key={row.id} row={row} form={form} />)}
          </ul>
        )}
    </>
  );
}

const urgency = { good: "calm", warn: "soon", bad: "late" };

function Line({ row, form }: { row: RecordRow; form: FormSource }) {
  const { p, lang, texts } = usePermitPhone();
  const first = firstClock(clocksOf(row, [], useNow()));
  const isStopped = isHalted(row);
  return (
    <li>
      <a className={`card permit${isStopped ? " stopped" : ""}`} href={`#/case/permit/${row.id}`}>
        <span className="card-head">
          <span className="num soft">{row.number}</span>
          <StateBadge form={form} state={row.state} />
        </span>
        <span className="card-title">
          <KindSign kind={String(row["kind"] ?? "")} /> {kindText(row, form, lang)}{" "}
          <MarkBadge mark={row["rule_mark"] === "draft" ? "draft" : null} />
        </span>
        <span className="soft"><Icon name="place" />{titleOf(row, "area", lang)}</span>
        {isStopped
          ? (
            <b className="fault">
              <Icon name="warn" />
              {isLeaving(row)
                ? p("leavingBig")
                : choiceText(form, "suspend_reason", row["suspend_reason"], lang)}
            </b>
          )
          : first && (
            <span className={`countdown ${urgency[first.tone]}`}>
              <Icon name={first.tone === "good" ? "clock" : "warn"} />
              {p(`clock_${first.kind}`)}{" "}
              {first.left_ms > 0 ? p("left", { span: span(first.left_ms, texts) })
                : p("over", { span: span(first.left_ms, texts) })}
            </span>
          )}
      </a>
    </li>
  );
}
