// The last look before an application goes out: what it says, what the rule would make of it, and
// what it conflicts with.
import { conflictsOf } from "../api/calls_permit.ts";
import { dateTime } from "../data/format.ts";
import { byGravity, keyOf } from "../data/permit_board.ts";
import { fieldsOn, missingOn, wishBody, wishSteps, type Wish } from "../data/permit_wish.ts";
import { useQuery } from "../data/query.ts";
import { useKeptAreas } from "../data/kept.ts";
import { fieldTitle, masterName } from "../data/records.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { Icon } from "../parts/icon.tsx";
import { ConflictLine, KindSign, kindText } from "../parts/permit_marks.tsx";
import { Loading, Refused } from "../parts/states.tsx";
import { Inputs, kindOf, type StepProps } from "./permit_apply_parts.tsx";

export default function CheckStep(props: StepProps) {
  const { form, wish } = props;
  const { p, lang } = usePermitPhone();
  const kind = kindOf(wish);
  const area = useKeptAreas().value?.find((row) => row.id === wish.fields["area"]);
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
        : <Conflicts wish={wish} />}
      <p className="soft">{p("measuresByRule")}</p>
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

function Conflicts({ wish }: { wish: Wish }) {
  const { p } = usePermitPhone();
  const answer = useQuery(`permit_draft/${wish.key}`, () =>
    conflictsOf({ ...wishBody(wish.fields), id: wish.id }));
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
