// Right after handing in: what stands where. The number as soon as the server has given one, the
// level with its reason as soon as it is graded, the code of a report without a name.
import { useEffect, useState } from "react";
import { useCargo } from "../data/cargo.ts";
import type { ReportKind } from "../data/draft.ts";
import { wallClock } from "../data/format.ts";
import { dropOp, useOutbox } from "../data/outbox.ts";
import type { Op } from "../data/outbox_step.ts";
import { asLevel, inLanguage, levelOf, useForm, useRecord } from "../data/records.ts";
import { mend } from "../data/report.ts";
import { useSession } from "../data/session.ts";
import { useLoopText } from "../text/loop.ts";
import { LevelBadge, StateBadge } from "../parts/badge.tsx";
import { Button, ButtonLink } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { CodeCard } from "./code_card.tsx";
import { Frame } from "./frame.tsx";

interface DoneProps {
  op: Op;
  onAnother: () => void;
}

export function ReportDone({ op: first, onAnother }: DoneProps) {
  const { p, t } = useLoopText();
  const session = useSession();
  const me = session.kind === "person" ? session.me.id : "";
  const op = useOutbox().find((one) => one.id === first.id) ?? first;
  const [form = "hazard", id = ""] = op.about.split("/");
  const isNameless = op.kind === "anonymous";
  const isThere = op.state === "sent";
  useEffect(() => {
    scrollTo(0, 0);
  }, []);
  const action = isThere && !isNameless && (
    <ButtonLink href={`#/case/${form}/${id}`} kind="main" icon="next">{t("doneView")}</ButtonLink>
  );
  return (
    <Frame title={p(`title_${form as ReportKind}`)} isBare={!me} action={action || undefined}>
      <section className="panel done" role="status">
        <Mark op={op} />
        {op.state === "refused" && <p className="fault">{op.message}</p>}
        {isThere && !isNameless && <Graded form={form} id={id} op={op} />}
        <Photos op={op} />
      </section>
      {isNameless && <Code op={op} />}
      {op.state === "refused" && (
        <Button
          text={p("sentMend")} kind="main" icon="back"
          run={() => void mend(op, me).then(onAnother)}
        />
      )}
      {op.state !== "refused" && <Button text={t("doneAnother")} icon="camera" run={onAnother} />}
    </Frame>
  );
}

function Mark({ op }: { op: Op }) {
  const { p } = useLoopText();
  const isOff = op.state === "waiting" && op.tries > 0;
  const isBad = op.state === "refused";
  const title = isBad ? "sentRefused" : op.state === "sent" ? "sentTitle" : "sentSaved";
  return (
    <>
      <span className={`done-mark${isBad ? " bad" : isOff ? " wait" : ""}`}>
        <Icon name={isBad ? "warn" : isOff ? "clock" : "check"} />
      </span>
      <p className="big">{p(title)}</p>
      {op.state === "waiting" && <p>{p(isOff ? "sentSavedHint" : "sentSoon")}</p>}
      {op.state === "waiting" && (
        <p className="soft num">{p("savedAt")} {wallClock(op.at)}</p>
      )}
    </>
  );
}

function Graded({ form: formId, id, op }: { form: string; id: string; op: Op }) {
  const { t, lang } = useLoopText();
  const form = useForm(formId);
  const view = useRecord(formId, id);
  const record = view.value?.record;
  const told = (op.answer as { number?: string } | undefined)?.number;
  const level = record ? levelOf(record) : null;
  const reason = record ? inLanguage(record, "level_reason", lang) : "";
  const isGraded = form.value?.data.properties["level"] !== undefined;
  return (
    <>
      <p className="soft">{t("doneNumber")}</p>
      <p className="done-number num">{record?.number ?? told}</p>
      {record && form.value && (
        <dl className="facts">
          {isGraded && (
            <div>
              <dt>{t("doneLevel")}</dt>
              <dd>
                {level ? <LevelBadge level={level} /> : t("doneWaiting")}
                {level && asLevel(record["level"]) === null &&
                  <span className="soft"> {t("doneConfirm")}</span>}
              </dd>
            </div>
          )}
          {reason && <div><dt>{t("doneLevelWhy")}</dt><dd>{reason}</dd></div>}
          <div>
            <dt>{t("state")}</dt>
            <dd><StateBadge form={form.value} state={record.state} /></dd>
          </div>
        </dl>
      )}
    </>
  );
}

function Photos({ op }: { op: Op }) {
  const { p } = useLoopText();
  const body = op.body as { fields?: { photos?: unknown[] } };
  const all = body.fields?.photos?.length ?? 0;
  const left = useCargo().filter((one) => one.op === op.id);
  if (all === 0 || op.state !== "sent") return null;
  const percent = Math.round(((all - left.length +
    left.reduce((sum, one) => sum + one.share, 0)) / all) * 100);
  return (
    <div className="photos-coming">
      <p className="soft num photos-there" role="status">
        {left.length === 0 ? p("photosThere")
          : p("photosComing", { done: all - left.length, all })}
      </p>
      {left.length > 0 && <progress max={100} value={percent} aria-label={p("photosThere")} />}
    </div>
  );
}

function Code({ op }: { op: Op }) {
  const { p } = useLoopText();
  const [isSeen, setSeen] = useState(false);
  const answer = op.answer as { code?: string; number?: string } | undefined;
  if (isSeen) return null;
  if (op.state !== "sent" || !answer?.code) {
    return op.state === "refused" ? null : <p className="banner info">{p("codeLater")}</p>;
  }
  const forget = () => {
    setSeen(true);
    dropOp(op.id);
  };
  return <CodeCard code={answer.code} number={answer.number ?? ""} onSeen={forget} />;
}
