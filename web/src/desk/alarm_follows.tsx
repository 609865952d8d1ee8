// Which alarm follows which, counted from the journal: where a cause may be looked for.
import type { AlarmFollowing } from "../api/types_response.ts";
import { localText } from "../data/prefs.ts";
import { Empty } from "../parts/states.tsx";
import { alarmText } from "../text/alarm_words.ts";
import { useBlock } from "../text/block.ts";

export function Follows({ rows, minutes }: { rows: AlarmFollowing[]; minutes: number }) {
  const { t, lang } = useBlock(alarmText);
  const told = (one: AlarmFollowing["first"]) =>
    `${one.code ?? "—"} ${one.name ? localText(one.name, lang) : ""}`;
  return (
    <section className="panel table-box" data-part="follows">
      <h2>{t("followTitle", { n: minutes })}</h2>
      {rows.length === 0 ? <Empty icon="check" title={t("followNone")} /> : (
        <table className="rows tight">
          <thead>
            <tr><th scope="col">{t("followFirst")}</th><th scope="col">{t("followThen")}</th></tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.first.alarm}/${row.then.alarm}`}>
                <td className="num">{told(row.first)}</td>
                <td className="num">{told(row.then)}</td>
                <td className="num nowrap">{t("followCount", { count: row.count, of: row.of })}</td>
                <td className="num nowrap">{t("followLag", { n: row.lag_s })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="soft">{t("followNote")}</p>
    </section>
  );
}
