// Who sees one field: by which right of which role, and at which step.
import { whoSees } from "../api/calls_policy.ts";
import type { Matrix, MatrixField } from "../api/types_policy.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { usePolicy } from "../text/policy_words.ts";
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
  const stateName = (id: string) =>
    localText(matrix.states.find((one) => one.id === id)?.name, lang) || id;
  return (
    <Dialog title={t("whoTitle", { field: localText(field.title, lang) })} onClose={onClose}>
      <Ready query={query}>
        {({ rights, nodes }) => rights.length + nodes.length === 0 ? <p>{t("whoNobody")}</p> : (
          <ul className="grants">
            {rights.map((one) => (
              <li key={`${one.role}${one.right}`}>
                {t("byRight", {
                  role: localText(one.role_name ?? undefined, lang) || one.role,
                  mode: t(one.mode), right: one.right, n: one.people,
                })}
                {one.states.length > 0 && (
                  <span className="soft">
                    {" "}{t("onlyStates", { states: one.states.map(stateName).join(", ") })}
                  </span>
                )}
              </li>
            ))}
            {nodes.map((one) => (
              <li key={one.id}>
                {t("byNode", { node: localText(one.name, lang), mode: t(one.mode) })}
              </li>
            ))}
          </ul>
        )}
      </Ready>
    </Dialog>
  );
}
