// The smaller panels of the console: permits, gates, team, log.
import type { ResponseView, TeamRow } from "../api/types_response.ts";
import { useAreas } from "../data/areas.ts";
import { wallClock } from "../data/format.ts";
import { localText } from "../data/prefs.ts";
import { choiceText, useForm } from "../data/records.ts";
import { stampText } from "../data/response.ts";
import { useText } from "../text/index.ts";
import type { DeskKey } from "../text/desk.ts";
import { ModeMark, useDesk } from "./control_parts.tsx";
import { useReason } from "./permit_parts.tsx";

interface PanelProps {
  view: ResponseView;
}

function useSince({ view }: PanelProps) {
  const raised = Date.parse(view.response.raised_at);
  return (at: string | null) => (at ? `+${stampText(Date.parse(at) - raised)}` : "—");
}

export function PermitsPanel({ view }: PanelProps) {
  const { t, lang } = useDesk();
  const areas = useAreas();
  const since = useSince({ view });
  const reasonOf = useReason();
  const form = useForm("permit").value;
  return (
    <section className="panel" aria-labelledby="cpermits">
      <h2 id="cpermits">
        <ModeMark mode={view.response.mode} /> {t("permitsSuspended")}
        <span className="soft num">{view.permits.length}</span>
      </h2>
      {view.permits.length === 0 && <p className="soft">{t("permitsNoneHere")}</p>}
      <ul className="lines">
        {view.permits.map((permit) => (
          <li key={permit.id}>
            <a href={`#/case/permit/${permit.id}`}>
              <span className="grow">
                <span className="strong">
                  {form ? choiceText(form, "kind", permit.kind, lang) : permit.kind}{" "}
                  <span className="num">{permit.number}</span>
                </span>
                <span className="soft">
                  {areas.nameOf(permit.area, lang)} · {reasonOf(permit.reason)}
                </span>
              </span>
              <span className="num told">
                {since(permit.suspended_at)}
                <span className="soft">{t("toldOf", { n: permit.told, all: permit.people })}</span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function GatePanel({ view }: PanelProps) {
  const { t, lang } = useDesk();
  return (
    <section className="panel" aria-labelledby="cgates">
      <h2 id="cgates"><ModeMark mode={view.response.mode} /> {t("gates")}</h2>
      <ul className="gate-list">
        {view.gates.map((gate) => (
          <li key={gate.code}>
            <span>{localText(gate.name, lang)} <span className="soft num">{gate.code}</span></span>
            <span className={gate.is_open ? "soft" : "gate-shut"}>
              {t(gate.is_open ? "gateOpen" : "gateShut")}
            </span>
          </li>
        ))}
      </ul>
      {view.gates.length === 0 && <p className="soft">{t("gatesNone")}</p>}
    </section>
  );
}

const vouchers: Record<string, DeskKey> = {
  photo: "voucherPhoto", reading: "voucherReading", position: "voucherPosition",
};

export function TeamPanel({ view }: PanelProps) {
  const { t } = useDesk();
  const since = useSince({ view });
  return (
    <section className="panel" aria-labelledby="cteam">
      <h2 id="cteam"><ModeMark mode={view.response.mode} /> {t("team")}</h2>
      <table className="rows tight team">
        <thead>
          <tr>
            <th scope="col">{t("post")}</th>
            <th scope="col">{t("colPerson")}</th>
            <th scope="col">{t("signedIn")}</th>
            <th scope="col">{t("voucher")}</th>
          </tr>
        </thead>
        <tbody>
          {view.team.map((row) => <TeamLine key={row.post} row={row} since={since} />)}
        </tbody>
      </table>
    </section>
  );
}

interface TeamProps {
  row: TeamRow;
  since: (at: string | null) => string;
}
function TeamLine({ row, since }: TeamProps) {
  const { t, lang } = useDesk();
  const voucher = vouchers[row.voucher ?? ""];
  const state = row.done_at ? t("taskDone") : row.signed_in_at ? t("atWork") : t("notSignedIn");
  return (
    <tr>
      <th scope="row">{localText(row.name, lang)}</th>
      <td>
        {row.person_name ?? "—"}
        {row.escalated > 0 && (
          <span className="escalated-text"> {t("escalatedN", { n: row.escalated })}</span>
        )}
      </td>
      <td className="num">
        {row.signed_in_at ? since(row.signed_in_at)
          : <b className="not-yet">{t("notSignedIn")}</b>}
      </td>
      <td>
        {voucher ? t(voucher) : "—"}
        <span className={row.done_at ? "given" : "soft"}> {row.signed_in_at ? state : ""}</span>
      </td>
    </tr>
  );
}

export function LogPanel({ view }: PanelProps) {
  const { t, lang } = useDesk();
  const { t: common } = useText();
  const since = useSince({ view });
  return (
    <section className="panel" aria-labelledby="clog">
      <h2 id="clog"><ModeMark mode={view.response.mode} /> {t("log")}</h2>
      <ol className="log-list" tabIndex={0} aria-label={t("log")}>
        {[...view.log].reverse().map((row, at) => (
          <li key={`${row.at}/${at}`}>
            <time className="num" dateTime={row.at} title={wallClock(Date.parse(row.at))}>
              {since(row.at)}
            </time>
            <span className="grow">{localText(row.name, lang) || row.act}</span>
            <span className="soft">{row.actor.name || common("actSystem")}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
