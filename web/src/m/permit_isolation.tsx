// Isolations of a permit: each with its tag, who applied and who verified it, and what is to do
// with it now; a new one is a press away.
import { lazy, Suspense, useState } from "react";
import type { FormSource, RecordRow } from "../api/types.ts";
import { usePermitRows } from "../data/permit_rows.ts";
import { localText } from "../data/prefs.ts";
import { choiceText, isForMe, photosOf, titleOf, useForm, useRecord } from "../data/records.ts";
import { may, useMe } from "../data/session.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { StateBadge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { NewForm } from "../parts/permit_form.tsx";
import { PhotoTiles } from "../parts/photo.tsx";
import { Empty, Ready } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import { Frame } from "./frame.tsx";

const PermitTasks = lazy(() => import("./permit_task.tsx").then((all) => ({
  default: all.PermitTasks,
})));

export default function IsolationPage({ id }: { id: string }) {
  const { p } = usePermitPhone();
  const me = useMe();
  const form = useForm("permit_isolation");
  const rows = usePermitRows("permit_isolation", id);
  const [isNew, setNew] = useState(false);
  return (
    <Frame title={p("isolations")} back={`#/case/permit/${id}`}>
      <Ready query={form}>
        {(source) => (
          <Ready query={rows}>
            {(page) => (
              <div className="case">
                {page.rows.length === 0 && !isNew && (
                  <Empty icon="shield" title={p("isolationsNone")} />
                )}
                {page.rows.map((row) => <One key={row.id} row={row} form={source} />)}
                {isNew ? (
                  <section className="panel" aria-label={p("isolationAdd")}>
                    <h2>{p("isolationAdd")}</h2>
                    <NewForm
                      form={source} given={{ permit: id }} isHeld sendText={p("save")}
                      first={["type", "tag_no", "place", "drawing"]} skip={later}
                      onDone={() => {
                        say(p("saved"));
                        setNew(false);
                      }}
                    />
                  </section>
                ) : may(me, "permit_isolation", "create") && (
                  <Button
                    text={p("isolationAdd")} icon="plus" kind="main" run={() => setNew(true)}
                  />
                )}
              </div>
            )}
          </Ready>
        )}
      </Ready>
    </Frame>
  );
}

// Who did what and when is written by the flow.
const later = [
  "applied_by", "applied_at", "verified_by", "verified_at", "removed_by", "removed_at",
];

function One({ row, form }: { row: RecordRow; form: FormSource }) {
  const { p, lang } = usePermitPhone();
  const view = useRecord("permit_isolation", row.id).value;
  const drawing = photosOf(row["drawing"]);
  const who = [
    [p("appliedBy"), titleOf(row, "applied_by", lang)],
    [p("verifiedBy"), titleOf(row, "verified_by", lang)],
    [p("removedBy"), titleOf(row, "removed_by", lang)],
  ].filter(([, name]) => name);
  return (
    <>
      <section className="panel">
        <p className="case-head">
          <b>{choiceText(form, "type", row["type"], lang)} · {String(row["tag_no"] ?? "")}</b>
          <StateBadge form={form} state={row.state} />
        </p>
        <p>{String(row["place"] ?? "")}</p>
        <dl className="facts">
          {who.map(([key, name]) => <div key={key}><dt>{key}</dt><dd>{name}</dd></div>)}
        </dl>
        {drawing.length > 0 && (
          <PhotoTiles
            place={{ form: "permit_isolation", id: row.id }} photos={drawing} label={p("drawing")}
          />
        )}
        {view && !view.tasks.some(isForMe) && view.tasks.map((task) => (
          <p key={task.id} className="soft">
            {p("waitsFor", { who: localText(task.name, lang) })}
          </p>
        ))}
      </section>
      {view && <Suspense fallback={null}><PermitTasks form={form} view={view} /></Suspense>}
    </>
  );
}
