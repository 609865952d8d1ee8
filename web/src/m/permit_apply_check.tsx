// The last look before an application goes out: what it says, what the rule would make of it, and
// what it conflicts with.
import { conflictsOf, permitPreview } from "../api/calls_permit.ts";
import type { FormSource, RecordRow } from "../api/types.ts";
import type { PermitPreview } from "../api/types_permit.ts";
import { dateTime } from "../data/format.ts";
import { byGravity, keyOf } from "../data/permit_board.ts";
import { measuresOf } from "../data/permit_measures.ts";
import { fieldsOn, missingOn, wishBody, wishSteps, type Wish } from "../data/permit_wish.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { useKeptAreas } from "../data/kept.ts";
import { choiceText, fieldTitle, isFilled, masterName } from "../data/records.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { Icon } from "../parts/icon.tsx";
import { ConflictLine, KindSign, kindText, MarkBadge } from "../parts/permit_marks.tsx";
import { Loading, Refused } from "../parts/states.tsx";
import { Inputs, kindOf, type StepProps } from "./permit_apply_parts.tsx";

export default function CheckStep(props: StepProps) {
  const { form, wish } = props;
  const { p, lang } = usePermitPhone();
  const kind = kindOf(wish);
  const area = useKeptAreas().value?.find((row) => row.id === wish.fields["area"]);
  const regime = String(area?.["regime"] ?? "");
  const lacking = wishSteps.flatMap((step) => missingOn(step, form, wish.fields))
    .map((field) => fieldTitle(form, field, lang)).join(", ");
  const grades = fieldsOn("check", kind, form);
  return (
    <>
      <section className="panel">
        <p className="big"><KindSign kind={kind} /> {kindText({ kind }, form, lang)}</p>
        <p>{String(wish.fields["content"] ?? "")}</p>
        <p><Icon name="place" /> {area ? masterName(area, lang) : "—"}</p>
        <p className="num">
          {dateTime(String(wish.fields["valid_from"] ?? ""))} –{" "}
          {dateTime(String(wish.fields["valid_to"] ?? ""))}
        </p>
      </section>
      {lacking
        ? (
          <p className="banner warn" role="alert">
            <Icon name="warn" /><span>{p("lacking", { list: lacking })}</span>
          </p>
        )
        : (
          <>
            <Conflicts wish={wish} regime={regime} />
            <Preview wish={wish} regime={regime} form={form} />
          </>
        )}
      {grades.length > 0 && (
        <details className="panel">
          <summary>{p("gradeOther")}</summary>
          <p className="soft">{p("gradeByRule")}</p>
          <Inputs {...props} fields={grades} />
        </details>
      )}
    </>
  );
}

interface AskedProps {
  wish: Wish;
  regime: string;
}
const asked = ({ wish, regime }: AskedProps) => ({
  ...wishBody(wish.fields), id: wish.id, ...(regime ? { regime } : {}),
});

// What the rules would make of it: grade with its reason, who approves, the measures to come.
function Preview({ form, ...props }: AskedProps & { form: FormSource }) {
  const answer = useQuery(`permit_preview/${props.wish.key}`, () => permitPreview(asked(props)));
  if (!answer.value) {
    return answer.refusal
      ? <Refused refusal={answer.refusal} retry={answer.reload} /> : <Loading />;
  }
  return <Previewed made={answer.value} form={form} />;
}

function Previewed({ made, form }: { made: PermitPreview; form: FormSource }) {
  const { p, lang } = usePermitPhone();
  const measures = measuresOf({ measures: made.measures } as unknown as RecordRow, lang);
  const isolations = made.isolations ?? [];
  const hours = made.limits?.["valid_h"];
  const grade = choiceText(form, "grade", made.grade, lang);
  const reason = made.reason ? localText(made.reason, lang) : "";
  return (
    <section className="panel" aria-label={p("byRule")}>
      <h2>{p("byRule")} <MarkBadge mark={made.mark} /></h2>
      <p className="big">{grade}</p>
      {reason && reason !== grade && <p>{reason}</p>}
      <dl className="facts">
        {isFilled(hours) && (
          <div>
            <dt>{p("validAtMost")}</dt>
            <dd className="num">{p("hoursN", { n: String(hours) })}</dd>
          </div>
        )}
        <div>
          <dt>{p("approvers")}</dt>
          <dd>{(made.approvers ?? []).map((one) =>
            localText({ zh: one.title_zh, en: one.title_en }, lang)).join(" → ") || "—"}</dd>
        </div>
      </dl>
      {measures.length > 0 && (
        <details>
          <summary>{p("measuresToCome", { n: measures.length })}</summary>
          <ol className="measure-preview">
            {measures.map((one) => (
              <li key={one.key}>
                {one.text}
                {one.needsEvidence && <span className="soft"> · {p("evidenceNeeded")}</span>}
              </li>
            ))}
          </ol>
        </details>
      )}
      {isolations.length > 0 && (
        <details>
          <summary>{p("isolationsToCome", { n: isolations.length })}</summary>
          <ol className="measure-preview">
            {isolations.map((one) => (
              <li key={one.text_zh}>
                {localText({ zh: one.text_zh, en: one.text_en }, lang)}
              </li>
            ))}
          </ol>
        </details>
      )}
      <p className="soft">{p("measuresByRule")}</p>
    </section>
  );
}

function Conflicts(props: AskedProps) {
  const { p } = usePermitPhone();
  const answer = useQuery(`permit_draft/${props.wish.key}`, () => conflictsOf(asked(props)));
  if (!answer.value) {
    return answer.refusal
      ? <Refused refusal={answer.refusal} retry={answer.reload} /> : <Loading />;
  }
  const hits = [...answer.value.conflicts].sort(byGravity);
  const isHard = hits.some(({ is_hard }) => is_hard);
  return (
    <section className={`panel${isHard ? " blocked" : ""}`} aria-label={p("conflicts")}>
      <h2>{p("conflicts")}</h2>
      {hits.length === 0 && (
        <p className="strong"><Icon name="check" /> {p("conflictsNone")}</p>
      )}
      {isHard && <p className="lacking" role="alert"><Icon name="warn" />{p("conflictBlocks")}</p>}
      <ul className="conflict-list">
        {hits.map((hit) => (
          <li key={keyOf(hit)}>
            <ConflictLine conflict={hit} other={hit.number ?? hit.tag} />
          </li>
        ))}
      </ul>
    </section>
  );
}
