// All responses, the open ones first; from here to the console or the report.
import * as calls from "../api/calls.ts";
import { demoLeak, demoLeakStop } from "../api/calls_response.ts";
import { asRefusal } from "../api/client.ts";
import { mayStart } from "../data/alarms.ts";
import { dateTime } from "../data/format.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { isOver, useResponses } from "../data/response.ts";
import { useForm } from "../data/records.ts";
import { useMe } from "../data/session.ts";
import { sheet } from "../data/watchkeeper.ts";
import { Button } from "../parts/button.tsx";
import { useTitle } from "../parts/shell.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import { ModeMark, useDesk } from "./control_parts.tsx";

const detectors = ["GAS-2107", "NH3-6031"];

// Only the demo plant has a simulator; elsewhere the server says that there is no such page.
function DemoPanel() {
  const { t } = useDesk();
  const demo = useQuery("demo", calls.demo);
  const tell = async (run: () => Promise<unknown>) => {
    try {
      await run();
      say(t("demoSent"));
    } catch (reason) {
      say(asRefusal(reason).message, false);
    }
  };
  if (!demo.value) return null;
  return (
    <section className="panel" aria-labelledby="demo">
      <h2 id="demo">{t("leakTitle")} <span className="soft">{t("leakHint")}</span></h2>
      <div className="demo-leaks">
        {detectors.map((detector) => (
          <Button
            key={detector} text={t("demoLeak", { detector })}
            run={() => void tell(() => demoLeak({ detector }))}
          />
        ))}
        <Button text={t("demoStop")} run={() => void tell(demoLeakStop)} />
      </div>
    </section>
  );
}

export default function ResponsesPage() {
  const { t, lang } = useDesk();
  const me = useMe();
  const query = useResponses();
  const form = useForm("response").value;
  useTitle(t("responsesTitle"));
  const heads = [t("mode"), t("number"), t("procedure"), t("area"), t("colRaised"), t("colState"),
    t("rollTitle"), t("colActs")];
  return (
    <div className="list-page">
      <div className="row">
        <h1>{t("responsesTitle")}</h1>
        {mayStart(me) && (
          <Button
            text={t("startEmergency")} kind="danger"
            run={() => sheet.set({ kind: "start", alarm: null })}
          />
        )}
      </div>
      <DemoPanel />
      <Ready query={query}>
        {({ rows }) => rows.length === 0 ? <Empty icon="check" title={t("responsesNone")} /> : (
          <section className="panel">
            <div className="table-box" role="group" tabIndex={0} aria-label={t("responsesTitle")}>
              <table className="rows">
                <thead>
                  <tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr>
                </thead>
                <tbody>
                  {rows.map((row) => (
                    <tr key={row.id} className={isOver(row.state) ? "off" : ""}>
                      <td><ModeMark mode={row.mode} /></td>
                      <td className="num nowrap">
                        <a href={`#/response/${row.id}`}>{row.number}</a>
                      </td>
                      <td>{localText(row.procedure_name, lang)}</td>
                      <td>{localText(row.area_name, lang)}</td>
                      <td className="num nowrap">{dateTime(row.raised_at)}</td>
                      <td>{localText(form?.states[row.state], lang) || row.state}</td>
                      <td className="num">
                        {t("unknown")} {row.counts.unknown} · {t("unsafe")} {row.counts.unsafe} ·
                        {" "}{t("safe")} {row.counts.safe} / {row.counts.total}
                      </td>
                      <td><a href={`#/report/${row.id}`}>{t("reportTitle")}</a></td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </section>
        )}
      </Ready>
    </div>
  );
}
