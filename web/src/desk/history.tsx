// Every change of every field: before, after, who, when.
import type { FormSource } from "../api/types.ts";
import { dateTime } from "../data/format.ts";
import { fieldTitle, tell, useHistory } from "../data/records.ts";
import { useSeat } from "../text/desk.ts";
import { Empty, Ready } from "../parts/states.tsx";

export function HistoryTable({ form, id }: { form: FormSource; id: string }) {
  const { t, lang, texts } = useSeat();
  const history = useHistory(form.id, id);
  const telling = { form, lang, texts };
  return (
    <Ready query={history}>
      {({ rows }) => rows.length === 0 ? <Empty title={t("caseHistoryEmpty")} /> : (
        <div className="table-box" role="group" tabIndex={0} aria-label={t("caseHistory")}>
          <table className="rows history">
            <thead>
              <tr>
                <th scope="col">{t("historyField")}</th>
                <th scope="col">{t("historyBefore")} → {t("historyAfter")}</th>
                <th scope="col">{t("historyBy")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row, at) => (
                <tr key={`${row.at}/${row.field}/${at}`}>
                  <td>{fieldTitle(form, row.field, lang)}</td>
                  <td>
                    <del>{tell(telling, row.field, row.before)}</del> →{" "}
                    <ins>{tell(telling, row.field, row.after)}</ins>
                  </td>
                  <td>
                    {row.actor.name || t("actSystem")}
                    <br />
                    <span className="soft num">{dateTime(row.at)}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Ready>
  );
}
