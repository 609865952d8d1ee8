// Who sees one field: by which right of which role, and at which step.
import { whoSees } from "../api/calls_policy.ts";
import type { Matrix, MatrixField, Right } from "../api/types_policy.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { sourceOf, usePolicy, type PolicyKey } from "../text/policy_words.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Ready } from "../parts/states.tsx";

interface WhoProps {
  matrix: Matrix;
  field: MatrixField;
  onClose: () => void;
}
export function PolicyWho({ matrix, field, onClose }: WhoProps) {
  const { t, lang } = usePolicy();
  const query = useQuery(`policy/${matrix.form}/${field.key}`,
    () => whoSees(matrix.form, field.key));
  return (
    <Dialog title={t("whoTitle", { field: localText(field.title, lang) })} onClose={onClose} isWide>
      <Ready query={query}>
        {({ rights, nodes }) => rights.length + nodes.length === 0 ? <p>{t("whoNobody")}</p> : (
          <div className="policy-who">
            {rights.length > 0 && <h3>{t("whoRoles")}</h3>}
            <ul className="grants">
              {rights.map((one) => (
                <RightLine key={`${one.role}${one.right}`} matrix={matrix} right={one} />
              ))}
            </ul>
            {nodes.length > 0 && <h3>{t("whoSteps")}</h3>}
            <ul className="grants">
              {nodes.map((one) => (
                <li key={one.id}>
                  {t("byNode", { node: localText(one.name, lang), mode: t(one.mode) })}
                </li>
              ))}
            </ul>
          </div>
        )}
      </Ready>
    </Dialog>
  );
}

const holders = (n: number): PolicyKey => n === 0 ? "holderNone" : n === 1 ? "holder" : "holders";

export const actionKeys: Record<string, PolicyKey> = {
  list: "actionList", read: "actionRead", create: "actionCreate", update: "actionUpdate",
  delete: "actionDelete", export: "actionExport", press: "actionPress",
  administer: "actionAdminister", aggregate: "actionAggregate",
};

function RightLine({ matrix, right }: { matrix: Matrix; right: Right }) {
  const { t, lang } = usePolicy();
  const stateName = (id: string) =>
    localText(matrix.states.find((one) => one.id === id)?.name, lang) || id;
  const [first] = Array.isArray(right.rows) ? right.rows as unknown[] : [right.rows];
  const words = [
    right.actions.map((action) => actionKeys[action]).filter((key) => key !== undefined)
      .map((key) => t(key)).join(lang === "zh" ? "、" : ", "),
    sourceOf(right, { t, lang }),
    t(holders(right.people), { n: right.people }),
    first === "all" ? "" : t("rowsSome"),
    right.states.length > 0
      ? t("onlyStates", { states: right.states.map(stateName).join(", ") }) : "",
  ];
  return (
    <li>
      {t("byRight", {
        role: localText(right.role_name ?? undefined, lang) || right.role, mode: t(right.mode),
      })}
      <span className="soft policy-source">{words.filter(Boolean).join(" · ")}</span>
    </li>
  );
}
