// Rights, for administrators: the matrix of a form, why somebody sees something, looking with a
// person's eyes, and what other roles would change.
import { useState, type ReactNode } from "react";
import { matrix as askMatrix } from "../api/calls_policy.ts";
import type { Matrix, MatrixField, MatrixRole } from "../api/types_policy.ts";
import { columnsOf, modeWith, type Place } from "../data/desk_policy.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { usePolicy, type PolicyKey } from "../text/policy_words.ts";
import { useTitle } from "../parts/shell.tsx";
import { Ready } from "../parts/states.tsx";
import { PolicyDifference } from "./policy_difference.tsx";
import { PolicyView } from "./policy_view.tsx";
import { PolicyWho } from "./policy_who.tsx";
import { PolicyWhy } from "./policy_why.tsx";
import "../styles/desk_work.css";
import "../styles/desk_policy.css";

const tabs: { id: string; text: PolicyKey }[] = [
  { id: "", text: "tabMatrix" }, { id: "why", text: "tabWhy" }, { id: "view", text: "tabView" },
  { id: "difference", text: "tabDifference" },
];

export default function PolicyPage({ tab }: { tab: string }) {
  const { t } = usePolicy();
  useTitle(t("title"));
  const [form, setForm] = useState("");
  const query = useQuery(`policy/${form}`, () => askMatrix(form));
  return (
    <div className="list-page policy">
      <div className="row">
        <h1>{t("title")}</h1>
        <nav className="tab-row" aria-label={t("title")}>
          {tabs.map(({ id, text }) => (
            <a
              key={id} className="chip" href={`#/policy/${id}`}
              aria-current={tab === id ? "page" : undefined}
            >{t(text)}</a>
          ))}
        </nav>
        <span className="soft grow">{t("hint")}</span>
      </div>
      {tab === "view" ? <PolicyView /> : tab === "difference" ? <PolicyDifference /> : (
        <Ready query={query}>
          {(answer) => (
            <>
              <FormChoice matrix={answer} onChange={setForm} />
              {tab === "why" ? <PolicyWhy key={answer.form} matrix={answer} />
                : <MatrixPart key={answer.form} matrix={answer} />}
            </>
          )}
        </Ready>
      )}
    </div>
  );
}

interface SelectProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  children: ReactNode;
}
export function Select({ label, value, onChange, children }: SelectProps) {
  return (
    <label className="case-select">
      {label}
      <select value={value} onChange={(event) => onChange(event.target.value)}>{children}</select>
    </label>
  );
}

function FormChoice({ matrix, onChange }: { matrix: Matrix; onChange: (form: string) => void }) {
  const { t, lang } = usePolicy();
  return (
    <Select label={t("form")} value={matrix.form} onChange={onChange}>
      {matrix.forms.map(({ id, title }) => (
        <option key={id} value={id}>{localText(title, lang)}</option>
      ))}
    </Select>
  );
}

function MatrixPart({ matrix }: { matrix: Matrix }) {
  const { t, lang } = usePolicy();
  const [place, setPlace] = useState<Place>({ state: "", node: "" });
  const [field, setField] = useState<MatrixField | null>(null);
  return (
    <>
      <div className="policy-filters">
        <Select
          label={t("state")} value={place.state}
          onChange={(state) => setPlace({ ...place, state })}
        >
          <option value="">{t("anyState")}</option>
          {matrix.states.map((one) => (
            <option key={one.id} value={one.id}>
              {localText(one.name, lang)}{one.is_locked ? ` (${t("locked")})` : ""}
            </option>
          ))}
        </Select>
        <Select
          label={t("node")} value={place.node} onChange={(node) => setPlace({ ...place, node })}
        >
          <option value="">{t("noNode")}</option>
          {matrix.nodes.map((one) => (
            <option key={one.id} value={one.id}>{localText(one.name, lang)}</option>
          ))}
        </Select>
      </div>
      <Table matrix={matrix} place={place} onField={setField} />
      {field && <PolicyWho matrix={matrix} field={field} onClose={() => setField(null)} />}
    </>
  );
}

interface TableProps {
  matrix: Matrix;
  place: Place;
  onField: (field: MatrixField) => void;
}
function Table({ matrix, place, onField }: TableProps) {
  const { t, lang } = usePolicy();
  const roles = columnsOf(matrix, place.node);
  return (
    <div className="table-box" role="group" tabIndex={0} aria-label={t("tabMatrix")}>
      <table className="rows tight policy-matrix">
        <thead>
          <tr>
            <th scope="col">{t("field")}</th>
            {roles.map((role) => (
              <th key={role.id} scope="col">
                {localText(role.name, lang)}
                <span className="soft num">
                  {" "}{t(role.people === 1 ? "person1" : "people", { n: role.people })}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {matrix.fields.map((field) => (
            <tr key={field.key}>
              <th scope="row">
                <button type="button" className="link" onClick={() => onField(field)}>
                  {localText(field.title, lang)}
                </button>
                {field.is_secret && <span className="soft"> {t("secret")}</span>}
                {field.is_personal && <span className="soft"> {t("personal")}</span>}
              </th>
              {roles.map((role) => (
                <Cell key={role.id} matrix={matrix} role={role} place={place} field={field.key} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell(props: { matrix: Matrix; role: MatrixRole; place: Place; field: string }) {
  const { t } = usePolicy();
  const mode = modeWith(props.matrix, props.role, props.place, props.field);
  return <td className={`mode ${mode}`}>{t(mode)}</td>;
}
