// A record that was copied to somebody: said so, and where his role shows nothing of the form, only
// which one it is and where it stands.
import type { RecordView } from "../api/types.ts";
import { localText } from "../data/prefs.ts";
import { useTimeline } from "../data/records.ts";
import { useProofText } from "../text/proof.ts";
import { Icon } from "./icon.tsx";
import { Ready } from "./states.tsx";
import { Timeline } from "./timeline.tsx";

export function CopyBanner() {
  const { t } = useProofText();
  return (
    <p className="banner" role="status">
      <Icon name="eye" /><span><b>{t("copyTitle")}</b> {t("copyHint")}</span>
    </p>
  );
}

export default function BriefCopy({ form, view }: { form: string; view: RecordView }) {
  const { t, lang } = useProofText();
  const { record, copy } = view;
  const timeline = useTimeline(form, record.id);
  return (
    <div className="case case-page brief-copy">
      <section className="panel stack">
        <h1>{localText(copy?.title, lang)}</h1>
        <CopyBanner />
        <dl className="facts">
          <div><dt>{t("copyNumber")}</dt><dd className="num">{record.number}</dd></div>
          <div><dt>{t("copyState")}</dt><dd>{localText(copy?.state, lang) || "—"}</dd></div>
        </dl>
        <p className="soft">{t("copyBrief")}</p>
        <Ready query={timeline}>
          {({ rows }) => <Timeline rows={rows} place={{ form, id: record.id }} />}
        </Ready>
      </section>
    </div>
  );
}
