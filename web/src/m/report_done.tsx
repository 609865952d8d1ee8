// Right after reporting: the number to keep, and the level with its reason as soon as it is graded.
import { useEffect } from "react";
import type { FormSource, RecordRow } from "../api/types.ts";
import { asLevel, inLanguage, levelOf, useRecord } from "../data/records.ts";
import { useText } from "../text/index.ts";
import { LevelBadge, StateBadge } from "../parts/badge.tsx";
import { Button, ButtonLink } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { Frame } from "./frame.tsx";

interface DoneProps {
  first: RecordRow;
  form: FormSource;
  onAnother: () => void;
}

export function ReportDone({ first, form, onAnother }: DoneProps) {
  const { t, lang } = useText();
  const view = useRecord(form.id, first.id);
  const record = view.value?.record ?? first;
  const level = levelOf(record);
  const reason = inLanguage(record, "level_reason", lang);
  const isProposed = asLevel(record["level"]) === null && level !== null;
  useEffect(() => {
    scrollTo(0, 0);
  }, []);
  const action = (
    <ButtonLink href={`#/case/${form.id}/${record.id}`} kind="main" icon="next">
      {t("doneView")}
    </ButtonLink>
  );
  return (
    <Frame title={t("reportTitle")} action={action}>
      <section className="panel done" role="status">
        <span className="done-mark"><Icon name="check" /></span>
        <p className="big">{t("doneTitle")}</p>
        <p className="soft">{t("doneNumber")}</p>
        <p className="done-number num">{record.number}</p>
        <dl className="facts">
          <div>
            <dt>{t("doneLevel")}</dt>
            <dd>
              {level ? <LevelBadge level={level} /> : t("doneWaiting")}
              {isProposed && <span className="soft"> {t("doneConfirm")}</span>}
            </dd>
          </div>
          {reason && <div><dt>{t("doneLevelWhy")}</dt><dd>{reason}</dd></div>}
          <div><dt>{t("state")}</dt><dd><StateBadge form={form} state={record.state} /></dd></div>
        </dl>
      </section>
      <Button text={t("doneAnother")} icon="camera" run={onAnother} />
    </Frame>
  );
}
