// The parts of a permit's page: steps with their times, gas tests, entries, isolations, measures
// with their evidence, the job hazard analysis.
import type { ReactNode } from "react";
import type { FormSource, RecordRow } from "../api/types.ts";
import { useNow } from "../data/clock.ts";
import { clockTime, dateTime, shortTime, span } from "../data/format.ts";
import { measuresOf, rowsIn, settledCount } from "../data/permit_measures.ts";
import {
  approvalTime, isInside, stepTimes, usePermitRows, useSteps, verdictTone, type RowForm,
} from "../data/permit_rows.ts";
import { localText } from "../data/prefs.ts";
import {
  choiceText, isFilled, photosOf, tell, titleOf, useForm,
} from "../data/records.ts";
import { itemForm } from "../data/rows.ts";
import { may, useMe } from "../data/session.ts";
import { usePermitDesk } from "../text/permit_desk.ts";
import { StateBadge } from "../parts/badge.tsx";
import { Icon } from "../parts/icon.tsx";
import { PhotoTiles } from "../parts/photo.tsx";
import { Ready } from "../parts/states.tsx";

function Box({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) {
  return (
    <section className="panel" aria-label={title}>
      <h2>{title} {note !== undefined && <span className="soft num">{note}</span>}</h2>
      {children}
    </section>
  );
}

export function Steps({ permit }: { permit: string }) {
  const { p, lang, texts } = usePermitDesk();
  const now = useNow();
  const query = useSteps(permit);
  return (
    <Box title={p("steps")}>
      <Ready query={query}>
        {(answer) => {
          const whole = approvalTime(answer, now, query.at);
          return (
            <>
              <ol className="permit-steps">
                {stepTimes(answer.steps, now, lang).map(({ step, isOpen, ms, who }, at) => (
                  <li key={`${step.node}/${at}`} className={isOpen ? "open" : "done"}>
                    <Icon name={isOpen ? "clock" : "check"} />
                    <span className="grow">
                      <b>{localText(step.name, lang)}</b>
                      <span className={isOpen ? "strong" : "soft"}>
                        {isOpen ? p("waitsFor", { who: who || "—" }) : who}
                      </span>
                    </span>
                    <span className="num">
                      <b>{span(ms, texts)}</b>
                      <span className="soft">{shortTime(step.done ?? step.opened)}</span>
                    </span>
                  </li>
                ))}
              </ol>
              <p className="soft num">{p("approvalTook", { span: span(whole, texts) })}</p>
            </>
          );
        }}
      </Ready>
    </Box>
  );
}

// Rows that hang on the permit; who may not read the form is not asked and sees nothing of it.
function useHung(name: RowForm, permit: string) {
  const form = useForm(name);
  const rows = usePermitRows(name, permit);
  const isAllowed = may(useMe(), name, "list");
  return { form, rows, isAllowed };
}

type Say = ReturnType<typeof usePermitDesk>["p"];
const units = { lel: " %LEL", o2: " %", toxic: " ppm", combustible_vol: "" };
const gasFields = ["lel", "o2", "toxic", "combustible_vol"] as const;
export function GasTests({ record }: { record: RecordRow }) {
  const { p, lang } = usePermitDesk();
  const { form, rows, isAllowed } = useHung("permit_gas", record.id);
  if (!isAllowed) return null;
  return (
    <Box title={p("gasTests")} note={rows.value?.rows.length ?? ""}>
      <Ready query={form}>
        {(source) => (
          <Ready query={rows}>
            {(page) => page.rows.length === 0 ? <p className="soft">{p("gasNone")}</p> : (
              <ul className="gas-tests">
                {page.rows.map((row) => (
                  <li key={row.id} className={verdictTone(row["verdict"])}>
                    <p>
                      <b className="num">{dateTime(String(row["sampled_at"] ?? row.created_at))}</b>
                      <span>
                        {choiceText(source, "level", row["level"], lang)}{" "}
                        {String(row["point"] ?? "")}
                      </span>
                      {isFilled(row["verdict"]) && (
                        <b className="verdict">
                          <Icon name={verdictTone(row["verdict"]) === "good" ? "check" : "warn"} />
                          {choiceText(source, "verdict", row["verdict"], lang)}
                        </b>
                      )}
                    </p>
                    <p className="num">
                      {gasFields.filter((field) => isFilled(row[field])).map((field) =>
                        `${p(`gas_${field}`)} ${String(row[field])}${units[field]}`).join(" · ")}
                    </p>
                    <p className="soft">
                      {[titleOf(row, "analyst", lang), String(row["instrument"] ?? ""),
                        calibrated(row, p)].filter(Boolean).join(" · ")}
                    </p>
                    <Photos form="permit_gas" row={row} />
                  </li>
                ))}
              </ul>
            )}
          </Ready>
        )}
      </Ready>
    </Box>
  );
}

const calibrated = (row: RecordRow, p: Say): string => isFilled(row["calibrated_until"])
  ? p("calibratedUntil", { at: String(row["calibrated_until"]).slice(0, 10) }) : "";

function Photos({ form, row }: { form: RowForm; row: RecordRow }) {
  const { t } = usePermitDesk();
  const photos = photosOf(row["photos"]);
  return photos.length === 0 ? null
    : <PhotoTiles place={{ form, id: row.id }} photos={photos} label={t("photo")} />;
}

export function Entries({ record }: { record: RecordRow }) {
  const { p, lang } = usePermitDesk();
  const { rows, isAllowed } = useHung("permit_entry", record.id);
  if (!isAllowed) return null;
  return (
    <Box title={p("entries")} note={p("insideN", { n: Number(record["inside_count"] ?? 0) })}>
      <Ready query={rows}>
        {(page) => page.rows.length === 0 ? <p className="soft">{p("entriesNone")}</p> : (
          <ul className="entries">
            {page.rows.map((row) => (
              <li key={row.id} className={isInside(row) ? "inside" : ""}>
                <b>{titleOf(row, "person", lang)}</b>
                <span className="num">
                  {shortTime(String(row["in_at"] ?? row.created_at))} –{" "}
                  {row["out_at"] ? shortTime(String(row["out_at"])) : p("stillInside")}
                </span>
                <span className="soft">{String(row["tools_in"] ?? "")}</span>
              </li>
            ))}
          </ul>
        )}
      </Ready>
    </Box>
  );
}

export function Isolations({ record }: { record: RecordRow }) {
  const { p, lang } = usePermitDesk();
  const { form, rows, isAllowed } = useHung("permit_isolation", record.id);
  if (!isAllowed || rows.value?.rows.length === 0) return null;
  return (
    <Box title={p("isolations")} note={rows.value?.rows.length ?? ""}>
      <Ready query={form}>
        {(source) => (
          <Ready query={rows}>
            {(page) => (
              <ul className="entries">
                {page.rows.map((row) => (
                  <li key={row.id}>
                    <b>{choiceText(source, "type", row["type"], lang)}</b>
                    <span className="num">{String(row["tag_no"] ?? "")}</span>
                    <span>{String(row["place"] ?? "")}</span>
                    <StateBadge form={source} state={row.state} />
                    <span className="soft">
                      {[titleOf(row, "applied_by", lang), titleOf(row, "verified_by", lang),
                        titleOf(row, "removed_by", lang)].filter(Boolean).join(" → ")}
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </Ready>
        )}
      </Ready>
    </Box>
  );
}

export function Measures({ record }: { record: RecordRow }) {
  const { p, lang } = usePermitDesk();
  const all = measuresOf(record, lang);
  const evidence = usePermitRows("permit_evidence", record.id).value?.rows ?? [];
  if (all.length === 0) return null;
  return (
    <Box title={p("measures")} note={`${settledCount(all)} / ${all.length}`}>
      <ol className="measures">
        {all.map((one) => {
          const proofs = evidence.filter((row) => row["measure"] === one.key);
          return (
            <li key={one.key} className={one.isInvolved ? one.isDone ? "done" : "open" : "off"}>
              <Icon name={!one.isInvolved ? "minus" : one.isDone ? "check" : "clock"} />
              <span className="grow">
                {one.text}
                <span className="soft num">
                  {!one.isInvolved ? [p("notInvolved"), one.whyNot].filter(Boolean).join(": ") : [
                    one.doneBy, one.deviceAt ? shortTime(one.deviceAt)
                      : one.doneAt && shortTime(one.doneAt),
                    one.stepsAt.length > 0 &&
                      p("stepsAt", { times: one.stepsAt.map(clockTime).join(" ") }),
                  ].filter(Boolean).join(" · ")}
                </span>
                {one.needsEvidence && one.isInvolved && !one.hasEvidence && proofs.length === 0 && (
                  <span className="why-suspended">
                    <Icon name="camera" />{p("evidenceMissing")}
                  </span>
                )}
                {proofs.map((row) => <Photos key={row.id} form="permit_evidence" row={row} />)}
              </span>
            </li>
          );
        })}
      </ol>
    </Box>
  );
}

export function Jsa({ form, record }: { form: FormSource; record: RecordRow }) {
  const { p, lang, texts } = usePermitDesk();
  const rows = rowsIn(record["jsa"]);
  const items = itemForm(form, "jsa");
  const keys = Object.keys(items.data.properties);
  if (rows.length === 0) return null;
  return (
    <Box title={p("jsa")} note={rows.length}>
      <div className="table-box">
        <table className="rows tight">
          <thead>
            <tr>{keys.map((key) => (
              <th key={key} scope="col">{localText(items.data.properties[key]?.title, lang)}</th>
            ))}</tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr key={at}>{keys.map((key) => (
                <td key={key}>{tell({ form: items, lang, texts }, key, row[key])}</td>
              ))}</tr>
            ))}
          </tbody>
        </table>
      </div>
    </Box>
  );
}
