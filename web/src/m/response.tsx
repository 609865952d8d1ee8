// A response on the phone: what it is, my way out, and my post in it.
import type { FormSource, RecordView } from "../api/types.ts";
import type { Mode } from "../api/types_response.ts";
import { localText } from "../data/prefs.ts";
import { titleOf, useForm, useRecord } from "../data/records.ts";
import { useRunning } from "../data/running.ts";
import { usePhoneText } from "../text/phone.ts";
import { StateBadge } from "../parts/badge.tsx";
import { ButtonLink } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { Ready } from "../parts/states.tsx";
import { Frame } from "./frame.tsx";
import { ModeStrip } from "./mode.tsx";
import { Work } from "./work.tsx";
import "../styles/m_now.css";

export default function ResponsePage({ id }: { id: string }) {
  const { p } = usePhoneText();
  const form = useForm("response");
  const view = useRecord("response", id);
  return (
    <Frame title={p("workTitle")}>
      <Ready query={form}>
        {(source) => (
          <Ready query={view}>{(value) => <Body form={source} view={value} />}</Ready>
        )}
      </Ready>
    </Frame>
  );
}

function Body({ form, view }: { form: FormSource; view: RecordView }) {
  const { p, lang } = usePhoneText();
  const { record } = view;
  const running = useRunning();
  const name = localText(record["procedure_name"] as { zh: string; en: string } | null, lang);
  const alarm = [record["alarm_name"], titleOf(record, "area", lang)].filter(Boolean).join(" · ");
  return (
    <div className="case">
      <ModeStrip mode={(record["mode"] as Mode) ?? "real"} />
      <section className="panel">
        <p className="case-head">
          <span className="soft num">{record.number}</span>
          <StateBadge form={form} state={record.state} />
        </p>
        <p className="big">{name}</p>
        {alarm && <p><Icon name="place" /> {alarm}</p>}
        {running?.id === record.id && (
          <ButtonLink href={`#/way/${record.id}`} icon="place">{p("runningOpen")}</ButtonLink>
        )}
      </section>
      <Work form={form} view={view} />
    </div>
  );
}
