// The compliance report of a response: every step against its budget, who, what proof, what was
// late. Made to be printed.
import type { ReactNode } from "react";
import { reportPdfUrl } from "../api/calls_response.ts";
import type { ResponseReport } from "../api/types_response.ts";
import { useAreas } from "../data/areas.ts";
import { wallClock } from "../data/format.ts";
import { localText } from "../data/prefs.ts";
import { choiceText, useForm } from "../data/records.ts";
import { budgetText, stampText, useReport } from "../data/response.ts";
import { useSeat } from "../text/desk.ts";
import { Button, ButtonLink } from "../parts/button.tsx";
import { useTitle } from "../parts/shell.tsx";
import { Ready } from "../parts/states.tsx";
import { ModeMark, useDesk } from "./control_parts.tsx";
import { useReason } from "./permit_parts.tsx";
import { ProofPanel } from "./proof.tsx";

export default function ReportPage({ id }: { id: string }) {
  const { t } = useDesk();
  const query = useReport(id);
  useTitle(t("reportTitle"));
  return <Ready query={query}>{(report) => <Body report={report} />}</Ready>;
}

interface Props {
  report: ResponseReport;
}

function Body({ report }: Props) {
  const { t, lang } = useDesk();
  const { response } = report;
  return (
    <article className={`report ${response.mode}`}>
      <div className="row no-print">
        <ButtonLink href={`#/response/${response.id}`} icon="back">{t("openConsole")}</ButtonLink>
        <span className="grow" />
        <a className="button plain" href={reportPdfUrl(response.id, lang)} download>
          <span>{t("reportPdf")}</span>
        </a>
        <Button text={t("print")} icon="print" run={() => print()} />
      </div>
      <header>
        <ModeMark mode={response.mode} isLarge />
        <h1>{t("reportLong")}</h1>
        <p>
          <b className="num">{response.number}</b> ·{" "}
          {localText(response.procedure_name, lang)} ·{" "}
          {localText(response.area_name, lang)} ·{" "}
          <span className="num">{wallClock(Date.parse(response.raised_at))}</span>
        </p>
      </header>
      <Findings report={report} />
      <Steps report={report} />
      <People report={report} />
      <Permits report={report} />
      <Team report={report} />
      <Messages report={report} />
      <Ledger report={report} />
      <div className="no-print">
        <ProofPanel form="response" id={response.id} number={response.number} />
      </div>
      <p className="soft">{t("notSis")}</p>
    </article>
  );
}

const told = (one: unknown): string => {
  if (typeof one === "string") return one;
  const row = (one ?? {}) as Record<string, unknown>;
  const name = row["holder"] ?? row["step"] ?? row["post"] ?? row["name"];
  return String(name ?? JSON.stringify(one));
};

function Findings({ report }: Props) {
  const { t, lang } = useDesk();
  const names = new Map<string, string>([
    ...report.steps.map((row) => [row.step, localText(row.name, lang)] as const),
    ...report.team.map((row) => [row.post, localText(row.name, lang)] as const),
  ]);
  const say = (one: unknown) => names.get(told(one)) ?? told(one);
  const list = (all: unknown[]) => all.map(say).join(lang === "zh" ? "、" : ", ");
  const isClean = report.late.length === 0 && report.missing.length === 0;
  return (
    <section className={`findings ${isClean ? "clean" : "faulty"}`}>
      <h2>{t("findings")}</h2>
      {isClean && <p>{t("findingsClean")}</p>}
      {report.late.length > 0 && <p><b>{t("lateSteps")}</b>: {list(report.late)}</p>}
      {report.missing.length > 0 && <p><b>{t("missingThings")}</b>: {list(report.missing)}</p>}
    </section>
  );
}

interface TableProps {
  title: string;
  heads: string[];
  children: ReactNode;
}
function ReportTable({ title, heads, children }: TableProps) {
  return (
    <section>
      <h2>{title}</h2>
      <div className="table-box" role="group" tabIndex={0} aria-label={title}>
        <table className="rows tight">
          <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
          <tbody>{children}</tbody>
        </table>
      </div>
    </section>
  );
}

function Steps({ report }: Props) {
  const { t, lang } = useDesk();
  const { t: common } = useSeat();
  const heads = [t("step"), t("budget"), t("taken"), t("verdict"), t("by"), t("stampedAt"),
    t("proof")];
  return (
    <ReportTable title={t("budgetTitle")} heads={heads}>
      {report.steps.map((row) => {
        const verdict = row.at === null ? "stepSkipped" : row.is_late ? "stepLate" : "stepDone";
        return (
          <tr key={row.step} className={row.is_late ? "late-row" : ""}>
            <th scope="row">{localText(row.name, lang)}</th>
            <td className="num">
              {row.budget_ms === 0 ? t("stepStart") : budgetText(row.budget_ms)}
            </td>
            <td className="num">{row.took_ms === null ? "—" : stampText(row.took_ms)}</td>
            <td><b className={`verdict-${verdict}`}>{t(verdict)}</b></td>
            <td>{row.at ? row.by?.name || common("actSystem") : "—"}</td>
            <td className="num">{row.at ? row.at.slice(11, 23) : "—"}</td>
            <td className="num">
              {row.proof?.leaf != null ? t("leafN", { n: row.proof.leaf }) : "—"}
            </td>
          </tr>
        );
      })}
    </ReportTable>
  );
}

function People({ report }: Props) {
  const { t } = useDesk();
  const { counts, named_unknown } = report.people;
  return (
    <section>
      <h2>{t("rollTitle")}</h2>
      <p className="num">
        {t("safe")} {counts.safe} · {t("unsafe")} {counts.unsafe} · {t("unknown")}{" "}
        {counts.unknown} · {t("totalPeople")} {counts.total}
      </p>
      {named_unknown.length > 0 && (
        <p><b>{t("namedUnknown")}</b>: {named_unknown.map(told).join(", ")}</p>
      )}
    </section>
  );
}

function Permits({ report }: Props) {
  const { t, lang } = useDesk();
  const areas = useAreas();
  const form = useForm("permit").value;
  const reasonOf = useReason();
  if (report.permits.length === 0) return null;
  const heads = [t("permit"), t("area"), t("reason"), t("taken"), t("told")];
  const raised = Date.parse(report.response.raised_at);
  return (
    <ReportTable title={t("permitsSuspended")} heads={heads}>
      {report.permits.map((row) => (
        <tr key={row.id}>
          <th scope="row">
            {form ? choiceText(form, "kind", row.kind, lang) : row.kind} {row.number}
          </th>
          <td>{areas.nameOf(row.area, lang)}</td>
          <td>{reasonOf(row.reason)}</td>
          <td className="num">
            {row.suspended_at ? stampText(Math.max(0, Date.parse(row.suspended_at) - raised)) : "—"}
          </td>
          <td className="num">{row.told} / {row.people}</td>
        </tr>
      ))}
    </ReportTable>
  );
}

function Team({ report }: Props) {
  const { t, lang } = useDesk();
  const raised = Date.parse(report.response.raised_at);
  const since = (at: string | null) => (at ? stampText(Date.parse(at) - raised) : "—");
  const heads = [t("post"), t("colPerson"), t("called"), t("signedIn"), t("taskDone"),
    t("voucher"), t("escalations")];
  return (
    <ReportTable title={t("team")} heads={heads}>
      {report.team.map((row) => {
        const { voucher } = row;
        const key = !voucher || !voucher.given ? "voucherMissing"
          : voucher.late ? "voucherLate" : "voucherGiven";
        return (
          <tr key={row.post}>
            <th scope="row">{localText(row.name, lang)}</th>
            <td>{row.person_name ?? "—"}</td>
            <td className="num">{since(row.called_at)}</td>
            <td className="num">{since(row.signed_in_at)}</td>
            <td className="num">{since(row.done_at)}</td>
            <td><span className={key}>{voucher ? t(key) : "—"}</span></td>
            <td className="num">{row.escalated}</td>
          </tr>
        );
      })}
    </ReportTable>
  );
}

function Messages({ report }: Props) {
  const { t } = useDesk();
  const { messages } = report;
  const heads = [t("msgSent"), t("msgDelivered"), t("msgRead"), t("msgAcked"), t("msgFailed")];
  return (
    <ReportTable title={t("messages")} heads={heads}>
      <tr className="num">
        <td>{messages.sent}</td>
        <td>{messages.delivered}</td>
        <td>{messages.read}</td>
        <td>{messages.acknowledged}</td>
        <td>{messages.failed}</td>
      </tr>
    </ReportTable>
  );
}

function Ledger({ report }: Props) {
  const { t } = useDesk();
  const { head, size } = report.ledger;
  const text = typeof head === "string" ? head : JSON.stringify(head);
  return (
    <section>
      <h2>{t("ledger")}</h2>
      <p className="num">
        {t("ledgerSize", { n: size })} ·{" "}
        {t("madeAt", { at: wallClock(Date.parse(report.made_at)) })}
      </p>
      <p className="mono soft">{text}</p>
    </section>
  );
}
