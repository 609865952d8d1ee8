// Who looked at my positions, when, and what for.
import { dateTime } from "../data/format.ts";
import { useLooks } from "../data/response.ts";
import { Ready } from "../parts/states.tsx";
import { useDesk } from "./control_parts.tsx";

export default function Looks() {
  const { t } = useDesk();
  const query = useLooks();
  return (
    <>
      <h3>{t("looksTitle")}</h3>
      <p className="soft">{t("looksHint")}</p>
      <Ready query={query}>
        {({ rows }) => rows.length === 0 ? <p className="soft">{t("looksNone")}</p> : (
          <div className="table-box" role="group" tabIndex={0} aria-label={t("looksTitle")}>
            <table className="rows tight">
              <thead>
                <tr>
                  <th scope="col">{t("colTime")}</th>
                  <th scope="col">{t("by")}</th>
                  <th scope="col">{t("trackPurpose")}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row, at) => (
                  <tr key={`${row.at}/${at}`}>
                    <td className="num nowrap">{dateTime(row.at)}</td>
                    <td>{row.by_name}</td>
                    <td>{row.purpose}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Ready>
    </>
  );
}
