// One device or tag on one page: its values and limits, alarms open and past, the trend, its
// source, who and what is near, and the records that name it.
import { lazy, Suspense } from "react";
import * as calls from "../api/calls_alarm.ts";
import type { Filter, RecordRow } from "../api/types.ts";
import type { SourceRow, Tag } from "../api/types_response.ts";
import {
  figure, stale_ms, tagFigure, toneOf, useAlarms, useSources, useTags,
} from "../data/alarms.ts";
import { useAreas } from "../data/areas.ts";
import { useNow } from "../data/clock.ts";
import { span } from "../data/format.ts";
import { journalFilter, journalWish } from "../data/journal.ts";
import { near_m, peopleNear, permitsNear } from "../data/near.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { masterName, titleOf, useAllRows, useForm, useRows } from "../data/records.ts";
import { openPermits, usePoll, usePresence } from "../data/response.ts";
import { may, useMe } from "../data/session.ts";
import { useReading } from "../data/values.ts";
import { useBlock } from "../text/block.ts";
import { useText } from "../text/index.ts";
import { retireText } from "../text/retire_words.ts";
import { sensingText } from "../text/sensing_words.ts";
import { StateBadge } from "../parts/badge.tsx";
import { ButtonLink } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { useTitle } from "../parts/shell.tsx";
import { Empty, Loading, Ready } from "../parts/states.tsx";
import { AlarmTable } from "./alarm_table.tsx";
import { LiveValue, PrioritySign, useDesk } from "./control_parts.tsx";
import { JournalTable } from "./journal.tsx";

const Trend = lazy(() => import("./trend.tsx"));
const none: never[] = [];

const byCode = (code: string): Filter => ["eq", "code", code];

export default function DevicePage({ code }: { code: string }) {
  const { t } = useBlock(sensingText);
  const tags = useTags();
  useTitle(`${t("deviceTitle")} ${code}`);
  return (
    <Ready query={tags}>
      {({ rows }) => {
        const tag = rows.find((one) => one.code === code);
        return tag ? <OfTag tag={tag} all={rows} /> : <OfDevice code={code} all={rows} />;
      }}
    </Ready>
  );
}

interface OfProps {
  all: readonly Tag[];
}
// A tag brings its device with it, and with that the tags beside it.
function OfTag({ tag, all }: OfProps & { tag: Tag }) {
  const record = useRows("tag", { filter: byCode(tag.code), limit: 1 }).value?.rows[0];
  const device = String(record?.["device"] ?? "");
  return <Whole first={tag} record={record} device={device} all={all} />;
}
function OfDevice({ code, all }: OfProps & { code: string }) {
  const { t } = useBlock(sensingText);
  const query = useRows("device", { filter: byCode(code), limit: 1 });
  return (
    <Ready query={query}>
      {({ rows: [row] }) => row
        ? <Whole first={null} record={row} device={row.id} all={all} />
        : <Empty icon="search" title={t("deviceNone", { code })} />}
    </Ready>
  );
}

interface WholeProps extends OfProps {
  first: Tag | null;
  record: RecordRow | undefined;
  device: string;
}
function Whole({ first, record, device, all }: WholeProps) {
  const { t, lang } = useDesk();
  const { t: s } = useBlock(sensingText);
  const areas = useAreas();
  const beside = useRows("tag", {
    filter: ["eq", "device", device || "00000000-0000-0000-0000-000000000000"], limit: 100,
  }).value?.rows ?? none;
  const codes = new Set(beside.map((row) => String(row["code"])));
  const shown = [
    ...(first ? [first] : []), ...all.filter((one) => one !== first && codes.has(one.code)),
  ];
  const lead = first ?? shown[0];
  const area = lead ? areas.codeOf(lead.area) : areas.codeOf(String(record?.["area"] ?? ""));
  const name = first ? localText(first.name, lang) : record ? masterName(record, lang) : "";
  const ofDevice = first && record ? titleOf(record, "device", lang) : "";
  const place = { area, x: lead?.x ?? null, y: lead?.y ?? null };
  return (
    <div className="device-page">
      <div className="row device-head">
        <h1><span className="num">{first?.code ?? String(record?.["code"] ?? "")}</span> {name}</h1>
        <span className="soft">{areas.nameOf(area, lang)}{ofDevice && ` · ${ofDevice}`}</span>
        <span className="grow" />
        {shown.length > 0 && (
          <ButtonLink href={`#/trends?tags=${shown.slice(0, 10).map((one) => one.code).join(",")}`}>
            {t("navTrends")}
          </ButtonLink>
        )}
      </div>
      <TagTable tags={shown} />
      {lead && (
        <section className="panel device-trend">
          <Suspense fallback={<Loading />}><Trend tag={lead} hours={8} /></Suspense>
        </section>
      )}
      <OpenAlarms codes={shown.map((one) => one.code)} />
      {lead && <PastAlarms key={lead.code} tag={lead} />}
      <div className="device-columns">
        <SourceState id={first ? String(record?.["source"] ?? "") : sourceOf(beside)} />
        <Near place={place} />
        <Named device={device} />
      </div>
      <p className="soft">{s("deviceHint")}</p>
    </div>
  );
}
const sourceOf = (rows: readonly RecordRow[]): string => String(rows[0]?.["source"] ?? "");

function TagTable({ tags }: { tags: readonly Tag[] }) {
  const { t } = useDesk();
  const { t: s } = useBlock(sensingText);
  if (tags.length === 0) return <Empty icon="search" title={s("deviceNoTags")} />;
  const heads = [t("colTagCode"), t("colWhat"), t("colValue"), s("quality"), s("limits")];
  return (
    <section className="panel" aria-label={s("deviceTags")}>
      <table className="rows tight device-tags live-area">
        <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>{tags.map((tag) => <TagLine key={tag.code} tag={tag} />)}</tbody>
      </table>
    </section>
  );
}

function TagLine({ tag }: { tag: Tag }) {
  const { lang } = useDesk();
  const { t: s } = useBlock(sensingText);
  const { t: retired } = useBlock(retireText);
  const reading = useReading(tag);
  const isStale = reading.quality === "stale" || reading.quality === "bad";
  const tone = toneOf(tag, reading.value, isStale);
  return (
    <tr data-tag={tag.code}>
      <th scope="row" className="num nowrap"><a href={`#/device/${tag.code}`}>{tag.code}</a></th>
      <td>{localText(tag.name, lang)}</td>
      {tag.is_retired ? <><td>—</td><td>{retired("retired")}</td></> : <>
        <td className={`tone-${tone}`}>
          <LiveValue
            text={tagFigure(tag, reading.value)} unit={tag.unit} at={reading.at}
            quality={reading.quality} stale_ms={stale_ms}
          />
        </td>
        <td>
          <span className={isStale ? "is-down" : ""}>
            {s(reading.at === 0 ? "quality_never" : `quality_${reading.quality}`)}
          </span>
        </td>
      </>}
      <td className="device-limits">
        {tag.limits.length === 0 && <span className="soft">{s("limitsNone")}</span>}
        {tag.limits.map((one) => (
          <span key={one.code} className="nowrap">
            <PrioritySign priority={one.priority} /> {one.kind.toUpperCase()} {figure(one.limit)}
          </span>
        ))}
      </td>
    </tr>
  );
}

function OpenAlarms({ codes }: { codes: readonly string[] }) {
  const { t } = useDesk();
  const { t: s } = useBlock(sensingText);
  const rows = (useAlarms().value?.rows ?? []).filter((alarm) => codes.includes(alarm.tag));
  return (
    <section className="panel" aria-label={s("alarmsOpen")}>
      <h2>{s("alarmsOpen")}</h2>
      {rows.length === 0
        ? <p className="soft">{t("alarmsNone")}</p>
        : <AlarmTable rows={rows} isBrief label={s("alarmsOpen")} />}
    </section>
  );
}

const past_max = 20;
function PastAlarms({ tag }: { tag: Tag }) {
  const { t } = useDesk();
  const { t: s } = useBlock(sensingText);
  const wish = journalWish(journalFilter({ tag: tag.code }), "", past_max);
  const query = useQuery(`alarms/journal/${JSON.stringify(wish)}`, () => calls.journal(wish));
  return (
    <section className="panel" aria-label={s("alarmsPast")}>
      <h2>
        <a href={`#/alarms/journal?tag=${encodeURIComponent(tag.code)}`}>{s("alarmsPast")}</a>
      </h2>
      <Ready query={query}>
        {({ rows }) => rows.length === 0
          ? <p className="soft">{t("journalNone")}</p> : <JournalTable rows={rows} />}
      </Ready>
    </section>
  );
}

function SourceState({ id }: { id: string }) {
  const { t, lang } = useDesk();
  const { t: s } = useBlock(sensingText);
  const codes = useAllRows("source").value ?? none;
  const code = String(codes.find((row) => row.id === id)?.["code"] ?? "");
  usePoll("sources", 5000);
  const row = useSources().value?.rows.find((one) => one.code === code);
  return (
    <section className="panel" aria-label={t("source")}>
      <h2>{t("source")}</h2>
      {!row && <p className="soft">{s("sourceNone")}</p>}
      {row && <SourceLine row={row} name={localText(row.name, lang)} />}
    </section>
  );
}
function SourceLine({ row, name }: { row: SourceRow; name: string }) {
  const { t } = useDesk();
  const { texts } = useText();
  const now = useNow();
  return (
    <p>
      <a href="#/alarms/sources"><b className="num">{row.code}</b> {name}</a> · {row.protocol} ·
      {" "}
      {row.is_up ? t("isUp") : <b className="is-down"><Icon name="warn" /> {t("isDown")}</b>}
      {row.last_at && (
        <span className="soft"> · {t("lastAt")}{" "}
          {t("seenAgo", { span: span(now - Date.parse(row.last_at), texts) })}</span>
      )}
    </p>
  );
}

interface NearProps {
  place: { area: string; x: number | null; y: number | null };
}
function Near({ place }: NearProps) {
  const { t: s } = useBlock(sensingText);
  const me = useMe();
  const presence = usePresence().value;
  usePoll("presence", 5000);
  return (
    <section className="panel" aria-label={s("near")}>
      <h2>{s("near")}</h2>
      {presence && (
        <p className="num">{s("peopleNear", { ...peopleNear(place, presence), m: near_m })}</p>
      )}
      {may(me, "permit", "list") && <PermitsNear place={place} />}
    </section>
  );
}
function PermitsNear({ place }: NearProps) {
  const { t, lang } = useDesk();
  const areas = useAreas();
  const form = useForm("permit").value;
  const open = useAllRows("permit", { filter: openPermits as unknown as Filter }).value ?? none;
  const rows = permitsNear(place, open, areas.codeOf);
  if (rows.length === 0) return <p className="soft">{t("permitsNone")}</p>;
  return (
    <ul className="lines">
      {rows.map(({ row, away_m }) => (
        <li key={row.id}>
          <a href={`#/case/permit/${row.id}`}>
            <span className="num">{row.number}</span> {titleOf(row, "area", lang)}
            {away_m !== null && <span className="num soft"> {Math.round(away_m)} m</span>}
            {form && <StateBadge form={form} state={row.state} />}
          </a>
        </li>
      ))}
    </ul>
  );
}

const naming = ["hazard", "near_miss", "violation", "alarm_order", "permit"];
function Named({ device }: { device: string }) {
  const { t: s } = useBlock(sensingText);
  const me = useMe();
  const forms = naming.filter((form) => may(me, form, "list"));
  return (
    <section className="panel" aria-label={s("named")}>
      <h2>{s("named")}</h2>
      {device === "" && <p className="soft">{s("deviceNoDevice")}</p>}
      {device !== "" && forms.map((form) => <NamedOf key={form} form={form} device={device} />)}
    </section>
  );
}
function NamedOf({ form, device }: { form: string; device: string }) {
  const { lang } = useDesk();
  const { t: s } = useBlock(sensingText);
  const source = useForm(form).value;
  const rows = useRows(form, {
    filter: ["eq", "device", device], sort: "-created_at", limit: 10,
  }).value?.rows ?? none;
  if (!source) return null;
  return (
    <div className="named" data-form={form}>
      <h3>{localText(source.title, lang)}</h3>
      {rows.length === 0 && <p className="soft">{s("namedNone")}</p>}
      <ul className="lines">
        {rows.map((row) => (
          <li key={row.id}>
            <a href={`#/case/${form}/${row.id}`}>
              <span className="num">{row.number}</span>{" "}
              <StateBadge form={source} state={row.state} />
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
